"""Totals learned at past origins: what is learned, where nothing is, and what bending keeps."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models import calibration, registry, sampling, trajectories
from core.models.calibration import RANKS, Misses
from core.models.groundwork import groundwork
from core.models.harvest import Harvest
from core.models.kernels import bending
from core.series.panel import from_dense

WEEKS, SPAN = 120, 8
NEVER_WAKING = np.zeros(2)


def misses(size, groups):
    return Misses(np.asarray(size, float), np.asarray(groups))


def surprised(n_series=60, seed=3):
    """Weekly Poisson demand whose level jumps every twelve weeks, which smoothing cannot foresee."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.lognormal(0.0, 0.5, (n_series, WEEKS // 12)), 12, axis=1)
    return rng.poisson(np.concatenate([1.5, 8, 30] * (n_series // 3), axis=None)[:, None] * level).astype(float)


def panel(values):
    values = np.asarray(values, float)
    names = [f"sku-{i}" for i in range(len(values))]
    return from_dense(values, regular(Frequency.WEEK, "2022-01-03", values.shape[1]), names)


def basis(history, horizon=SPAN, salt=5):
    fitted = registry.create("moving_average").fit(history, seed=1)
    seen, mean = sampling.looked_back(fitted.point, history, horizon)
    return sampling.basis_of(fitted, mean, salt, seen)


def paths(given, n_paths=sampling.PREDICTION_PATHS):
    n_series, horizon = given.mean.shape
    units = np.zeros((n_paths, n_series, horizon), np.float32)
    wanted = Harvest(n_paths, horizon, paths=units)
    sampling.sampling.sample(given, n_paths, wanted.pilots, wanted.keep)
    return units


def unbent(given):
    return given._replace(bend=np.full(len(given.mean), -1))


def test_misses_on_both_sides_push_both_ends_outward():
    side = np.where(RANKS < 0.5, -1.0, 1.0)
    bend = calibration.bend_of(np.tile(side, (200, 1)))
    np.testing.assert_allclose(bend, side)


def test_paths_that_were_too_wide_are_not_narrowed():
    inward = 1.0 - 2.0 * RANKS
    np.testing.assert_allclose(calibration.bend_of(np.tile(inward, (200, 1))), 0.0, atol=1e-12)


def test_a_share_of_narrower_paths_is_believed_when_it_is_asked_for():
    inward = 1.0 - 2.0 * RANKS
    np.testing.assert_allclose(calibration.bend_of(np.tile(inward, (200, 1)), 0.25), 0.25 * inward, atol=1e-12)


def test_what_four_dates_say_of_too_wide_paths_counts_nothing_and_of_eight_a_half():
    nothing = np.zeros((0, len(RANKS)))
    shares = [Misses(nothing, np.empty(0, int), dates).inward() for dates in (0.0, 4.0, 8.0)]
    assert shares == [0.0, 0.0, 0.5]


def test_the_bend_is_the_quantile_of_the_misses_for_a_new_one():
    size = np.zeros((99, len(RANKS)))
    size[:, -2] = np.linspace(0.0, 2.0, 99)
    # the last even rank is 97.5 %: place 0.985 · 98 of 99 ordered misses, spaced by 2/98
    assert calibration.bend_of(size)[-2] == pytest.approx(2 * 0.975 * 100 / 99)


def test_no_bend_is_longer_than_three_yardsticks_and_that_of_the_end_than_eight():
    bend = calibration.bend_of(np.full((60, len(RANKS)), 50.0))
    assert (bend[:-1].max(), bend[-1]) == (3.0, 8.0)


def test_small_groups_take_the_bend_of_their_class_and_small_classes_that_of_all():
    groups = np.repeat([0, 1, 11], [160, 60, 10])
    bends, rows = calibration.bends_of(misses(np.repeat(groups, len(RANKS)).reshape(-1, len(RANKS)) / 10, groups))
    assert len(bends) == 4
    assert rows[0] not in (rows[1], rows[11])
    assert rows[1] == rows[2] != rows[11]
    assert rows[11] == rows[5]


def test_too_few_misses_bend_nothing():
    bends, rows = calibration.bends_of(misses(np.ones((49, len(RANKS))), np.zeros(49, int)))
    assert not bends.any()
    assert (rows == -1).all()


def test_the_yardstick_is_half_the_spread_half_the_level_and_a_bit():
    assert bending.yardstick(np.array([-5.0, 2.0, 4.0, 6.0]), 3.0) == pytest.approx(0.5 * 5**0.5 + 1.5 + 0.3)


def outward(given):
    """The basis with both ends of every total pushed outward by up to one yardstick."""
    bends = np.clip((RANKS - 0.5) / 0.475, -1.0, 1.0)
    return given._replace(bends=bends[None, :], bend=np.zeros(len(given.mean), int))


def test_a_bend_outward_widens_the_sums():
    given = basis(panel(surprised()))
    before, after = (paths(each).sum(axis=2).std(axis=0) for each in (unbent(given), outward(given)))
    assert np.all(after > 1.1 * before)


def test_bending_keeps_the_mean_of_each_series():
    given = basis(panel(surprised()))
    before, after = (paths(each).sum(axis=2).mean(axis=0) for each in (unbent(given), outward(given)))
    np.testing.assert_allclose(after, before, rtol=0.002, atol=0.1)


def test_bending_keeps_the_order_of_the_totals():
    given = basis(panel(surprised() + 0.25))
    before, after = (paths(each).sum(axis=2, dtype=float) for each in (unbent(given), outward(given)))
    order = np.argsort(before, axis=0)
    # totals equal but for the rounding of single precision have no order
    rising = np.diff(np.take_along_axis(before, order, axis=0), axis=0) > 1e-5 * before.mean(axis=0)
    assert np.diff(np.take_along_axis(after, order, axis=0), axis=0)[rising].min() > -1e-3


def test_bent_paths_are_whole_and_not_negative():
    units = paths(outward(basis(panel(surprised()))))
    assert units.min() == 0
    np.testing.assert_array_equal(units, np.round(units))


def test_paths_beyond_the_pilots_are_bent_as_the_pilots_are():
    given = outward(basis(panel(surprised())))
    totals = paths(given, 4 * sampling.PREDICTION_PATHS).sum(axis=2)
    first, later = totals[: sampling.PREDICTION_PATHS], totals[sampling.PREDICTION_PATHS :]
    assert np.median(later.std(axis=0) / first.std(axis=0)) == pytest.approx(1.0, abs=0.06)


def ranges(factor, n_weeks=WEEKS):
    """Later totals, and where 80 % of them are promised by paths so many times too wide, before and after bending."""
    values = np.random.default_rng(8).poisson(12.0, (300, n_weeks)).astype(float)
    history, later = panel(values[:, :-SPAN]), values[:, -SPAN:].sum(axis=1)
    fitted = registry.create("moving_average").fit(history, seed=1)
    seen = trajectories.look_back(fitted.point, history, *trajectories.rolling_origins(n_weeks - SPAN, SPAN, 52))

    def wrong_at(known, mean, past):
        draw = sampling.Draw(4, SPAN, NEVER_WAKING, None, np.empty(0, np.int64))
        right = sampling.unbent(known, mean, sampling.spread_of(known, past), past, draw)
        return right._replace(sigma=factor * right.sigma, scale=factor * right.scale)

    def bendable_at(*known):
        return wrong_at(*known)._replace(bend=0 * given.bend)

    mean = fitted.mean(SPAN)
    given = unbent(wrong_at(groundwork(history), mean, seen.trajectories(n_weeks - SPAN)))
    bends, bend = calibration.learn(history, mean, seen, bendable_at)
    each = (given, given._replace(bends=bends, bend=bend))
    return later, *(np.quantile(paths(one).sum(axis=2), [0.1, 0.9], axis=0) for one in each)


def width(promised):
    return (promised[1] - promised[0]).mean()


def test_paths_that_were_too_narrow_in_the_past_are_right_afterwards():
    later, before, after = ranges(0.4)
    inside = [((later >= low) & (later <= high)).mean() for low, high in (before, after)]
    assert inside[0] < 0.6
    assert abs(inside[1] - 0.8) < 0.06


def test_paths_that_were_too_wide_are_narrowed_in_part_whatever_the_method():
    _, before, after = ranges(2.0)
    assert 0.5 < width(after) / width(before) < 0.9


def test_origins_whose_periods_overlap_are_too_few_dates_to_narrow_by():
    _, before, after = ranges(2.0, n_weeks=48)
    assert width(after) > 0.99 * width(before)


def test_a_constant_series_is_not_bent():
    values = surprised()
    values[7] = 6.0
    assert basis(panel(values)).bend[7] == -1


def test_a_short_history_bends_nothing():
    assert (basis(panel(surprised()[:, :18])).bend <= 0).all()


def test_a_forecast_longer_than_the_span_is_bent_by_the_total_of_the_span():
    given = basis(panel(surprised()), 20)
    assert given.span == SPAN
    assert (given.bend >= 0).all()


def test_a_prediction_and_a_simulation_are_bent_alike():
    one, other = (basis(panel(surprised()), salt=salt).bends for salt in (1, 2))
    np.testing.assert_array_equal(one, other)


def test_skus_live_through_the_same_past_weeks_in_the_same_path():
    rng = np.random.default_rng(5)
    shared = np.repeat(rng.lognormal(0.0, 0.4, WEEKS // 8), 8)
    values = rng.poisson(40.0 * shared, (30, WEEKS)).astype(float)
    totals = paths(basis(panel(values))).sum(axis=2)
    assert totals.sum(axis=1).var() > 2.0 * totals.var(axis=0).sum()


def test_the_ends_of_bent_totals_are_what_the_bend_asks_for_although_the_mean_stays():
    given = basis(panel(surprised() + 0.25))
    upward = given._replace(
        bends=np.maximum(40 * (RANKS - 0.925), 0.0).clip(0.0, 2.0)[None, :], bend=np.zeros(len(given.mean), int)
    )
    before, after = (paths(each).sum(axis=2, dtype=float) for each in (unbent(given), upward))
    np.testing.assert_allclose(after.mean(axis=0), before.mean(axis=0), rtol=0.002)
    assert np.all(np.quantile(after, 0.99, axis=0) > 1.2 * np.quantile(before, 0.99, axis=0))
    assert np.all(np.quantile(after, 0.5, axis=0) < np.quantile(before, 0.5, axis=0))


def test_what_the_end_gets_beyond_the_last_even_rank_comes_on_top():
    given = basis(panel(surprised() + 0.25))
    steps = given._replace(bends=np.where(RANKS < 0.99, 0.0, 2.0)[None, :], bend=np.zeros(len(given.mean), int))
    before, after = (np.sort(paths(each).sum(axis=2, dtype=float), axis=0) for each in (unbent(given), steps))
    edge = int(0.9 * len(before))
    np.testing.assert_allclose(after[:edge], before[:edge], rtol=0.003)
    assert np.median(after[-1] / before[-1]) > 1.2


def test_sunk_forecasts_form_a_group_of_their_own():
    values = surprised()
    mean = np.repeat(values.mean(axis=1)[:, None], SPAN, axis=1)
    mean[5] *= 0.2
    groups = calibration.groups_of(groundwork(panel(values)), mean)
    assert np.flatnonzero(groups == 12).tolist() == [5]


def test_totals_of_a_short_history_are_bent_over_fewer_periods():
    given = basis(panel(surprised()[:, :22]))
    assert given.span < SPAN
    assert (given.bend >= 0).any()


def test_a_period_after_those_summed_gets_at_most_four_times_what_they_get():
    mean, shape, path = np.array([1e-11, 1e-11, 1e-3, 2e-11]), np.zeros(4), np.zeros(4)
    bending.further_shape(mean, 2, shape)
    bending.reshape(path, 0.0, 10.0, shape)
    np.testing.assert_allclose(path, [5.0, 5.0, 20.0, 10.0])
