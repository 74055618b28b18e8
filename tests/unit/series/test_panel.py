"""The Panel: ragged series on one calendar."""

from dataclasses import replace

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.series.panel import from_dense

NAN = np.nan


def panel(values=None, **more):
    demand = np.array([[1.0, 2.0, 3.0, 4.0], [NAN, NAN, 5.0, NAN], [NAN, 6.0, NAN, 8.0]]) if values is None else values
    calendar = regular(Frequency.DAY, "2024-01-01", demand.shape[1])
    return from_dense(np.asarray(demand), calendar, [f"s{i}" for i in range(len(demand))], **more)


def same(left, right):
    return np.array_equal(left, np.asarray(right, float), equal_nan=True)


def test_a_series_starts_at_its_first_known_period():
    assert panel().starts.tolist() == [0, 2, 1]
    assert panel().lengths.tolist() == [4, 2, 3]


def test_a_given_start_lets_a_series_begin_unobserved():
    assert panel(starts=np.array([0, 1, 1])).lengths.tolist() == [4, 3, 3]


def test_dense_gives_back_what_came_in():
    assert same(panel().dense(), [[1, 2, 3, 4], [NAN, NAN, 5, NAN], [NAN, 6, NAN, 8]])


def test_dense_can_fill_before_a_start_only():
    assert same(panel().dense(fill=0.0)[1], [0, 0, 5, NAN])


def test_out_of_stock_periods_are_not_observed():
    censored = np.zeros((3, 4), bool)
    censored[0, 3] = True
    assert same(panel(censored=censored).observed()[0], [1, 2, 3, NAN])


def test_values_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        panel().values[0] = 9.0


def test_a_series_is_named_by_sku_and_location():
    assert panel(locations=["a", "b", "c"]).keys == ["s0@a", "s1@b", "s2@c"]


def test_taking_series_keeps_everything_that_belongs_to_them():
    whole = panel(
        drivers={"price": np.arange(12.0).reshape(3, 4)},
        future_drivers={"price": np.array([[1.0], [2.0], [3.0]])},
        attributes={"category": np.array(["x", "y", "z"], dtype=object)},
        locations=["a", "b", "c"],
    )
    part = whole.take(np.array([2, 0]))
    assert part.skus.tolist() == ["s2", "s0"]
    assert part.locations.tolist() == ["c", "a"]
    assert same(part.dense(), [[NAN, 6, NAN, 8], [1, 2, 3, 4]])
    assert same(part.dense(part.drivers["price"]), [[NAN, 9, 10, 11], [0, 1, 2, 3]])
    assert part.future_drivers["price"].tolist() == [[3.0], [1.0]]
    assert part.attributes["category"].tolist() == ["z", "x"]


def test_series_can_be_taken_by_a_mask():
    assert panel().take(np.array([False, True, True])).skus.tolist() == ["s1", "s2"]


def test_taking_nothing_leaves_an_empty_panel():
    empty = panel().take(np.array([], int))
    assert len(empty) == 0
    assert empty.dense().shape == (0, 4)


def test_the_past_of_a_panel_ends_at_the_origin():
    past = panel().until(3)
    assert same(past.dense(), [[1, 2, 3], [NAN, NAN, 5], [NAN, 6, NAN]])
    assert past.n_periods == 3


def test_series_that_had_not_begun_are_empty_in_the_past():
    past = panel().until(2)
    assert past.lengths.tolist() == [2, 0, 1]
    assert same(past.dense()[1], [NAN, NAN])


def test_the_past_knows_later_prices_but_not_later_clicks():
    drivers = {"price": np.arange(12.0).reshape(3, 4), "clicks": np.ones((3, 4))}
    whole = panel(drivers=drivers, future_drivers={"price": np.array([[90.0], [91.0], [92.0]])})
    past = whole.until(3)
    assert past.future_drivers["price"].tolist() == [[3.0, 90.0], [7.0, 91.0], [11.0, 92.0]]
    assert "clicks" not in past.future_drivers
    assert past.dense(past.drivers["clicks"])[0].tolist() == [1.0, 1.0, 1.0]


def test_a_first_promotion_stays_planned_in_the_past():
    whole = panel(future_drivers={"promotion": np.ones((3, 2))})
    assert same(whole.until(3).future_drivers["promotion"][0], [NAN, 1.0, 1.0])
    assert whole.until(4).future_drivers["promotion"][0].tolist() == [1.0, 1.0]


def test_the_past_up_to_now_is_everything():
    assert same(panel().until(4).dense(), panel().dense())


def test_too_short_counts_observed_periods_only():
    censored = np.zeros((3, 4), bool)
    censored[0, :2] = True
    assert panel(censored=censored).shorter_than(3).tolist() == [True, True, True]
    assert panel().shorter_than(2).tolist() == [False, True, False]


def test_an_empty_series_is_too_short():
    assert panel().until(2).shorter_than(1).tolist() == [False, True, False]


def test_whole_units_are_recognised():
    assert panel(np.array([[1.0, NAN, 3.0], [0.5, 1.0, 2.0]])).whole_units().tolist() == [True, False]


def test_only_drivers_known_ahead_keep_their_later_values():
    values = np.arange(12.0).reshape(3, 4)
    shop = panel(
        drivers={"radio": values, "price": values, "promotion": values, "clicks": values},
        future_drivers={"radio": values[:, :2]},
    )
    shop = replace(shop, past_only=frozenset({"price"}))
    assert set(shop.until(3).future_drivers) == {"radio", "promotion"}
    assert shop.until(3).future_drivers["radio"][0].tolist() == [3.0, 0.0, 1.0]


def test_drivers_are_left_out_by_name_or_all_of_a_kind():
    values = np.ones((3, 4))
    shop = panel(drivers={"event:fair": values, "event:sale": values, "price": values, "clicks": values})
    assert set(shop.without(("event", "clicks")).drivers) == {"price"}
    assert set(shop.without(("event:fair",)).drivers) == {"event:sale", "price", "clicks"}
    assert shop.without(()) is shop
