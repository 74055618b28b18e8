"""Did changes by hand help: whole weeks, the same days on both sides, and nothing where nothing is known."""

import math

import numpy as np
import pytest

from core.base.calendar import Frequency
from core.evaluate import value_added
from core.evaluate.value_added import DOWN, UP, Changed, Judged

DAYS = np.arange("2026-03-02", "2026-03-16", dtype="datetime64[D]")
"""Two weeks from a Monday on."""
SUNDAYS = np.datetime64("2026-03-08"), np.datetime64("2026-03-15")


def changed(**given: object) -> Changed:
    values = {
        "override_id": "a",
        "who": "Ada",
        "reason": "promotion",
        "periods": DAYS,
        "naive": np.full(14, 6.0),
        "before": np.full(14, 10.0),
        "after": np.full(14, 12.0),
        "actual": np.tile([9.0, 15.0, 12.0, 12.0, 12.0, 12.0, 12.0], 2),
        "out_of_stock": np.zeros(14, bool),
    }
    return Changed(**(values | given))


def judged(**given: object) -> Judged:
    values = {
        "override_id": "a",
        "who": "Ada",
        "reason": "promotion",
        "direction": UP,
        "sold": 100.0,
        "error_naive": 40.0,
        "error_before": 20.0,
        "error_after": 10.0,
        "left_out": 0,
    }
    return Judged(**(values | given))


def test_errors_are_of_weeks_so_that_days_may_differ():
    found = value_added.judge(changed(), SUNDAYS[1], Frequency.DAY)
    assert (found.sold, found.error_naive, found.error_before, found.error_after) == (168.0, 84.0, 28.0, 0.0)
    assert found.helped
    assert found.direction == UP


def test_a_week_counts_when_its_sunday_is_over():
    found = value_added.judge(changed(), SUNDAYS[1] - 1, Frequency.DAY)
    assert (found.sold, found.error_before) == (84.0, 14.0)
    assert value_added.judge(changed(), SUNDAYS[0] - 1, Frequency.DAY) is None


def test_weeks_begin_on_the_day_on_which_those_of_the_shop_begin():
    # of each week from Sunday to Saturday 90 units, 70 expected, on whatever days
    sundays = changed(periods=DAYS - 1, actual=np.tile([30.0, *[10.0] * 6], 2))
    found = value_added.judge(sundays, SUNDAYS[1] - 1, Frequency.DAY, week_start=6)
    assert (found.sold, found.error_before, found.error_after) == (180.0, 40.0, 12.0)
    assert value_added.ends(DAYS[5:7], Frequency.DAY, week_start=6).astype(str).tolist() == ["2026-03-07", "2026-03-14"]


def test_a_day_out_of_stock_is_left_out_on_both_sides_and_counted():
    found = value_added.judge(changed(out_of_stock=np.arange(14) == 0), SUNDAYS[0], Frequency.DAY)
    assert (found.sold, found.error_before, found.error_after, found.left_out) == (75.0, 15.0, 3.0, 1)
    assert value_added.judge(changed(out_of_stock=np.ones(14, bool)), SUNDAYS[1], Frequency.DAY) is None


def test_days_on_which_nothing_is_known_are_no_sales_of_zero():
    found = value_added.judge(changed(actual=np.where(np.arange(14) < 3, np.nan, 12.0)), SUNDAYS[0], Frequency.DAY)
    assert (found.sold, found.error_after, found.left_out) == (48.0, 0.0, 0)


def test_months_and_weeks_of_data_stand_for_themselves():
    months = np.array(["2026-02-01", "2026-03-01"], "datetime64[D]")
    two = {name: np.array(units) for name, units in {"naive": [1.0, 1.0], "before": [8.0, 8.0]}.items()}
    change = changed(
        periods=months, after=np.array([6.0, 6.0]), actual=np.array([5.0, 9.0]), out_of_stock=np.zeros(2, bool), **two
    )
    assert value_added.ends(months, Frequency.MONTH).astype(str).tolist() == ["2026-02-28", "2026-03-31"]
    found = value_added.judge(change, np.datetime64("2026-03-31"), Frequency.MONTH)
    assert (found.error_before, found.error_after, found.direction) == (4.0, 4.0, DOWN)
    assert not found.helped


def test_a_record_divides_summed_errors_by_summed_sales():
    found = value_added.record([judged(), judged(sold=300.0, error_before=20.0, error_after=30.0, left_out=2)])
    assert (found.judged, found.helped, found.left_out) == (2, 1, 2)
    assert (found.naive, found.before, found.after) == pytest.approx((0.2, 0.1, 0.1))
    assert found.gain == pytest.approx(0.0)


def test_where_nothing_sold_errors_are_undefined_and_not_zero():
    found = value_added.record([judged(sold=0.0)])
    assert found.helped == 1
    assert all(math.isnan(each) for each in (found.naive, found.before, found.after, found.gain))


def test_steps_compare_the_same_sales():
    known, new = judged(), judged(override_id="b", error_naive=float("nan"))
    assert value_added.comparable([known, new]) == (known,)
    assert math.isnan(value_added.record([known, new]).naive)


def test_groups_with_most_changes_come_first():
    some = [judged(reason="event"), judged(), judged(error_after=30.0), judged(direction=DOWN)]
    found = value_added.by(some, lambda each: (each.reason, each.direction))
    assert {name: (each.judged, each.helped) for name, each in found.items()} == {
        ("promotion", UP): (2, 1),
        ("event", UP): (1, 1),
        ("promotion", DOWN): (1, 1),
    }
    assert next(iter(found)) == ("promotion", UP)
