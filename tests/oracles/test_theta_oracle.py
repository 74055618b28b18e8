"""The batched theta method against the equations of its paper, written down with whole sums instead of recursions."""

from itertools import product

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.theta_lines import ThetaPoint, fit_theta
from core.series.panel import from_dense

PERIODS = 30


def shop(n_series=6):
    rng = np.random.default_rng(3)
    values = 50 + np.arange(PERIODS) * rng.normal(0.5, 0.5, (n_series, 1)) + rng.normal(0, 4, (n_series, PERIODS))
    return from_dense(values, regular(Frequency.WEEK, "2022-01-03", PERIODS), [f"S{i}" for i in range(n_series)])


def line_through(values):
    """Ordinary least squares through 1 … n: intercept and slope."""
    if len(values) == 1:
        return values[0], 0.0
    slope, intercept = np.polyfit(np.arange(1, len(values) + 1), values, 1)
    return intercept, slope


def expected_after(values, alpha, theta, start, horizon):
    """Forecasts after the last value; the straight line is fitted anew at every step, forecasts count as values."""
    series = list(values)
    for _ in range(horizon):
        level = start * series[0]
        for value in series:
            level += alpha * (value - level)
        n = len(series)
        intercept, slope = line_through(np.array(series))
        line = (1 - alpha) ** n * intercept + (1 - (1 - alpha) ** (n + 1)) / alpha * slope
        series.append(level + (1 - 1 / theta) * line)
    return series[len(values) :]


def criterion(values, lines, alpha, start, share):
    """Squared one-step errors from the fourth on, and what it costs that both shares lie away from one half."""

    def squares(start, share):
        level, total = start * values[0], 0.0
        for t, (value, (intercept, slope)) in enumerate(zip(values, lines, strict=True)):
            line = (1 - alpha) ** t * intercept + (1 - (1 - alpha) ** (t + 1)) / alpha * slope
            total += (value - level - share * line) ** 2 if t >= 3 else 0.0
            level += alpha * (value - level)
        return total

    doubt = ((start - 0.5) / 0.25) ** 2 + ((share - 0.5) / 0.5) ** 2
    return squares(start, share) + squares(0.5, 0.5) / (len(values) - 3) * doubt


@pytest.mark.parametrize("shares", [(0.5,), (0.0, 0.25, 0.5, 0.75, 0.98)])
def test_no_other_weights_fit_better(shares):
    history = shop(4)
    for values, found in zip(history.observed(), fit_theta(history, free_theta=len(shares) > 1).weights, strict=True):
        lines = [(values[0], 0.0), *(line_through(values[:t]) for t in range(1, PERIODS))]
        others = product(np.linspace(0.01, 0.99, 15), np.linspace(-0.5, 1.5, 9), shares)
        best = min(criterion(values, lines, *weights) for weights in others)
        assert criterion(values, lines, found[0], found[2], 1.0 - 1.0 / found[1]) <= best * 1.0001


@pytest.mark.parametrize("free_theta", [False, True])
def test_forecasts_are_those_of_straight_lines_fitted_anew_at_every_step(free_theta):
    history = shop()
    point = fit_theta(history, free_theta=free_theta)
    origins = np.array([PERIODS, 12])
    found = point.mean_at(origins, 5)
    for i, values in enumerate(history.observed()):
        for k, origin in enumerate(origins):
            np.testing.assert_allclose(found[k, i], expected_after(values[:origin], *point.weights[i], 5), rtol=1e-8)


def test_theta_is_two_unless_it_is_chosen():
    history = shop()
    assert fit_theta(history, free_theta=False).weights[:, 1].tolist() == [2.0] * len(history)
    assert (fit_theta(history, free_theta=True).weights[:, 1] != 2.0).any()


def test_a_gap_makes_no_error_and_the_method_goes_on_from_what_it_expected():
    values = shop().observed().copy()
    weights = fit_theta(shop(), free_theta=False).weights
    values[:, 20] = np.nan
    calendar = regular(Frequency.WEEK, "2022-01-03", PERIODS)
    gapped = from_dense(values, calendar, [f"S{i}" for i in range(6)])
    flat = np.ones((6, 53))
    starts = np.zeros(6, np.int64)
    said = ThetaPoint(gapped, flat, starts, weights).mean_at(np.array([20]), 1)[0, :, 0]
    filled = values.copy()
    filled[:, 20] = said
    whole = from_dense(filled, calendar, [f"S{i}" for i in range(6)])
    np.testing.assert_allclose(
        ThetaPoint(gapped, flat, starts, weights).mean_at(np.array([PERIODS]), 4),
        ThetaPoint(whole, flat, starts, weights).mean_at(np.array([PERIODS]), 4),
    )
