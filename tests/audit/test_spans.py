"""Audit of spans of time: the “last month”, the “last year” and dates of orders in shops of days, weeks and months."""

from datetime import date, timedelta

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.charts.demand import FanData
from core.inventory.planning import replenishment_plan
from core.series.forecast import DemandPaths
from core.workflows import home, viewing
from core.workflows.workspace import open_workspace
from tests import supply
from tests.uploading import import_files


def sold(days, units) -> str:
    """A sales file with one line per day."""
    return "date,sku,quantity\n" + "\n".join(f"{day},A,{n}" for day, n in zip(days, units, strict=True))


@pytest.fixture
def status(tmp_path):
    def of(days, units):
        workspace = open_workspace(tmp_path / "shop.duckdb")
        import_files(workspace, sales=sold(days, units))
        found = home.status(workspace)
        workspace.close()
        return found

    return of


def test_the_last_month_is_one_month_after_february_too(status):
    months = [date(2024 + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(18)]
    assert months[-1] == date(2026, 3, 1)
    found = status(months, range(100, 118))
    assert (found.frequency, found.units, found.units_before) == ("month", 117, 116)
    assert found.weekly == list(range(100, 118))


def test_the_last_four_weeks_and_every_week_of_a_weekly_shop(status):
    weeks = [date(2025, 1, 6) + timedelta(7 * n) for n in range(20)]
    found = status(weeks, range(100, 120))
    assert (found.frequency, found.units, found.units_before) == ("week", 116 + 117 + 118 + 119, 112 + 113 + 114 + 115)
    assert found.weekly == list(range(100, 120))


@pytest.mark.parametrize(("kind", "expected"), [("day", 365), ("week", 52), ("month", 12)])
def test_the_last_year_is_365_days_or_52_weeks_or_12_months(kind, expected):
    for first in ("2023-01-02", "2023-02-01", "2023-12-01"):
        calendar = regular(Frequency(kind), first[:8] + "01" if kind == "month" else first, 2 * expected)
        assert calendar.in_last_year.sum() == expected
        assert calendar.in_last_year[-1]


def fan(history, mean, first="2025-01-06"):
    """Weeks of one SKU, and what is expected after them."""
    weeks = np.datetime64(first) + 7 * np.arange(len(history) + len(mean))
    known, ahead = weeks[: len(history)], weeks[len(history) :]
    nothing = np.zeros(len(history), bool)
    return FanData(
        known, np.array(history, float), nothing, ahead, np.array(mean, float), {}, {}, np.empty(0, "datetime64[D]")
    )


def test_growth_is_over_the_weeks_that_are_known_of_last_year():
    """The SKU was not on sale in the first of five weeks a year before: 8 a week then, 10 a week now."""
    history = [np.nan, 8, 8, 8, 8] + [9] * 47
    units, growth = viewing._against_last_year(fan(history, [10] * 5), 5, Frequency.WEEK)
    assert (units, growth) == (32, pytest.approx(0.25))


def test_last_year_is_unknown_before_the_history():
    assert viewing._against_last_year(fan([8] * 50, [10] * 5), 5, Frequency.WEEK) == (None, None)


@pytest.mark.parametrize(("frequency", "per_period"), [("day", [1] * 63), ("week", [7] * 9), ("month", [31, 28])])
def test_dates_of_a_plan_are_days_whatever_the_length_of_a_period(frequency, per_period):
    """One unit a day, 20 on hand, 10 days of lead time: order when 10 are left, empty at the end of day 20."""
    first = np.datetime64("2026-01-01")
    starts = first + np.concatenate([[0], np.cumsum(per_period)[:-1]])
    paths = DemandPaths(np.tile(np.array(per_period, float), (8, 1, 1)), np.array(["A"]), np.array(["main"]), starts)
    request = supply.plan_request(
        paths, terms=supply.terms(1, lead_time_days=10.0), position=supply.stock(1, on_hand=20.0),
        as_of=first, frequency=Frequency(frequency),
    )  # fmt: skip
    plan = replenishment_plan(request)
    assert plan.stock_out_date[0] == first + 19
    assert plan.order_by[0] == first + 10
