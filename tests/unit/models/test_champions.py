"""Each series by its own method; sums over groups that agree with their members."""

from dataclasses import dataclass, replace

import numpy as np

from core.base.calendar import Frequency, regular
from core.base.progress import silent
from core.models import registry
from core.models.champions import Remembered, fit_champions, of_groups, summed
from core.models.sampling import SampledFit
from core.series.panel import Panel, from_dense


def shop(n_series=12, n_periods=90):
    rng = np.random.default_rng(6)
    values = rng.poisson(rng.uniform(1, 30, n_series)[:, None], (n_series, n_periods)).astype(float)
    return from_dense(values, regular(Frequency.WEEK, "2022-01-03", n_periods), [f"s{i:02d}" for i in range(n_series)])


def mixed(panel):
    models = ["ses", "moving_average", "kmeans_regression"] * (len(panel) // 3)
    return models, fit_champions(panel, models, 1, silent())[0]


def test_every_series_is_forecast_by_its_own_method_alone():
    panel = shop()
    models, fit = mixed(panel)
    for key in set(models):
        alone = registry.create(key).fit(panel, seed=1).mean(8)
        mine = np.array(models) == key
        np.testing.assert_allclose(fit.mean(8)[mine], alone[mine])


def test_series_too_short_for_their_champion_are_recorded_once():
    panel = shop()
    values = panel.dense()
    values[4, :80] = np.nan
    young = from_dense(values, panel.calendar, panel.skus.tolist())
    _fit, stood_in = fit_champions(young, ["ses"] * 4 + ["arima"] * 8, 1, silent())
    assert [(entry.sku, entry.wanted, entry.used) for entry in stood_in] == [("s04", "arima", "category_profile")]


def test_groups_are_the_sums_of_their_members():
    panel = shop()
    _models, fit = mixed(panel)
    names = np.array(["b", "a", "b"] * 4, dtype=object)
    total = summed(fit, names)
    assert total.history.skus.tolist() == ["a", "b"]
    np.testing.assert_allclose(total.mean(8), [fit.mean(8)[names == "a"].sum(0), fit.mean(8)[names == "b"].sum(0)])


@dataclass(frozen=True)
class SilentAtFirst:
    """Expects what was sold last; says nothing of the first members before an origin."""

    panel: Panel
    n_silent: int
    until: int = 60

    def mean_at(self, origins, horizon):
        said = np.repeat(self.panel.dense()[:, origins - 1].T[:, :, None], horizon, axis=2)
        said[np.ix_(origins < self.until, np.arange(len(self.panel)) < self.n_silent)] = np.nan
        return said


def test_nothing_is_said_of_a_group_while_nothing_is_said_of_members_that_matter():
    panel = shop()
    total = summed(SampledFit(panel, SilentAtFirst(panel, 3), 1), np.array(["all"] * 12, dtype=object))
    said = total.point.mean_at(np.array([59, 60]), 2)[:, 0, 0]
    assert np.isnan(said[0])
    assert said[1] == panel.dense()[:, 59].sum()


def test_a_member_that_sold_next_to_nothing_does_not_silence_its_group():
    values = shop().dense()
    values[0] = np.arange(90) % 30 == 1
    panel = from_dense(values, shop().calendar, shop().skus.tolist())
    total = summed(SampledFit(panel, SilentAtFirst(panel, 1), 1), np.array(["all"] * 12, dtype=object))
    assert total.point.mean_at(np.array([59]), 2)[0, 0, 0] == values[1:, 58].sum()


def test_a_total_is_as_sure_when_a_method_is_silent_about_the_distant_past():
    panel = shop(n_periods=150)
    names = np.array(["all"] * 12, dtype=object)
    width = {}
    for n_silent in (0, 6):
        fit = SampledFit(panel, SilentAtFirst(panel, n_silent), 1)
        sums = summed(fit, names).simulate(8, 500, np.random.default_rng(1)).units[:, 0].sum(axis=1)
        width[n_silent] = np.subtract(*np.quantile(sums, (0.9, 0.1)))
    assert 0.6 * width[0] < width[6] < 1.6 * width[0]


def test_sums_of_groups_keep_the_shape_of_the_values():
    values = np.arange(12.0).reshape(3, 2, 2)
    np.testing.assert_array_equal(of_groups(values, np.array([1, 0, 1])), [values[1], values[0] + values[2]])


class Counting:
    def __init__(self):
        self.asked = 0

    def mean_at(self, origins, horizon):
        self.asked += 1
        return np.full((len(origins), 1, horizon), float(self.asked))


def test_the_same_question_is_answered_once():
    point = Counting()
    remembered = Remembered(point)
    first = remembered.mean_at(np.array([5, 3]), 4)
    assert remembered.mean_at(np.array([5, 3]), 4) is first
    assert point.asked == 1


def test_another_horizon_is_another_question():
    remembered = Remembered(Counting())
    assert remembered.mean_at(np.array([5]), 4).shape != remembered.mean_at(np.array([5]), 2).shape


@dataclass(frozen=True)
class KnowsTheSeason:
    """Expects the true yearly wave of each member, so that its errors are noise that never accumulates."""

    wave: np.ndarray

    def mean_at(self, origins, horizon):
        return np.stack([np.tile(self.wave[origin : origin + horizon], (20, 1)) for origin in origins])


def seasonal_members(n_periods=800):
    day = np.arange(n_periods + 200)
    wave = 100 + 60 * np.sin(2 * np.pi * day / 120)
    noise = np.random.default_rng(5).normal(0, 4, (20, n_periods))
    panel = from_dense(
        np.maximum(wave[:n_periods] + noise, 0), regular(Frequency.DAY, "2023-01-02", n_periods),
        [f"s{number:02d}" for number in range(20)],
    )  # fmt: skip
    return SampledFit(panel, KnowsTheSeason(wave), 1)


def test_a_total_whose_errors_never_accumulated_is_not_forecast_as_a_random_walk():
    total = summed(seasonal_members(), np.array(["all"] * 20, dtype=object))
    sums = total.simulate(120, 1000, np.random.default_rng(1)).units[:, 0].sum(axis=1)
    low, high = np.quantile(sums, (0.1, 0.9))
    independent = 2 * 1.2816 * 4 * np.sqrt(20 * 120)
    assert 0.5 * independent < high - low < 3 * independent


def test_a_total_keeps_its_uncertainty_when_some_member_is_always_out_of_stock():
    fit = seasonal_members()
    out = np.zeros((20, 800), bool)
    out[np.arange(800) % 20, np.arange(800)] = True
    patchy = replace(fit, history=replace(fit.history, censored=out.ravel()))
    everything = np.array(["all"] * 20, dtype=object)
    known = ~np.isnan(summed(patchy, everything).history.observed())
    assert known.all()
