"""The rule for out-of-stock periods: off, on, and as chosen per SKU."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.clean.rules.stock_out_demand import CHOICE, LOST_SD, LOST_UNITS, StockOutDemand
from core.series.panel import from_dense

WEEKS = regular(Frequency.WEEK, "2024-01-01", 30)


@pytest.fixture
def panel():
    values = np.random.default_rng(1).poisson(12.0, (3, 30)).astype(float)
    out = np.zeros((3, 30), bool)
    out[:2, [9, 20]] = True
    values[:2, 9], values[:2, 20] = 0.0, 4.0
    return from_dense(values, WEEKS, ["A", "B", "C"], censored=out)


def chosen(panel, *choices):
    return from_dense(
        panel.dense(), WEEKS, ["A", "B", "C"], censored=panel.dense(panel.censored, fill=0.0).astype(bool),
        attributes={CHOICE: np.array(choices, dtype=object)},
    )  # fmt: skip


def still_out(panel):
    return panel.skus[np.unique(np.flatnonzero(panel.censored) // 30)].tolist()


def test_stock_outs_stay_unknown_unless_asked(panel):
    result, findings = StockOutDemand().repair(panel)
    assert (result is panel, findings) == (True, [])


def test_estimates_replace_the_sales_and_say_their_range(panel):
    result, findings = StockOutDemand("estimate").repair(panel)
    assert still_out(result) == []
    assert [(found.sku, found.period, found.before) for found in findings] == [
        ("A", "2024-03-04", 0.0), ("A", "2024-05-20", 4.0), ("B", "2024-03-04", 0.0), ("B", "2024-05-20", 4.0),
    ]  # fmt: skip
    assert all(9 <= found.after <= 15 for found in findings)
    assert "with 80 % chance" in findings[0].reason


def test_what_was_lost_stands_beside_it(panel):
    result, _ = StockOutDemand("estimate").repair(panel)
    lost, sd = result.dense(result.drivers[LOST_UNITS]), result.dense(result.drivers[LOST_SD])
    assert np.argwhere(~np.isnan(lost)).tolist() == [[0, 9], [0, 20], [1, 9], [1, 20]]
    # A week without any stock lost the usual demand; one with 4 sold so much less.
    assert lost[0, 9] - lost[0, 20] == pytest.approx(4.0, abs=1.5)
    assert 2 < sd[0, 9] < 6


@pytest.mark.parametrize(
    ("mode", "choices", "left"),
    [
        ("off", ("estimate", "", ""), ["B"]),
        ("off", ("", "leave", ""), ["A", "B"]),
        ("estimate", ("", "leave", ""), ["B"]),
        ("estimate", ("", "", "leave"), []),
    ],
)
def test_a_choice_for_an_sku_goes_before_the_rule(panel, mode, choices, left):
    assert still_out(StockOutDemand(mode).repair(chosen(panel, *choices))[0]) == left


def test_demand_stays_in_whole_units_for_methods_that_count(panel):
    assert StockOutDemand("estimate").repair(panel)[0].whole_units().all()
