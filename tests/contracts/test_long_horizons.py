"""A year ahead: what every method that is compared by default keeps when it plans for a year."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.progress import silent
from core.models import registry
from core.models.champions import FURTHEST, fit_champions
from core.series.forecast import LEVELS
from core.series.panel import from_dense

YEAR = {Frequency.DAY: (500, 365), Frequency.WEEK: (130, 52), Frequency.MONTH: (40, 12)}
DEFAULTS = [key for key in registry.METHODS if registry.capabilities(key).default]
DAILY = [key for key in DEFAULTS if not registry.capabilities(key).pooled]


def shop(frequency):
    """Steady, growing, fading, intermittent, young and suddenly rising series."""
    n_periods, _horizon = YEAR[frequency]
    rng = np.random.default_rng(3)
    time = np.linspace(0, 1, n_periods)
    rates = np.stack(
        [
            np.full(n_periods, 12.0), 2 + 40 * time**2, 30 * (1 - time), np.full(n_periods, 0.15),
            np.full(n_periods, 6.0), np.where(time > 0.97, 60.0, 3.0), 5 + 4 * np.sin(12 * np.pi * time), 8 + 8 * time,
        ]
    )  # fmt: skip
    values = rng.poisson(rates).astype(float)
    values[4, : n_periods - 25] = np.nan
    return from_dense(values, regular(frequency, "2021-01-04", n_periods), [f"s{i}" for i in range(8)])


CASES = [(key, frequency) for frequency in YEAR for key in (DAILY if frequency is Frequency.DAY else DEFAULTS)]


@pytest.mark.parametrize(("key", "frequency"), CASES)
def test_a_year_ahead_is_finite_and_within_reach_of_what_was_seen(key, frequency):
    panel, horizon = shop(frequency), YEAR[frequency][1]
    fit, _ = fit_champions(panel, [key] * len(panel), 1, silent())
    forecast, paths = fit.predict_and_simulate(LEVELS, 60, horizon, np.random.default_rng(1))
    most = np.nanmax(panel.observed(), axis=1)
    assert np.isfinite(forecast.quantiles).all()
    assert np.isfinite(paths.units).all()
    assert (forecast.mean <= FURTHEST * most[:, None] + 1e-9).all()
    assert (forecast.at(0.975).mean(axis=1) <= 10 * most).all()
