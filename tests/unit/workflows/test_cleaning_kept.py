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


def test_undo_goes_back_step_by_step_also_where_a_recipe_came_into_force_twice(imported) -> None:
    shop: Workspace = imported(sales=SALES)
    first = cleaning.active_recipe(shop)
    second = cleaning.changed(first, "outliers_iqr", enabled=True, settings={})
    third = cleaning.changed(second, "outliers_zscore", enabled=True, settings={})
    for wanted in (second, third, second):
        cleaning.apply(shop, wanted)
    seen = []
    while cleaning.report(shop).can_undo and len(seen) < 9:
        cleaning.undo(shop)
        seen.append(cleaning.active_recipe(shop).recipe_id)
    assert seen == [third.recipe_id, second.recipe_id, first.recipe_id]


def test_a_preview_counts_every_period_it_would_change(imported) -> None:
    shop: Workspace = imported(sales=SALES.replace("2026-01-05,A1,2\n", "").replace("2026-01-09,A1,2\n", ""))
    assert cleaning.preview(shop, "missing_days", {}).changed == 2
