"""Stretches without a sale, and the rule that takes the unlikeliest for empty shelves."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.clean.rules.suspected_stock_outs import SuspectedStockOuts
from core.clean.silence import silences
from core.series.panel import from_dense

DAYS = regular(Frequency.DAY, "2024-01-01", 140)


def steady(*gaps, mean=6.0):
    """One SKU selling about `mean` a day but for the gaps (first day, days)."""
    values = np.maximum(np.random.default_rng(2).poisson(mean, (1, 140)), 1).astype(float)
    for first, length in gaps:
        values[0, first : first + length] = 0.0
    return values


def panel_of(values, **more):
    return from_dense(values, DAYS, [f"S{i}" for i in range(len(values))], **more)


def test_stretches_begin_after_the_first_sale_and_end_before_the_next():
    values = steady((0, 5), (30, 3), (60, 1), (135, 5))
    quiet = silences(panel_of(values, starts=np.array([0])))
    assert list(zip(quiet.first.tolist(), quiet.last.tolist(), strict=True)) == [(30, 32), (60, 60), (135, 139)]
    assert quiet.lengths().tolist() == [3, 1, 5]
    assert quiet.open_ended.tolist() == [False, False, True]


def test_stretches_of_neighbouring_series_stay_apart():
    quiet = silences(panel_of(np.concatenate([steady((136, 4)), steady((0, 3), (10, 2))]), starts=np.array([0, 0])))
    assert quiet.rows.tolist() == [0, 1]
    assert quiet.lengths().tolist() == [4, 2]


def test_the_longer_the_silence_the_less_chance_explains_it():
    chance = silences(panel_of(steady((20, 2), (60, 10), (100, 25)))).chance
    assert chance[0] > chance[1] > chance[2]


def test_a_rarely_sold_item_may_be_silent_for_weeks():
    values = np.zeros((1, 140))
    values[0, ::12] = 1.0
    assert silences(panel_of(values)).empty_shelf(0.05, 14.0).max() < 0.1


def test_bayes_rule_with_the_prior():
    quiet = silences(panel_of(steady((60, 10))))
    lasting = 0.1 * np.exp(-10 / 20)
    assert quiet.empty_shelf(0.1, 20.0)[0] == pytest.approx(lasting / (lasting + 0.9 * quiet.chance[0]))


def test_a_week_of_silence_is_seven_days():
    weeks = regular(Frequency.WEEK, "2024-01-01", 140)
    quiet = silences(from_dense(steady((60, 10)), weeks, ["A"]))
    lasting = 0.1 * np.exp(-70 / 20)
    assert quiet.empty_shelf(0.1, 20.0)[0] == pytest.approx(lasting / (lasting + 0.9 * quiet.chance[0]))


def test_the_chance_mixes_the_silence_over_a_drifting_level():
    # Always 1 apart from the gap: no spread beyond Poisson, so the least spread of 0.01 counts; H = 10 ln(1.01) / 0.01.
    quiet = silences(panel_of(np.where(np.arange(140) // 10 == 6, 0.0, 1.0)[None, :]))
    assert quiet.chance[0] == pytest.approx((1 + 0.5 * 10 * np.log(1.01) / 0.01) ** -2, rel=0.05)
    assert quiet.expected[0] == pytest.approx(10.0, rel=0.05)


def test_an_sku_with_hardly_any_sale_has_no_pattern():
    values = np.zeros((1, 140))
    values[0, [0, 1, 2, 3]] = 50.0
    assert len(silences(panel_of(values)).rows) == 0


def test_a_long_silence_of_a_daily_seller_is_suspected_and_nothing_else():
    panel = panel_of(steady((60, 40), (20, 1)))
    result, findings = SuspectedStockOuts(probability=0.8).repair(panel)
    assert np.flatnonzero(result.censored).tolist() == list(range(60, 100))
    assert {(found.before, found.after) for found in findings} == {(0.0, 0.0)}
    assert findings[0].reason.startswith("No sale for 40 periods where about 2")
    assert findings[0].reason.endswith("% chance")


def test_periods_known_as_out_of_stock_are_no_silence():
    out = np.zeros((1, 140), bool)
    out[0, 60:100] = True
    panel = panel_of(steady((60, 40)), censored=out)
    assert SuspectedStockOuts(probability=0.5).repair(panel) == (panel, [])


def test_days_that_sell_nothing_anyway_explain_more():
    weekend = np.array([1, 1, 1, 1, 1, 0.02, 0.02])[np.arange(140) % 7]
    values = np.random.default_rng(1).poisson(20 * weekend, (10, 140)).astype(float)
    assert silences(panel_of(values)).chance.min() > 0.2


def test_a_shop_whose_only_day_closed_empty_has_no_silence():
    day = regular(Frequency.DAY, "2024-01-01", 1)
    sold_out = from_dense(np.array([[3.0]]), day, ["A"], censored=np.array([[True]]))
    assert len(silences(sold_out).rows) == 0
