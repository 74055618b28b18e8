"""Shops that lack something: stock, days, months to speak of; each page says so and where to go."""

import math
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.workflows import comparing, forecasting, home, importing, planning
from core.workflows.importing import Decision, UploadedFile
from core.workflows.workspace import Workspace
from tests.pages.reading import metrics, texts

METHOD = "seasonal_naive"


def _sales(days: list[date]) -> bytes:
    lines = [
        f"{day},SKU-{sku},{8 + sku + round(3 * math.sin(2 * math.pi * (place + sku) / 7))}"
        for place, day in enumerate(days)
        for sku in range(4)
    ]
    return "\n".join(["order_date,sku,quantity", *lines]).encode()


def _planned(workspace: Workspace) -> None:
    forecasting.forecast(workspace, forecasting.ForecastRequest(METHOD))
    planning.plan(workspace, planning.PlanOptions())


@pytest.fixture
def shop_of(opened: Callable[[Path], Workspace], empty_template: Path) -> Callable[[list[date]], Workspace]:
    """A shop whose only file is its sales on these days."""

    def make(days: list[date]) -> Workspace:
        workspace = opened(empty_template)
        looks = importing.preview(workspace, [UploadedFile("sales.csv", _sales(days))])
        decisions = [Decision(look, look.recognition.to_mapping()) for look in looks if look.recognition is not None]
        importing.import_tables(workspace, decisions)
        return workspace

    return make


def _days(n: int) -> list[date]:
    return [date(2025, 9, 1) + timedelta(day) for day in range(n)]


def _months(n: int) -> list[date]:
    return [date(2023 + month // 12, month % 12 + 1, 1) for month in range(n)]


def test_without_stock_nobody_claims_to_know_what_runs_out(shop_of, page):
    _planned(shop_of(_days(60)))
    at = page("home")
    assert not at.exception
    assert not at.success
    assert "no stock was ever reported" in texts(at.markdown)
    assert metrics(at)["Stocked out"] == "–"
    assert metrics(at)["To order today"].endswith(" units")
    at = page("order_plan")
    assert "the quantities assume empty shelves" in texts(at.warning)
    assert "stock as of" not in texts(at.caption)
    at = page("what_if")
    assert "begins with empty shelves" in texts(at.caption)
    undefined = next(each for each in at.metric if each.label == "Total cost")
    assert (undefined.value, undefined.delta) == ("–", "")
    assert "Parts that are not drawn are not known: the unit cost" in texts(page("what_if", play="shop").caption)


def test_of_monthly_data_months_are_spoken_of_and_the_last_one_is_over(shop_of, page):
    workspace = shop_of(_months(30))
    _planned(workspace)
    assert str(home.strip(workspace).data_until) == "2025-06-30"
    assert "Sold last month" in metrics(page("home"))
    at = page("forecast")
    assert not at.exception
    assert {"Next month", "Same month last year", "Until 30 Jun 2026"} <= set(metrics(at))


def test_of_three_weeks_of_sales_the_way_to_a_plan_is_open(shop_of):
    workspace = shop_of(_days(20))
    comparison = comparing.compare(workspace, comparing.CompareRequest(models=("naive", METHOD)))
    assert (comparison.horizon, comparison.folds) == (10, 1)
    assert len(forecasting.forecast(workspace, forecasting.ForecastRequest()).table)
