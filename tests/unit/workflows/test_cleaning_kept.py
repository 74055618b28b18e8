"""What a planner sets on the Clean page stays, also of rules that are off."""

from core.workflows import cleaning
from core.workflows.workspace import Workspace

SALES = "Date,SKU,Quantity\n" + "".join(f"2026-01-{day:02d},A1,2\n" for day in range(1, 29))


def test_settings_of_a_rule_that_is_off_are_kept(imported) -> None:
    shop: Workspace = imported(sales=SALES)
    version = cleaning.current_dataset(shop).version
    wanted = cleaning.changed(cleaning.active_recipe(shop), "outliers_iqr", enabled=False, settings={"k": 5.0})
    cleaning.apply(shop, wanted)
    kept = next(step for step in cleaning.active_recipe(shop).steps if step.rule == "outliers_iqr")
    assert (kept.enabled, kept.settings) == (False, {"k": 5.0})
    # no data changed, so nothing is there to be undone
    assert cleaning.current_dataset(shop).version == version
    assert not cleaning.report(shop).can_undo
