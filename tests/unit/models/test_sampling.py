"""The sampler: what it keeps (mean, whole units, constants), what it must not do (shrink sums, read stock-outs)."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models import sampling, trajectories
from core.models.groundwork import groundwork
from core.models.harvest import Harvest
from core.models.sampling import SampledFit, looked_back
from core.series.panel import from_dense

RNG = np.random.default_rng(11)


@pytest.fixture(autouse=True)
def _same_draws_in_any_order(monkeypatch):
    """Each test draws from the start of the stream, whichever tests ran before it."""
    monkeypatch.setitem(globals(), "RNG", np.random.default_rng(11))


@dataclass(frozen=True)
class RunningMean:
    """Mean of the last eight periods."""

    history: object

    def mean_at(self, origins, horizon):
        observed = self.history.observed()
        levels = [mean_of_known(observed[:, max(o - 8, 0) : o]) for o in origins]
        return np.repeat(np.array(levels)[:, :, None], horizon, axis=2)


def mean_of_known(values):
    known = ~np.isnan(values)
    sums = np.where(known, values, 0.0).sum(axis=1)
    return np.divide(sums, known.sum(axis=1), out=np.full(len(values), np.nan), where=known.any(axis=1))


def weekly(values, **parts):
    values = np.asarray(values, float)
    calendar = regular(Frequency.WEEK, "2022-01-03", values.shape[1])
    return from_dense(values, calendar, [f"sku-{i}" for i in range(len(values))], **parts)


def fit(panel, seed=3):
    return SampledFit(panel, RunningMean(panel), seed)


def poisson(rates, n_periods=80):
    return RNG.poisson(np.asarray(rates)[:, None], (len(rates), n_periods)).astype(float)


def simulate(panel, horizon=6, n_paths=600):
    return fit(panel).simulate(horizon, n_paths, np.random.default_rng(5))


def test_paths_keep_the_mean_of_the_forecast():
    panel = weekly(poisson([0.5, 3, 20, 60]))
    ratio = simulate(panel, n_paths=4000).units.mean(axis=(0, 2)) / fit(panel).mean(6).mean(axis=1)
    np.testing.assert_allclose(ratio, 1.0, atol=0.08)


def test_the_floor_does_not_lift_the_mean_of_lumpy_demand():
    lumpy = RNG.integers(5, 40, (20, 90)) * (RNG.random((20, 90)) < 0.15)
    panel = weekly(lumpy)
    paths, fitted = simulate(panel, n_paths=2000).units, fit(panel)
    seen, mean = looked_back(fitted.point, panel, 6)
    # forecasts that have sunk are given some demand first
    wanted = sampling.basis_of(fitted, mean, 5, seen).target
    assert 0.85 < paths.sum(axis=2).mean() / wanted.mean() < 1.1


def test_whole_units_stay_whole():
    units = simulate(weekly(poisson([0.4, 7]))).units
    np.testing.assert_array_equal(units, np.round(units))


def test_fractional_units_stay_fractional():
    units = simulate(weekly(poisson([7]) + 0.25)).units
    assert np.any(units % 1 > 0)


def test_constant_demand_stays_exactly_constant_beside_noisy_series():
    values = poisson([9.0] * 30)
    values[0] = 4.0
    np.testing.assert_array_equal(simulate(weekly(values)).units[:, 0], 4.0)


def test_a_series_that_never_sold_gets_zero_paths():
    values = poisson([5.0, 5.0, 5.0])
    values[1] = 0.0
    assert not simulate(weekly(values)).units[:, 1].any()


def test_a_series_that_has_not_begun_gets_zero_paths():
    values = poisson([5.0, 5.0])
    values[1] = np.nan
    assert not simulate(weekly(values)).units[:, 1].any()


def test_the_sum_varies_more_than_independent_periods_would():
    walk = np.maximum(np.cumsum(RNG.normal(0, 3, (40, 120)), axis=1) + 60, 5)
    units = simulate(weekly(walk), horizon=8).units
    ratio = units.sum(axis=2).var(axis=0) / units.var(axis=0).sum(axis=1)
    assert np.median(ratio) > 1.5


@dataclass(frozen=True)
class Knowing:
    """The level of every period, known ahead."""

    level: object

    def mean_at(self, origins, horizon):
        return np.stack([self.level[:, o : o + horizon] for o in origins])


def too_wide(n_periods, horizon=8):
    """How much wider 80 % of the totals are than true, where a method knows all but noise that does not persist."""
    level = np.maximum(400.0 + np.cumsum(RNG.normal(0.0, 15.0, (40, n_periods + horizon)), axis=1), 100.0)
    panel = weekly((level + RNG.normal(0.0, 10.0, level.shape))[:, :n_periods])
    drawn = SampledFit(panel, Knowing(level), 3).simulate(horizon, 600, np.random.default_rng(5))
    low, high = np.quantile(drawn.units.sum(axis=2, dtype=float), [0.1, 0.9], axis=0)
    return (high - low).mean() / (2 * 1.2816 * 10.0 * np.sqrt(horizon))


def test_errors_that_did_not_accumulate_in_the_past_hardly_do_so_ahead():
    assert 1.0 < too_wide(160) < 2.0


def test_few_dates_do_not_tell_that_errors_no_longer_accumulate():
    assert too_wide(48) > 3.0


def test_the_weight_of_smoothing_gives_way_to_slower_growth_by_the_dates_that_tell_of_it():
    known = groundwork(weekly(np.cumsum(RNG.normal(0.0, 1.0, (3, 80)), axis=1) + 100.0))
    steady = np.ones((3, 8, 6), np.float32)
    fewer = [trajectories.Trajectories(steady, np.ones((3, 8)), np.array([0, 4, 8]), fresh) for fresh in (1.0, 0.5)]
    weights = [sampling.followed(known, past, of_sums=False) / known.alpha for past in fewer]
    np.testing.assert_allclose(weights, [[1.0, 1.0, 0.5], [1.0, 1.0, 1.0]])
    growing = replace(fewer[0], errors=(steady * np.sqrt(np.arange(6) + 1.0)).astype(np.float32))
    assert (known.alpha > 0.5).all()
    np.testing.assert_allclose(sampling.followed(known, growing, of_sums=False), known.alpha)


def test_a_subset_of_series_keeps_its_draws_when_no_vectors_are_borrowed():
    panel = weekly(np.tile([2.0, 8.0, 5.0, 3.0, 9.0, 1.0], (3, 1)))  # too short for any error vector
    whole = simulate(panel, horizon=4).units
    alone = simulate(panel.take(np.array([2])), horizon=4).units
    np.testing.assert_array_equal(whole[:, 2], alone[:, 0])


def test_more_paths_do_not_change_the_first_ones():
    panel = weekly(poisson([3.0, 8.0]))
    few = fit(panel).simulate(5, 10, np.random.default_rng(2)).units
    many = fit(panel).simulate(5, 50, np.random.default_rng(2)).units
    np.testing.assert_array_equal(few, many[:10])


def test_another_seed_gives_other_paths():
    panel = weekly(poisson([30.0]))
    one = fit(panel).simulate(5, 10, np.random.default_rng(1)).units
    other = fit(panel).simulate(5, 10, np.random.default_rng(2)).units
    assert not np.array_equal(one, other)


def test_quantiles_are_those_of_the_paths_drawn_with_the_same_salt():
    panel = weekly(poisson([3.0, 25.0]))
    fitted = fit(panel)
    units = np.zeros((sampling.PREDICTION_PATHS, 2, 4), np.float32)
    fitted.reap(fitted.seed, Harvest(len(units), 4, paths=units))
    expected = np.moveaxis(np.quantile(units.astype(float), [0.1, 0.5, 0.95], axis=0), 0, 2)
    np.testing.assert_allclose(fitted.predict(4, (0.1, 0.5, 0.95)).quantiles, expected, atol=1e-5)


def test_a_horizon_longer_than_the_error_vectors_is_chained():
    panel = weekly(poisson([10.0] * 5, n_periods=20))
    units = simulate(panel, horizon=26).units
    assert units.shape == (600, 5, 26)
    assert np.all(units.std(axis=0) > 0.5)


def test_out_of_stock_periods_are_no_errors():
    values = poisson([12.0] * 10, n_periods=70)
    flags = np.zeros(values.shape, bool)
    flags[:, 55:62] = True
    emptied = np.where(flags, 0.0, values)
    hidden = simulate(weekly(emptied, censored=flags), n_paths=2000).units.sum(axis=2)
    believed = simulate(weekly(emptied), n_paths=2000).units.sum(axis=2)
    assert hidden.std(axis=0).mean() < believed.std(axis=0).mean()


def test_a_dormant_series_gets_almost_nothing():
    values = poisson([6.0] * 5, n_periods=100)
    values[0, 50:] = 0.0
    assert simulate(weekly(values)).units[:, 0].sum(axis=1).mean() < 0.2


def test_an_empty_horizon_gives_empty_paths():
    assert simulate(weekly(poisson([3.0])), horizon=0).units.shape == (600, 1, 0)


def test_an_empty_panel_gives_empty_paths():
    panel = weekly(poisson([3.0])).take(np.array([], int))
    assert simulate(panel).units.shape == (600, 0, 6)


def test_origins_of_days_lie_whole_trading_weeks_before_now():
    origins, block = trajectories.rolling_origins(200, 28, 6)
    assert block == 28
    assert len(origins) == 10
    assert np.all((200 - origins) % 6 == 0)


def test_origins_leave_a_third_of_the_history_to_learn_from():
    origins, block = trajectories.rolling_origins(52, 8, 52)
    assert (origins[0], origins[-1] >= 17, block) == (44, True, 8)


def test_a_history_of_three_periods_has_no_origins():
    assert len(trajectories.rolling_origins(3, 8, 52)[0]) == 0


def test_unknown_errors_take_the_known_ones_in_turn():
    values = np.r_[np.full(10, 5.0), [np.nan, 7.0, np.nan, 4.0]]
    seen = trajectories.look_back(RunningMean(weekly([values])), weekly([values]), np.array([10]), 4)
    np.testing.assert_array_equal(seen.errors, [[[2.0, 2.0, -1.0, -1.0]]])


def test_a_vector_counts_with_half_of_its_periods_known_and_three_observed_before_it():
    values = np.full((3, 14), 5.0)
    values[0, 10:13] = values[1, :8] = values[2, :7] = np.nan
    panel = weekly(values)
    seen = trajectories.look_back(RunningMean(panel), panel, np.array([10]), 4)
    assert seen.usable.ravel().tolist() == [False, False, True]
    assert not seen.errors[0].any()


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        ([5, 6, 5, 6, 5, 6], 0),
        ([5, 0, 0, 5, 0, 0], 1),
        ([1, 30, 1, 1, 30, 1], 2),
        ([1, 0, 0, 40, 0, 1], 3),
    ],
)
def test_demand_class_by_interval_and_variation(demand, expected):
    assert trajectories.demand_class(np.array([demand], float)).tolist() == [expected]


def test_small_pools_fall_back_to_the_class_and_then_to_all():
    classes = np.repeat([0, 3], [40, 4])
    terciles = np.tile([0, 1, 2, 0], 11)
    pooled = trajectories.pools(classes, terciles, np.full(44, 10), np.arange(44))
    sizes = np.diff(pooled.bounds)[pooled.group]
    assert sizes[43] == 44
    assert sizes[0] == 20
    assert sizes[1] == 40


def test_volume_thirds_hold_equal_shares():
    third = trajectories.volume_tercile(np.arange(9.0), np.zeros(9, int))
    assert third.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_trust_in_own_vectors_counts_overlaps_once():
    past = trajectories.Trajectories(np.zeros((1, 10, 8), np.float32), np.zeros((1, 10)), np.array([10]), fresh=0.5)
    assert past.trust().tolist() == [0.5]


def test_a_forecast_drawn_with_its_paths_has_their_quantiles_and_the_mean_of_the_method():
    fitted = fit(weekly(poisson([0.4, 3.0, 900.0])))
    forecast, paths = fitted.predict_and_simulate((0.1, 0.9), 50, 6, np.random.default_rng(4))
    expected = np.moveaxis(np.quantile(paths.units.astype(float), [0.1, 0.9], axis=0), 0, 2)
    np.testing.assert_allclose(forecast.quantiles, expected, rtol=1e-6)
    np.testing.assert_array_equal(forecast.mean, fitted.mean(6))


def test_fewer_paths_than_pilots_are_the_first_of_them():
    panel = weekly(poisson([3.0, 8.0]))
    few, pilots = np.zeros((20, 2, 5), np.float32), np.zeros((64, 2, 5), np.float32)
    for units in (few, pilots):
        fit(panel).reap(3, Harvest(len(units), 5, paths=units, pilots=64))
    np.testing.assert_array_equal(few, pilots[:20])


def test_paths_beyond_the_pilots_go_on_from_the_same_streams():
    panel = weekly(poisson([3.0, 8.0]))
    few = fit(panel).simulate(3, sampling.PREDICTION_PATHS, np.random.default_rng(2)).units
    many = fit(panel).simulate(3, sampling.PREDICTION_PATHS + 40, np.random.default_rng(2)).units
    np.testing.assert_array_equal(few, many[: len(few)])
    assert len(np.unique(many[len(few) :].reshape(40, -1), axis=0)) > 35


def woken(n_series=60, seed=5):
    """Every SKU sells about 30 units for ten weeks of each twenty and nothing in the others, in its own turn."""
    rng = np.random.default_rng(seed)
    on = (np.arange(140)[None, :] + rng.integers(0, 20, (n_series, 1))) % 20 < 10
    return np.where(on, rng.poisson(30.0, on.shape), 0).astype(float)


def test_a_silent_sku_of_a_shop_whose_silent_skus_come_back_is_given_some_demand():
    values = woken()
    quiet = values[:, -8:].sum(axis=1) == 0
    totals = simulate(weekly(values)).units.sum(axis=2)
    assert quiet.sum() > 5
    assert np.quantile(totals[:, quiet], 0.95, axis=0).min() > 10
    gone = values.copy()
    gone[quiet, 60:] = 0.0
    assert np.quantile(simulate(weekly(gone)).units[:, quiet].sum(axis=2), 0.5, axis=0).max() < 10


def test_the_sampler_is_compiled_for_one_memory_layout():
    panel = weekly(poisson([3.0, 8.0]))
    fitted = fit(panel)
    seen, _now = looked_back(fitted.point, panel, 4)
    for mean in (np.ones((2, 4)), np.asfortranarray(np.ones((2, 4)))):
        assert sampling.basis_of(fitted, mean, 1, seen).mean.flags.c_contiguous


def lumps(n_series=40, n_periods=90):
    return RNG.integers(5, 40, (n_series, n_periods)) * (RNG.random((n_series, n_periods)) < 0.15)


def test_a_third_of_the_paths_of_lumpy_demand_keep_the_mean_and_vary_more_by_one_level():
    panel = weekly(lumps())
    seen, mean = looked_back(fit(panel).point, panel, 6)
    basis = sampling.basis_of(fit(panel), mean, 5, seen)
    basis = basis._replace(bend=np.full(len(panel), -1), whole=np.zeros(len(panel), bool))
    units = np.zeros((6000, len(panel), 6), np.float32)
    sampling.sampling.sample(basis, 6000, 384, Harvest(6000, 6, paths=units).keep)
    totals = units[np.arange(6000) % 6 > 3].sum(axis=2, dtype=float)
    np.testing.assert_allclose(totals.mean(axis=0).sum(), basis.target.sum(), rtol=0.03)
    # periods of shape k under a level of shape 4: 1 + CV² = (1 + 1/4)(1 + 1/(6k))
    grain = np.minimum(basis.grain, 4.0)
    expected = 1.25 * (1 + 1 / (6 * grain)) - 1
    assert np.median(totals.var(axis=0) / totals.mean(axis=0) ** 2 / expected) == pytest.approx(1.0, abs=0.1)


def test_only_uneven_demand_gets_gamma_periods():
    values = np.concatenate([poisson([40.0] * 5, 90), lumps(5)])
    values[5] = 12.0 * (np.arange(90) % 3 == 0)
    panel = weekly(values)
    seen, mean = looked_back(fit(panel).point, panel, 6)
    grain = sampling.basis_of(fit(panel), mean, 5, seen).grain
    assert not grain[:5].any()
    assert (grain[5:] > 0).all()
