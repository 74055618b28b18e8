"""The batched exponential smoothing against a plain recursion, one series and one period at a time, and statsmodels."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.exponential import EtsPoint, fit_forms
from core.models.kernels.ets import ADDED, ADDITIVE, DAMPED, MULTIPLIED, NO_SEASON, NO_TREND
from core.series.panel import from_dense

FORMS = [(trend, season) for trend in (NO_TREND, ADDITIVE, DAMPED) for season in (NO_SEASON, ADDED, MULTIPLIED)]
PERIODS = 84


def shop(*, gaps, n_series=70):
    rng = np.random.default_rng(5)
    day = np.arange(PERIODS)
    values = 20 + 0.1 * day + 8 * (day % 7 == 5) + rng.gamma(4.0, 1.0, (n_series, PERIODS))
    if gaps:
        values[rng.random(values.shape) < 0.1] = np.nan
        for i in range(n_series):
            values[i, : rng.integers(0, 30)] = np.nan
        values[:, -1] = 25.0
    return from_dense(values, regular(Frequency.DAY, "2024-01-01", PERIODS), [f"S{i:02d}" for i in range(n_series)])


def recursion(values, start, form, learned, origin, horizon):
    """Squared errors and forecasts, written down as the textbook has it."""
    (alpha, beta, gamma, phi), states = learned
    level, trend, season = states[0], states[1], dict(enumerate(states[2:]))
    errors = 0.0
    for t in range(start, origin):
        phase = t % 7 if len(season) > 1 else 0
        base = level + phi * trend
        expected = base * season[phase] if form[1] == MULTIPLIED else base + season[phase]
        error = 0.0 if np.isnan(values[t]) else values[t] - expected
        errors += error**2
        by_season = error / season[phase] if form[1] == MULTIPLIED else error
        level, trend = base + alpha * by_season, phi * trend + beta * by_season
        season[phase] += gamma * (error / base if form[1] == MULTIPLIED else error)
    ahead = []
    for h in range(horizon):
        phase = (origin + h) % 7 if len(season) > 1 else 0
        trend *= phi
        level += trend
        ahead.append(max(level * season[phase] if form[1] == MULTIPLIED else level + season[phase], 0.0))
    return errors, ahead


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("gaps", [False, True])
def test_forecasts_equal_the_textbook_recursion_from_the_learned_weights_and_states(form, gaps):
    history = shop(gaps=gaps)
    point = fit_forms(history, (form,))
    values, origins = history.observed(), np.array([PERIODS, 40, 60])
    found = point.mean_at(origins, 10)
    for i in (0, 7, 63, 64, 69):
        for k, origin in enumerate(origins):
            _errors, ahead = recursion(
                values[i], history.starts[i], form, (point.weights[i], point.states[i]), int(origin), 10
            )
            np.testing.assert_allclose(found[k, i], ahead, rtol=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_the_criterion_is_the_one_of_the_errors_the_recursion_makes(form):
    history = shop(gaps=True)
    point = fit_forms(history, (form,))
    values = history.observed()
    for i in (0, 64):
        errors, _ahead = recursion(values[i], history.starts[i], form, (point.weights[i], point.states[i]), PERIODS, 1)
        n = int((~np.isnan(values[i])).sum())
        k = 3 + 2 * (form[0] != NO_TREND) + (form[0] == DAMPED) + 7 * (form[1] != NO_SEASON)
        assert point.criteria[i] == pytest.approx(n * np.log(errors / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1))


# statsmodels updates a multiplicative season by the new level, table 2.2 of the book and we by the old one
@pytest.fixture
def exact():
    """Imported by the worker that runs these tests alone: it takes a second."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    return ETSModel


@pytest.mark.parametrize("form", [form for form in FORMS if form[1] != MULTIPLIED])
def test_forecasts_agree_with_statsmodels_for_the_same_weights_and_states(form, exact):
    history = shop(gaps=False, n_series=1)
    point = fit_forms(history, (form,))
    values, forecast = history.observed()[0], point.mean_at(np.array([PERIODS]), 14)[0, 0]
    alpha, beta, gamma, phi = point.weights[0]
    trend, season = form
    model = exact(
        values, error="add", trend="add" if trend else None, damped_trend=trend == DAMPED,
        seasonal="add" if season else None, seasonal_periods=7 if season else None,
        initialization_method="known", initial_level=point.states[0, 0],
        initial_trend=point.states[0, 1] if trend else None,
        initial_seasonal=point.states[0, 2:] if season else None,
    )  # fmt: skip
    weights = [alpha, *([beta] if trend else []), *([gamma] if season else []), *([phi] if trend == DAMPED else [])]
    initial = [point.states[0, 0], *([point.states[0, 1]] if trend else [])]
    initial += list(point.states[0, 2:][::-1]) if season else []
    np.testing.assert_allclose(forecast, model.smooth([*weights, *initial]).forecast(14), rtol=1e-6)


@pytest.mark.parametrize("form", [(NO_TREND, NO_SEASON), (DAMPED, NO_SEASON), (NO_TREND, ADDED)])
def test_the_search_comes_close_to_the_best_weights_of_a_general_optimiser(form, exact):
    history = shop(gaps=False, n_series=3)
    point = fit_forms(history, (form,))
    trend, season = form
    for i, values in enumerate(history.observed()):
        best = exact(
            values, error="add", trend="add" if trend else None, damped_trend=trend == DAMPED,
            seasonal="add" if season else None, seasonal_periods=7 if season else None,
        ).fit(disp=False)  # fmt: skip
        errors, _ahead = recursion(values, 0, form, (point.weights[i], point.states[i]), PERIODS, 1)
        assert errors <= 1.15 * best.sse  # statsmodels also optimises the first states


def test_a_point_knows_its_name():
    point = fit_forms(shop(gaps=False, n_series=2), ((DAMPED, ADDED),))
    assert isinstance(point, EtsPoint)
    assert point.labels().tolist() == ["ETS(A,Ad,A)"] * 2
