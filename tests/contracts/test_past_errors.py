"""Laws of the past errors that uncertainty is learned from: they are as large as those to come."""

from dataclasses import replace

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models import registry
from core.models.trajectories import rolling_origins
from core.series.panel import from_dense
from tests.contracts.test_models import METHODS, create

HORIZON, N_WEEKS, CHANGED = 8, 80, 56
LEAST = 0.95
"""One or two weights per series, set on all that is known, and trees that saw other periods, gain a few percent."""
STRICT = ("seasonal_naive", "linear_regression")
"""Methods whose past errors know nothing later at all; others set a weight or two on the whole history."""
LEARNED_THEN = (*STRICT, "calendar_boosting")
"""Methods of which every past forecast was learned with what was known then."""


def noise():
    """Demand that nothing can forecast better than its mean, and that mean."""
    mean = np.repeat([2.0, 10.0, 40.0, 200.0], 10)[:, None]
    return np.random.default_rng(5).gamma(4.0, mean / 4.0, (40, N_WEEKS)), mean


def weekly(values):
    return from_dense(values, regular(Frequency.WEEK, "2023-01-02", N_WEEKS), [f"s{i:02d}" for i in range(40)])


@pytest.mark.parametrize("key", METHODS)
def test_past_errors_of_pure_noise_are_no_smaller_than_the_noise(key):
    values, mean = noise()
    panel = weekly(values)
    origins, block = rolling_origins(N_WEEKS, HORIZON, panel.calendar.season_length)
    point = create(key).fit(panel, seed=1).point
    said = point.mean_at(origins, block)
    known = ~np.isnan(said)
    happened = np.stack([values[:, origin : origin + block] for origin in origins])
    errors, noises = (np.square((happened - each) / mean)[known].mean() for each in (said, mean[None]))
    assert known.mean() > 0.5
    assert np.sqrt(errors / noises) > (1.0 if key in LEARNED_THEN else LEAST)


@pytest.mark.parametrize("key", STRICT)
def test_what_is_sold_later_changes_nothing_that_was_said_before(key):
    values, _ = noise()
    later = values.copy()
    later[:, CHANGED:] = 3.0 * values[::-1, CHANGED:] + 5.0
    origins = np.arange(10, CHANGED + 1, 6)
    one, other = (
        registry.create(key).fit(weekly(each), seed=1).point.mean_at(origins, HORIZON) for each in (values, later)
    )
    np.testing.assert_allclose(one, other, rtol=1e-9)


@pytest.mark.parametrize("key", ["linear_regression", "arimax", "kmeans_regression"])
def test_what_a_piece_is_sold_for_later_was_not_known_before(key):
    values, _ = noise()
    sold = np.random.default_rng(6).choice([5.0, 8.0, 10.0], values.shape)
    listed = np.full(values.shape, np.nan)
    listed[:3] = 9.0
    later = np.where(np.arange(N_WEEKS) < CHANGED, sold, 0.5 * sold)
    one, other = (
        replace(weekly(values * 8.0 / sold), drivers={"price": listed.ravel(), "sold_price": each.ravel()})
        for each in (sold, later)
    )
    point = registry.create(key).fit(one, seed=1).point
    origins = np.arange(40, CHANGED + 1, 4)
    now, then = (replace(point, history=each).mean_at(origins, HORIZON) for each in (one, other))
    # the regression sees a price against its mean, later ones included
    np.testing.assert_allclose(now, then, rtol=0.05)
