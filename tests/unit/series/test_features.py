"""Feature rows: what they say, and that nothing after the origin can change them."""

import numpy as np
import pytest

from core.base.calendar import Frequency, TradingCalendar, regular
from core.series.features import FeatureSettings, feature_source, grid
from core.series.features_history import DemandHistory
from core.series.panel import from_dense

N_DAYS = 400


def made_up(values=None, drivers=None, future=None, calendar=None):
    rng = np.random.default_rng(3)
    demand = rng.poisson(5.0, (3, N_DAYS)).astype(float) if values is None else values
    days = calendar or regular(Frequency.DAY, "2023-01-02", demand.shape[1])
    names = [f"s{i}" for i in range(len(demand))]
    return from_dense(demand, days, names, drivers=drivers, future_drivers=future)


def full_drivers(seed=5):
    rng = np.random.default_rng(seed)
    return {
        "price": rng.uniform(8.0, 12.0, (3, N_DAYS)),
        "promotion": (rng.random((3, N_DAYS)) < 0.1).astype(float),
        "event:fair": np.repeat((rng.random((1, N_DAYS)) < 0.05).astype(float), 3, axis=0),
        "clicks": rng.poisson(100.0, (3, N_DAYS)).astype(float),
    }


def column(source, rows, name):
    return rows[:, source.names.index(name)]


def row(panel, name, origin, step, n_ahead=40):
    source = feature_source(panel, n_ahead)
    rows = source.rows(np.array([0]), np.array([origin]), np.array([step]))
    return float(column(source, rows, name)[0])


def test_demand_and_clicks_after_the_origin_cannot_change_a_row():
    origin, demand, drivers = 300, np.random.default_rng(1).poisson(5.0, (3, N_DAYS)).astype(float), full_drivers()
    changed, clicks = demand.copy(), drivers["clicks"].copy()
    changed[:, origin:] = 999.0
    clicks[:, origin:] = 0.0
    series, origins, steps = grid(np.arange(3), np.array([origin]), 60)
    before = feature_source(made_up(demand, drivers), 60).rows(series, origins, steps)
    after = feature_source(made_up(changed, drivers | {"clicks": clicks}), 60).rows(series, origins, steps)
    assert np.array_equal(before, after)


def test_what_pieces_sold_for_after_the_origin_cannot_change_a_row():
    origin, price = 300, np.full((3, N_DAYS), np.nan)
    price[0] = 9.0
    sold, later = np.full((3, N_DAYS), 4.0), np.full((3, N_DAYS), 4.0)
    sold[:, 290:], later[:, 290:origin], later[:, origin:] = 5.0, 5.0, 2.0
    before, after = (
        feature_source(made_up(drivers={"price": price, "sold_price": flat}), 60) for flat in (sold, later)
    )
    rows = grid(np.arange(3), np.array([origin]), 60)
    assert np.array_equal(before.rows(*rows), after.rows(*rows))
    # the price that rose before the origin still counts
    assert column(before, before.rows(*rows), "price_to_usual")[-1] > 0.2


def test_demand_before_the_origin_does_change_a_row():
    origin, demand = 300, np.full((3, N_DAYS), 5.0)
    changed = demand.copy()
    changed[:, origin - 1] = 50.0
    rows = [
        feature_source(made_up(values), 1).rows(np.array([0]), np.array([origin]), np.array([1]))
        for values in (demand, changed)
    ]
    assert not np.array_equal(*rows)


def test_a_panel_cut_at_the_origin_gives_the_same_rows_as_the_whole_one():
    panel, origin = made_up(drivers=full_drivers()), 300
    series, origins, steps = grid(np.arange(3), np.array([origin]), 40)
    whole = feature_source(panel, 40).rows(series, origins, steps)
    cut = feature_source(panel.until(origin), 40).rows(series, origins, steps)
    assert np.allclose(whole, cut, rtol=0, atol=1e-9)


def test_rows_are_finite_even_without_any_past():
    values = np.full((1, 60), np.nan)
    values[0, 50:] = 3.0
    source = feature_source(made_up(values), 10)
    series, origins, steps = grid(np.array([0]), np.array([1, 51, 60]), 10)
    assert np.isfinite(source.rows(series, origins, steps)).all()


@pytest.mark.parametrize(("step", "day_read"), [(1, 93), (7, 99), (8, 93), (14, 99), (15, 93)])
def test_the_seasonal_lag_is_the_last_known_same_weekday(step, day_read):
    values = np.arange(1.0, 101.0)[None, :]
    source = feature_source(made_up(values), 20)
    rows = source.rows(np.array([0]), np.array([100]), np.array([step]))
    level = source.level(np.array([0]), np.array([100]))[0]
    assert column(source, rows, "same_season")[0] * level == pytest.approx(values[0, day_read])


