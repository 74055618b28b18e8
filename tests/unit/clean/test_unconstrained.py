"""Demand behind empty shelves, on demand that was known before it was cut off."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.clean.unconstrained import rounded_along, unconstrained
from core.series.panel import from_dense
from tests.lost_sales import sold_with_little_stock

DAYS = regular(Frequency.DAY, "2024-01-01", 210)


@pytest.fixture(scope="module")
def lumpy():
    """True demand of 200 SKUs whose level drifts and whose Saturdays are strong."""
    rng = np.random.default_rng(3)
    level = np.exp(rng.normal(0.5, 1.0, (200, 1)) + np.cumsum(rng.normal(0, 0.04, (200, 210)), axis=1))
    mean = level * np.array([1, 1, 1, 1, 1.2, 1.8, 0.5])[np.arange(210) % 7]
    size = rng.uniform(0.4, 2.0, (200, 1))
    return rng.negative_binomial(size, size / (size + mean)).astype(float)


@pytest.fixture(scope="module")
def short(lumpy):
    sold, empty = sold_with_little_stock(lumpy, 0, 0.68)
    return from_dense(sold, DAYS, [f"S{i}" for i in range(200)], censored=empty)


def everything(panel):
    return np.ones(len(panel), bool)


def test_mean_demand_is_met_where_a_third_of_it_was_lost(lumpy, short):
    lost = 1 - short.values.sum() / lumpy.sum()
    assert 0.28 < lost < 0.34
    told = unconstrained(short, everything(short))
    completed = short.values.copy()
    completed[told.cells] = told.mean
    assert abs(completed.sum() / lumpy.sum() - 1) < 0.04


def test_every_out_of_stock_period_is_estimated_and_never_below_its_sales(short):
    told = unconstrained(short, everything(short))
    np.testing.assert_array_equal(told.cells, np.flatnonzero(short.censored))
    assert np.all(told.mean >= short.values[told.cells])
    assert np.all(told.low >= short.values[told.cells])
    assert np.all(told.high >= told.low)


def test_about_four_in_five_fall_into_the_range(lumpy, short):
    told, truth = unconstrained(short, everything(short)), lumpy.ravel()
    inside = (truth[told.cells] >= told.low) & (truth[told.cells] <= told.high)
    assert 0.76 < inside.mean() < 0.92


def test_only_wanted_series_are_estimated_and_the_others_do_not_learn_from_their_gaps(short):
    wanted = np.zeros(200, bool)
    wanted[7] = True
    told = unconstrained(short, wanted)
    assert set(np.searchsorted(short.offsets, told.cells, side="right") - 1) == {7}


def test_a_series_seen_too_rarely_is_left_out():
    values, out = np.full((1, 20), 3.0), np.ones((1, 20), bool)
    out[0, :7] = False
    panel = from_dense(values, regular(Frequency.WEEK, "2024-01-01", 20), ["A"], censored=out)
    assert len(unconstrained(panel, everything(panel)).cells) == 0


def test_a_series_without_stock_outs_has_nothing_to_estimate():
    panel = from_dense(np.full((1, 20), 3.0), regular(Frequency.WEEK, "2024-01-01", 20), ["A"])
    assert len(unconstrained(panel, everything(panel)).cells) == 0


def test_steady_demand_cut_off_half_way_is_restored():
    rng = np.random.default_rng(0)
    values = rng.poisson(20.0, (30, 100)).astype(float)
    out = rng.random(values.shape) < 0.3
    panel = from_dense(np.where(out, np.minimum(values, 10), values), DAYS.until(100), [str(i) for i in range(30)],
                       censored=out)  # fmt: skip
    told = unconstrained(panel, everything(panel))
    assert told.mean.mean() == pytest.approx(20.0, rel=0.02)
    assert told.sd.mean() == pytest.approx(np.sqrt(20.0), rel=0.15)


def test_whole_units_keep_their_running_total():
    panel = from_dense(np.ones((2, 6)), regular(Frequency.WEEK, "2024-01-01", 6), ["A", "B"])
    cells = np.array([1, 2, 3, 7, 8, 9])
    put = rounded_along(panel, cells, np.array([0.4, 0.4, 0.4, 0.4, 0.4, 0.4]))
    assert put.tolist() == [0, 1, 0, 0, 1, 0]


def test_what_is_sold_by_weight_stays_as_it_is():
    panel = from_dense(np.full((1, 3), 0.5), regular(Frequency.WEEK, "2024-01-01", 3), ["A"])
    assert rounded_along(panel, np.array([1]), np.array([0.3])).tolist() == [0.3]
