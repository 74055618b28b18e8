"""New, regular, dormant and discontinued items."""

import numpy as np

from core.base.calendar import Frequency, regular
from core.clean.life_stage import life_stages
from core.series.panel import from_dense

WEEKS = regular(Frequency.WEEK, "2023-01-02", 60)


def stages(values, **more):
    rows = np.array(values, float)
    return life_stages(from_dense(rows, WEEKS, [f"S{i}" for i in range(len(rows))], **more)).tolist()


def sold(first, last, units=5.0):
    values = np.zeros(60)
    values[first:last] = units
    return values


def test_an_item_first_sold_within_a_quarter_is_new():
    assert stages([sold(47, 60), sold(46, 60)]) == ["new", "regular"]


def test_in_a_short_history_nothing_is_new_that_was_there_from_the_start():
    short = regular(Frequency.WEEK, "2023-01-02", 10)
    values = np.ones((2, 10))
    values[1, :7] = np.nan
    assert life_stages(from_dense(values, short, ["A", "B"])).tolist() == ["regular", "new"]


def test_silence_beyond_the_own_pattern_is_dormant():
    rare = np.zeros(60)
    rare[::15] = 1.0
    assert stages([sold(0, 25), rare, sold(0, 60)]) == ["dormant", "regular", "regular"]


def test_a_silence_no_longer_than_an_earlier_one_is_its_pattern():
    seasonal = sold(0, 15) + sold(40, 45)
    assert stages([seasonal]) == ["regular"]


def test_an_empty_shelf_makes_nobody_dormant():
    out = np.zeros((1, 60), bool)
    out[0, 25:] = True
    assert stages([sold(0, 25)], censored=out) == ["regular"]


def test_an_item_no_longer_on_sale_is_discontinued():
    ended = sold(0, 60)
    ended[50:] = np.nan
    assert stages([ended]) == ["discontinued"]


def test_an_item_never_sold_is_regular():
    assert stages([np.zeros(60)]) == ["regular"]


def test_a_quarter_is_counted_in_days_also_of_a_shop_that_closes_at_weekends():
    # 91 days are 65 trading days
    calendar = regular(Frequency.DAY, "2025-01-06", 260, closed_weekdays=[5, 6])
    values = np.full((2, 260), 3.0)
    values[0, : 260 - 64] = values[1, : 260 - 70] = 0.0
    assert life_stages(from_dense(values, calendar, ["A", "B"])).tolist() == ["new", "regular"]
