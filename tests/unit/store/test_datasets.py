from datetime import date

import numpy as np
import pandas as pd
import pytest

from core.base.errors import NoDataError
from core.store.datasets import (
    DatasetVersion,
    current_version,
    findings,
    findings_by_rule,
    list_recipes,
    list_versions,
    save_recipe,
    save_version,
    version_of,
)
from core.store.demand import load_demand

DEMAND = pd.DataFrame(
    {
        "sku": ["B", "A", "A", "B"],
        "location": ["main", "main", "main", "attic"],
        "period": [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 2), date(2024, 1, 2)],
        "units": [5.0, np.nan, 2.5, 7.0],
        "censored": [False, False, True, False],
        "revenue": [50.0, 0.0, 25.0, 70.0],
    }
)
FINDINGS = pd.DataFrame(
    {
        "rule": ["returns", "returns", "outliers"],
        "sku": ["A", "B", "B"],
        "location": ["main"] * 3,
        "period": ["2024-01-02", "", "2024-01-03"],
        "before_units": [5.0, 3.0, 900.0],
        "after_units": [4.0, None, 20.0],
        "reason": ["one came back", "removed", "capped"],
        "line": ["march.csv:7", "march.csv:8", ""],
        "cells": [1, 1, 40],
    }
)


def version(name="v1", notes=("Saturdays are closed",)):
    return DatasetVersion(name, "r1", "day", 3, date(2024, 1, 2), date(2024, 1, 3), (5, 6), notes)


def test_saving_a_version_again_replaces_its_rows(workspace):
    save_version(workspace, version(), DEMAND, FINDINGS)
    save_version(workspace, version(), DEMAND.head(1), FINDINGS.head(1))
    assert len(load_demand(workspace, "v1").units) == 1
    assert len(findings(workspace, "v1")) == 1


def test_the_current_version_is_the_one_saved_last(workspace):
    assert current_version(workspace) is None
    save_version(workspace, version("v1"), DEMAND)
    save_version(workspace, version("v2"), DEMAND)
    save_version(workspace, version("v1"), DEMAND)
    current = current_version(workspace)
    assert (current.version, current.closed_weekdays, current.notes) == ("v1", (5, 6), ("Saturdays are closed",))


def test_only_the_last_five_versions_are_kept(workspace):
    for number in range(7):
        save_version(workspace, version(f"v{number}"), DEMAND, FINDINGS)
    assert [each.version for each in list_versions(workspace)] == ["v6", "v5", "v4", "v3", "v2"]
    with pytest.raises(NoDataError, match=r"not in the workspace\. Clean the sales again"):
        load_demand(workspace, "v1")
    assert findings(workspace, "v1").empty


def test_findings_are_summed_per_rule(workspace):
    save_version(workspace, version(), DEMAND, FINDINGS)
    table = findings_by_rule(workspace, "v1").set_index("rule")
    assert table.cells.to_dict() == {"outliers": 40, "returns": 2}
    assert table.units_changed.to_dict() == {"outliers": -880.0, "returns": -4.0}


def test_the_version_depends_on_uploads_recipe_and_grain_and_not_on_their_order():
    assert version_of(["a", "b"], "r", "day") == version_of(["b", "a"], "r", "day")
    assert len({version_of(["a"], "r", "day"), version_of(["a"], "r", "week"), version_of(["a"], "s", "day")}) == 3


def test_recipes_remember_where_they_come_from(workspace):
    save_recipe(workspace, "r1", "[]")
    save_recipe(workspace, "r2", '[{"rule": "returns"}]', parent_id="r1")
    newest = list_recipes(workspace)[0]
    assert (newest.recipe_id, newest.parent_id, newest.rules) == ("r2", "r1", '[{"rule": "returns"}]')
