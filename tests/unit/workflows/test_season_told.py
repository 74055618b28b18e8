"""A forecast says that a season lies ahead which its comparison could not see."""

from datetime import date, timedelta

import pytest

from core.workflows import comparing, forecasting
from core.workflows.comparing import CompareRequest
from core.workflows.forecasting import BEST, BEST_PER_SKU, ForecastRequest
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files

FIRST, N_WEEKS, PEAK = date(2023, 1, 2), 98, 48
"""The first Monday, weeks sold, and the week of the first peak; the second one is week 100."""


@pytest.fixture
def shop(tmp_path) -> Workspace:
    lines = ["Date,SKU,Quantity"]
    for week in range(N_WEEKS):
        for place, sku in enumerate(("A", "B", "C", "D")):
            units = (40 + 5 * place + (week * 7 + place) % 4) * (2 if week == PEAK else 1)
            lines.append(f"{FIRST + timedelta(7 * week)},{sku},{units}")
    workspace = open_workspace(tmp_path / "shop.duckdb")
    import_files(workspace, sales="\n".join(lines))
    comparing.compare(workspace, CompareRequest(("ses", "moving_average"), horizon=8, folds=2))
    return workspace


def test_the_automatic_choice_is_warned_and_a_method_chosen_by_name_is_not(shop):
    said = {
        name: forecasting.forecast(shop, ForecastRequest(name, horizon=8)).manifest["season"]
        for name in (BEST, BEST_PER_SKU, "ses")
    }
    assert "(2 Dec 2024, " in said[BEST]
    assert said[BEST_PER_SKU] == said[BEST]
    assert said["ses"] == ""
