"""Each series by its own method; sums over groups that agree with their members."""

import numpy as np

from core.base.calendar import Frequency, regular
from core.base.progress import silent
from core.models import registry
from core.models.champions import Remembered, fit_champions, of_groups, summed
from core.series.panel import from_dense


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
    assert [(entry.sku, entry.wanted, entry.used) for entry in stood_in] == [("s04", "arima", "seasonal_naive")]


def test_groups_are_the_sums_of_their_members():
    panel = shop()
    _models, fit = mixed(panel)
    names = np.array(["b", "a", "b"] * 4, dtype=object)
    total = summed(fit, names)
    assert total.history.skus.tolist() == ["a", "b"]
    np.testing.assert_allclose(total.mean(8), [fit.mean(8)[names == "a"].sum(0), fit.mean(8)[names == "b"].sum(0)])


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