def test_a_public_holiday_does_not_shift_the_weekday_that_is_read():
    closed = np.array(["2024-01-10"], dtype="datetime64[D]")
    start = TradingCalendar(Frequency.DAY, np.array(["2024-01-01"], dtype="datetime64[D]"), closed_dates=closed)
    days = TradingCalendar(Frequency.DAY, np.concatenate([start.periods, start.following(12)]), closed_dates=closed)
    by_weekday = ((days.periods.astype(int) + 3) % 7 + 1.0)[None, :]
    source = feature_source(made_up(by_weekday, calendar=days), 7)
    steps = np.array([1, 2, 4, 5, 6, 7])
    rows = source.rows(np.zeros(6, int), np.full(6, 13), steps)
    expected = ((days.following(7).astype(int) + 3) % 7 + 1.0)[steps - 1]
    found = column(source, rows, "same_season") * source.level(np.zeros(6, int), np.full(6, 13))
    assert found.tolist() == pytest.approx(expected.tolist())


def test_means_are_ratios_to_the_level_of_the_last_four_weeks():
    values = np.concatenate([np.full(93, 2.0), np.full(7, 6.0)])[None, :]
    assert row(made_up(values), "mean_28", 100, 1) == pytest.approx(1.0)
    assert row(made_up(values), "mean_7", 100, 1) == pytest.approx(2.0)


def test_out_of_stock_days_are_not_read_as_low_demand():
    values, censored = np.full((1, 60), 4.0), np.zeros((1, 60), bool)
    values[0, 50:], censored[0, 50:] = 0.0, True
    panel = from_dense(values, regular(Frequency.DAY, "2024-01-01", 60), ["a"], censored=censored)
    assert feature_source(panel, 1).level(np.array([0]), np.array([60]))[0] == pytest.approx(4.0)


def test_a_long_stock_out_leaves_the_level_where_it_was_and_a_lull_does_not():
    values, empty = np.full((1, 200), 4.0), np.zeros((1, 200), bool)
    values[0, :100], values[0, 150:], empty[0, 150:] = 8.0, 0.0, True
    levels = [
        feature_source(from_dense(values, regular(Frequency.DAY, "2024-01-01", 200), ["a"], censored=flags), 1).level(
            np.array([0]), np.array([200])
        )[0]
        for flags in (empty, None)
    ]
    # the 28 days before its end know nothing, the last 56 know that 4 a day were sold
    assert levels[0] == pytest.approx(4.0)
    assert levels[1] < 2.0


def test_price_is_compared_with_its_own_past_mean():
    price = np.full((3, N_DAYS), 10.0)
    future = {"price": np.full((3, 5), 8.0)}
    panel = made_up(drivers={"price": price}, future=future)
    assert row(panel, "price_to_usual", N_DAYS, 3) == pytest.approx(np.log(0.8))


def test_an_unplanned_price_stays_at_the_last_known_one():
    price = np.full((3, N_DAYS), 10.0)
    price[:, -1] = 12.0
    panel = made_up(drivers={"price": price})
    assert row(panel, "price_to_recent", N_DAYS, 10) == pytest.approx(np.log(12) - (27 * np.log(10) + np.log(12)) / 28)


def test_the_promotion_planned_for_the_period_is_in_its_row():
    future = np.zeros((3, 5))
    future[0, 2] = 1.0
    panel = made_up(drivers={"promotion": np.zeros((3, N_DAYS))}, future={"promotion": future})
    assert row(panel, "promotion", N_DAYS, 3) == 1.0
    assert row(panel, "promotion", N_DAYS, 4) == 0.0


def test_a_coming_event_is_announced_on_the_days_before():
    drivers = {"holiday": np.zeros((3, N_DAYS))}
    future = np.zeros((3, 8))
    future[:, 5] = 1.0
    panel = made_up(drivers=drivers, future={"holiday": future})
    assert [row(panel, "events_run_up", N_DAYS, step) for step in (1, 2, 3, 4, 5, 6)] == [0, 0.25, 0.5, 0.75, 1.0, 0]
    assert row(panel, "events_aftermath", N_DAYS, 7) == 1.0


def test_clicks_enter_only_as_recent_against_usual():
    clicks = np.full((3, N_DAYS), 9.0)
    clicks[:, -7:] = 19.0
    panel = made_up(drivers={"clicks": clicks})
    expected = np.log(20) - np.log(1 + (84 * 9 + 7 * 19) / 91)
    assert row(panel, "clicks_recent", N_DAYS, 12) == pytest.approx(expected)


def test_the_idle_share_counts_periods_without_a_sale():
    values = np.tile([0.0, 0.0, 0.0, 4.0], 50)[None, :]
    assert row(made_up(values), "idle_share", 200, 1) == pytest.approx(68 / 91)


def test_without_drivers_no_driver_column_is_made():
    source = feature_source(made_up(drivers=full_drivers()), 1, FeatureSettings(drivers=False))
    assert not {"price_to_usual", "promotion", "clicks_recent", "event event:fair"} & set(source.names)


def test_columns_do_not_depend_on_how_far_ahead_is_asked():
    panel = made_up(drivers=full_drivers())
    assert feature_source(panel, 0).names == feature_source(panel, 90).names


