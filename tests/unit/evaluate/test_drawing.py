"""Quantiles of periods and totals from the same few paths."""

from dataclasses import dataclass

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.evaluate.drawing import PATHS, TOTAL_LEVELS, drawn, fair
from core.models import registry
from core.models.harvest import Harvest
from core.models.kernels.sampling import at_places
from core.models.sampling import salt_of
from core.models.substitution import fit_all
from core.series.forecast import LEVELS, DemandPaths, Forecast
from core.series.panel import from_dense


@dataclass
class Fixed:
    """A fitted method whose paths are known."""

    units: np.ndarray

    def predict(self, horizon, levels):
        n_series = self.units.shape[1]
        return Forecast(
            np.arange(n_series), np.arange(n_series), np.zeros(horizon, "datetime64[D]"), tuple(levels),
            np.zeros((n_series, horizon, len(levels))), self.units.mean(axis=0)[:, :horizon],
        )  # fmt: skip

    def simulate(self, horizon, n_paths, _rng):
        names = np.arange(self.units.shape[1])
        return DemandPaths(self.units[:n_paths, :, :horizon], names, names, np.zeros(horizon, "datetime64[D]"))


@pytest.fixture
def paths():
    return np.random.default_rng(4).gamma(2.0, 3.0, (192, 5, 6)).astype(np.float32)


def test_the_total_is_summed_within_each_path_before_its_quantiles_are_taken(paths):
    found = drawn(Fixed(paths), 4, 2, 1)
    totals = np.sort(paths[:, :, 2:].sum(axis=2, dtype=float), axis=0)
    np.testing.assert_allclose(found.totals, at_places(totals.T, fair(TOTAL_LEVELS, 192)), rtol=1e-5)
    assert (found.totals[:, -2] < found.quantiles[:, :, -1].sum(axis=1)).all()


def test_periods_of_the_gap_are_not_judged(paths):
    found = drawn(Fixed(paths), 4, 2, 1)
    assert found.quantiles.shape == (5, 4, len(LEVELS))
    np.testing.assert_allclose(found.quantiles[:, 0, 4], np.median(paths[:, :, 2], axis=0), rtol=1e-5)
    np.testing.assert_allclose(found.mean, paths.mean(axis=0)[:, 2:])


@pytest.mark.parametrize("level", [0.1, 0.9, 0.95])
def test_a_new_value_falls_below_a_quantile_of_few_as_often_as_it_says(level):
    values = np.random.default_rng(1).random((20_000, 40))
    found = at_places(np.sort(values, axis=1), fair((level,), 40))[:, 0]
    assert found.mean() == pytest.approx(level, abs=0.003)
    linear = np.quantile(values, level, axis=1).mean()
    assert abs(found.mean() - level) < abs(linear - level)


def test_what_is_drawn_of_a_method_is_what_its_paths_say():
    fitted = registry.create("ses").fit(shop(), seed=1)
    units = np.zeros((PATHS, 3, 9), np.float32)
    wanted = Harvest(PATHS, 9, paths=units, pilots=PATHS)
    mean = fitted.reap(salt_of(np.random.default_rng(5)), wanted)
    found, alike = drawn(fitted, 7, 2, 5), drawn(Fixed(units), 7, 2, 5)
    np.testing.assert_array_equal(found.quantiles, alike.quantiles)
    np.testing.assert_array_equal(found.totals, alike.totals)
    np.testing.assert_array_equal(found.mean, mean[:, 2:])


def shop():
    values = np.random.default_rng(2).poisson(6.0, (3, 60)).astype(float)
    return from_dense(values, regular(Frequency.DAY, "2026-01-01", 60), ["A", "B", "C"])


def test_series_of_a_substitute_stand_in_their_own_places():
    values = np.random.default_rng(2).poisson(6.0, (3, 60)).astype(float)
    values[1, :58] = np.nan
    panel = from_dense(values, regular(Frequency.DAY, "2026-01-01", 60), ["A", "B", "C"])
    fitted, stood_in = fit_all(registry.create("ets"), panel, 1)
    found = drawn(fitted, 7, 0, 1)
    assert [each.sku for each in stood_in] == ["B"]
    np.testing.assert_allclose(found.mean, fitted.predict(7, ()).mean)
    assert (np.diff(found.totals, axis=1) >= 0).all()
    assert (found.totals[:, 4] > 0).all()
