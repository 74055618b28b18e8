"""Units that promotions added."""

import numpy as np

from core.base.calendar import Frequency, regular
from core.clean.uplift import promotion_uplift
from core.series.panel import from_dense

DAYS = regular(Frequency.DAY, "2024-01-01", 42)


def panel(values, promoted, **more):
    return from_dense(values, DAYS, [str(i) for i in range(len(values))], drivers={"promotion": promoted}, **more)


def flags(n, *days):
    on = np.zeros((n, 42))
    on[:, list(days)] = 1
    return on


def test_a_promotion_adds_what_lies_above_the_same_weekday():
    values = np.where(np.arange(42) % 7 == 5, 30.0, 10.0)[None, :].repeat(2, axis=0)
    values[:, [19, 22]] = [[50, 15]]
    uplift = promotion_uplift(panel(values, flags(2, 19, 22)))
    assert (uplift[19], uplift[22], uplift.sum()) == (40.0, 10.0, 50.0)


def test_a_promotion_that_sold_less_than_usual_added_nothing():
    values = np.full((1, 42), 10.0)
    values[0, 20] = 2.0
    assert promotion_uplift(panel(values, flags(1, 20))).sum() == 0.0


def test_out_of_stock_periods_are_not_compared():
    out = np.zeros((1, 42), bool)
    out[0, 20] = True
    assert promotion_uplift(panel(np.arange(42.0)[None, :], flags(1, 20), censored=out)).sum() == 0.0


def test_without_promotions_there_is_no_uplift():
    plain = from_dense(np.full((1, 42), 10.0), DAYS, ["A"])
    assert promotion_uplift(plain).tolist() == [0.0] * 42
