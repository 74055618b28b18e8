"""What waits for the planner's word: rules held back for moving too much, and what rules can only point out."""

import pandas as pd

from core.clean.recipe import HeldBack
from core.store import cleaning
from core.store import datasets as dataset_store
from core.store.workspace import Workspace
from core.workflows import datasets
from core.workflows.asking import all_held, asking, remember, remembered

__all__ = ["HeldBack", "held_back", "suspicions"]


def held_back(workspace: Workspace) -> tuple[HeldBack, ...]:
    """Rules in force that were left out of the present data, since nobody confirmed what they move.

    `Recipe.confirmed(rule)` gives the recipe that carries one of them out; `cleaning.apply` puts it in force.

    Raises:
        NoDataError: nothing was imported yet.
    """
    dataset = datasets.current_dataset(workspace)
    version = dataset.version
    known = remembered(workspace, version)
    if known is not None:
        return known
    if not dataset.notes:
        # Each rule left out leaves a note, so that nothing need be worked out again where there is none.
        return remember(workspace, version, ())
    recipe = datasets.active_recipe(workspace)
    with workspace.cursor() as cursor:
        lines = cleaning.run_row_rules(cursor, recipe.row_rules(), keep_findings=False, asking=asking(recipe))
    series = recipe.repair_unless_large(datasets.raw_panel(workspace, recipe))[2]
    return remember(workspace, version, all_held(lines, series))


def suspicions(workspace: Workspace) -> pd.DataFrame:
    """What the row rules noticed in the present data and left as it is, say packs of unknown size.

    Returns:
        Columns rule, sku, location, period (ISO date or "first/last"), units, reason; the most units first.

    Raises:
        NoDataError: nothing was imported yet.
    """
    found = dataset_store.findings(workspace, datasets.current_dataset(workspace).version)
    rules = [rule.key for rule in datasets.active_recipe(workspace).suspicious()]
    # A repair names its line; what is only pointed out stands for many lines and names none.
    noticed = found[found["rule"].isin(rules) & (found["line"] == "")]
    ordered = noticed.sort_values("before_units", key=abs, ascending=False, kind="stable")
    columns = ["rule", "sku", "location", "period", "before_units", "reason"]
    return ordered[columns].rename(columns={"before_units": "units"}).reset_index(drop=True)
