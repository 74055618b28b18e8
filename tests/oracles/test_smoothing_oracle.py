"""The batched kernels against slow, obvious loops over one series at a time."""

import numpy as np

from core.models.kernels import smoothing


def demand(n_series=9, n_periods=60):
    rng = np.random.default_rng(7)
    values = rng.poisson(4, (n_series, n_periods)).astype(float)
    values[rng.random(values.shape) < 0.2] = np.nan
    values[3, :40] = np.nan
    values[4] = np.nan
    return values


def slow_levels(row, alpha):
    level, seen, levels = None, 0, [np.nan]
    for value in row:
        if not np.isnan(value):
            seen += 1
            gain = max(alpha, 1 / seen)
            level = value if level is None else (1 - gain) * level + gain * value
        levels.append(np.nan if level is None else level)
    return np.array(levels)


def slow_error(row, alpha):
    expected = slow_levels(row, alpha)[:-1]
    errors = (row - expected)[~np.isnan(row) & ~np.isnan(expected)]
    return np.mean(errors**2) if len(errors) else 0.0


def slow_last_of_phase(row, phases, origin, horizon):
    answer = []
    for h in range(horizon):
        same = [row[t] for t in range(origin) if phases[t] == phases[origin + h] and not np.isnan(row[t])]
        any_value = [row[t] for t in range(origin) if not np.isnan(row[t])]
        answer.append(same[-1] if same else any_value[-1] if any_value else np.nan)
    return answer


def slow_mean_before(row, end, window):
    for last in range(end, 0, -1):
        known = [value for value in row[max(last - window, 0) : last] if not np.isnan(value)]
        if known:
            return np.mean(known)
    return np.nan


def test_levels_equal_the_plain_recursion():
    values, weights = demand(), np.linspace(0.05, 0.9, 9)
    expected = [slow_levels(row, alpha) for row, alpha in zip(values, weights, strict=True)]
    np.testing.assert_allclose(smoothing.levels_after(values, weights, np.arange(61)).T, expected)


def test_the_one_step_error_equals_the_plain_one():
    values, weights = demand(), np.linspace(0.05, 0.9, 9)
    expected = [slow_error(row, alpha) ** 0.5 for row, alpha in zip(values, weights, strict=True)]
    np.testing.assert_allclose(smoothing.one_step_rms(values, weights), expected)


def test_the_chosen_weight_is_as_good_as_the_best_of_a_fine_grid():
    values = demand()
    chosen = smoothing.best_weights(values)
    for row, alpha in zip(values, chosen, strict=True):
        finest = min(slow_error(row, candidate) for candidate in np.linspace(0.01, 0.9, 90))
        assert slow_error(row, alpha) <= finest * 1.002 + 1e-12


def test_last_of_phase_equals_a_search_through_the_past():
    values, phases = demand(), np.arange(70) % 7
    fast = smoothing.last_of_phase(values, phases, np.array([5, 33, 60]), 10)
    for place, origin in enumerate((5, 33, 60)):
        expected = [slow_last_of_phase(row, phases, origin, 10) for row in values]
        np.testing.assert_array_equal(fast[place], expected)


def test_windowed_means_equal_a_search_through_the_past():
    values = demand()
    for window in (1, 4, 26, 90):
        expected = [[slow_mean_before(row, end, window) for end in range(61)] for row in values]
        found = smoothing.window_means(values, np.full(len(values), window), np.arange(61))
        np.testing.assert_allclose(found.T, expected)


def test_the_chosen_window_errs_least_one_step_ahead():
    values, windows = demand(), (2, 4, 26)
    for row, chosen in zip(values, smoothing.best_windows(values, windows), strict=True):
        means = {window: np.array([slow_mean_before(row, end, window) for end in range(60)]) for window in windows}
        squares = {window: np.nansum((row - means[window]) ** 2) for window in windows}
        assert squares[chosen] == min(squares.values())