@pytest.mark.parametrize("frequency", list(Frequency))
def test_every_frequency_gets_names_without_repetition(frequency):
    panel = made_up(np.ones((2, 60)), calendar=regular(frequency, "2019-01-07", 60))
    source = feature_source(panel, 5)
    rows = source.rows(np.array([0, 1]), np.array([60, 30]), np.array([5, 1]))
    assert rows.shape == (2, len(source.names))
    assert len(set(source.names)) == len(source.names)


def test_targets_are_the_observed_units_of_the_target_period():
    source = feature_source(made_up(np.arange(50.0)[None, :]), 5)
    found = source.targets(np.zeros(2, int), np.array([40, 50]), np.array([3, 1]))
    assert found[0] == 42.0
    assert np.isnan(found[1])


def test_a_grid_names_every_row_with_series_outermost():
    series, origins, steps = grid(np.array([4, 7]), np.array([10]), 2)
    assert (series.tolist(), origins.tolist(), steps.tolist()) == ([4, 4, 7, 7], [10] * 4, [1, 2, 1, 2])


def test_tables_that_go_together_name_the_rows_of_a_whole_grid():
    source, origins, steps = feature_source(made_up(drivers=full_drivers()), 30), np.array([250, 400]), np.arange(1, 31)
    wide = source.rows(np.arange(3)[:, None, None], origins[None, :, None], steps[None, None, :])
    assert np.array_equal(wide, source.rows(*grid(np.arange(3), origins, 30)))


def grouped(values, n_ahead=10):
    days = regular(Frequency.DAY, "2023-01-02", values.shape[1])
    names = [f"s{i}" for i in range(len(values))]
    kinds = np.array(["a", "a", "a", "b", "b", "b"])
    panel = from_dense(values, days, names, attributes={"category": kinds, "life_stage": kinds[::-1], "only": names})
    return feature_source(panel, n_ahead, FeatureSettings(groups=True))


def test_a_row_tells_what_its_category_did_in_the_last_week():
    values = np.full((6, 100), 10.0)
    values[:2, 93:] = 40.0
    source = grouped(values)
    rows = source.rows(np.array([2, 3]), np.array([100, 100]), np.array([1, 1]))
    # the category of s2: two of three members sell 40 instead of 10 in the last of four weeks
    assert column(source, rows, "category_recent").tolist() == pytest.approx([30 / 15, 1.0])
    assert column(source, rows, "shop_recent").tolist() == pytest.approx([20 / 12.5] * 2)


def test_what_is_known_only_in_hindsight_or_of_one_series_forms_no_group():
    assert set(grouped(np.ones((6, 100))).groups) == {"shop", "category"}


def test_groups_know_nothing_after_the_origin():
    values = np.random.default_rng(1).poisson(5.0, (6, 400)).astype(float)
    changed = values.copy()
    changed[:, 380:] = 999.0
    named = grid(np.arange(6), np.array([380]), 20)
    assert np.array_equal(grouped(values).rows(*named), grouped(changed).rows(*named))


def test_the_share_of_days_out_of_stock_is_told():
    empty = np.zeros((1, 100), bool)
    empty[0, 93:] = True
    days = regular(Frequency.DAY, "2023-01-02", 100)
    source = feature_source(from_dense(np.ones((1, 100)), days, ["a"], censored=empty), 1)
    rows = source.rows(np.array([0]), np.array([100]), np.array([1]))
    assert column(source, rows, "stock_out_recent")[0] == pytest.approx(0.25)


def test_a_week_knows_of_the_event_in_the_week_after_it():
    event = np.zeros((1, 60))
    event[0, 50] = 1.0
    weeks = regular(Frequency.WEEK, "2023-01-02", 60)
    source = feature_source(from_dense(np.ones((1, 60)), weeks, ["a"], drivers={"event:fair": event}), 0)
    rows = source.rows(np.zeros(3, int), np.full(3, 49), np.array([1, 2, 3]))
    assert column(source, rows, "events_run_up").tolist() == [1.0, 0.0, 0.0]
    assert column(source, rows, "events_aftermath").tolist() == [0.0, 0.0, 1.0]


def test_running_sums_give_the_means_of_what_was_known_and_count_it_once():
    rng = np.random.default_rng(8)
    demand = np.where(rng.random((3, 60)) < 0.2, np.nan, rng.poisson(1.0, (3, 60)))
    past = DemandHistory.of(made_up(demand), 0)
    tables = {"units": demand, "squares": demand**2, "zeros": np.where(np.isnan(demand), np.nan, demand == 0)}
    for name, table in tables.items():
        found = getattr(past, name).mean(np.arange(3), np.full(3, 20), np.full(3, 45))
        np.testing.assert_allclose(found, np.nanmean(table[:, 20:45], axis=1), rtol=1e-12)
    # of many series these tables are most of what a method holds
    assert past.squares.counts is past.units.counts is past.zeros.counts
    assert past.units.counts.itemsize == past.zeros.sums.itemsize == 4
