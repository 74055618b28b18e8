"""Demand behind empty shelves, worked out period by period as the method is written, without sums by weekday."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular, weekday
from core.clean.negative_binomial import truncated
from core.clean.unconstrained import (
    ANCHOR,
    CLASS_WEIGHT,
    DRIFT_STEPS,
    LEAST_LEVEL,
    MEMORY,
    MOST_DRIFT,
    SPREADS,
    STEADY_STEPS,
    unconstrained,
)
from core.series.demand_class import demand_class
from core.series.panel import from_dense


def shop(frequency, n_periods, *, fractions):
    """Series of their own beginnings, with unseen periods and empty shelves, sold by the piece or by weight."""
    rng = np.random.default_rng(n_periods)
    n = 24
    wave = 1 + 0.5 * np.sin(2 * np.pi * np.arange(n_periods) / 7)
    values = rng.poisson(rng.gamma(1.5, 3.0, (n, 1)) * wave, (n, n_periods)).astype(float)
    if fractions:
        values *= rng.choice([1.0, 0.25, 0.37], (n, 1))
    values[np.arange(n_periods)[None, :] < rng.integers(0, n_periods // 2, (n, 1))] = np.nan
    short = (rng.random(values.shape) < 0.08) & (np.arange(n)[:, None] % 3 > 0) & ~np.isnan(values)
    values[short & (rng.random(values.shape) < 0.5)] = 0.0
    return from_dense(
        values, regular(frequency, "2024-01-01", n_periods), [f"S{i:02d}" for i in range(n)], censored=short
    )


def expected_and_unsure(panel_parts, mean, size):
    """Every cell's expected demand and the variance left: what was sold where the shelf was full."""
    sold, short = panel_parts
    completed, unsure = sold.copy(), np.zeros_like(sold)
    for row, column in zip(*np.nonzero(short), strict=True):
        m, r = max(mean[row, column], LEAST_LEVEL), size[row]
        if sold[row, column] > 0:
            left = truncated(*(np.array([value]) for value in (sold[row, column], m, r)))
            completed[row, column], unsure[row, column] = left.mean[0], left.variance[0]
        else:
            completed[row, column], unsure[row, column] = m, m + m**2 / r
    return completed, unsure


def sizes(classes, live, error, unsure, mean):
    squared = (live * (error**2 + unsure) - mean * live).sum(axis=1)
    own = squared / np.maximum(((mean * live) ** 2).sum(axis=1), LEAST_LEVEL)
    usual = np.array([np.median(own[classes == name]) for name in classes])
    n = live.sum(axis=1)
    return 1.0 / np.clip((n * own + CLASS_WEIGHT * usual) / (n + CLASS_WEIGHT), *SPREADS)


def drifted(steady, live, overall, memory):
    level = np.empty_like(steady)
    periods = np.arange(steady.shape[1])
    for t in periods:
        weight = memory ** np.abs(periods - t) * live
        level[:, t] = ((weight * steady).sum(axis=1) + ANCHOR * overall) / (weight.sum(axis=1) + ANCHOR)
    return np.clip(level, overall[:, None] / MOST_DRIFT, overall[:, None] * MOST_DRIFT)


def slowly(panel):
    dense, short = panel.dense(), panel.dense(panel.censored, fill=0.0).astype(bool)
    live, cells = (~np.isnan(dense)).astype(float), (np.nan_to_num(dense), short)
    daily = panel.frequency is Frequency.DAY
    days = weekday(panel.calendar.periods) if daily else np.zeros(panel.n_periods, np.int64)
    n = live.sum(axis=1)
    overall, profile, size = np.maximum(cells[0].sum(axis=1) / n, LEAST_LEVEL), np.ones(7), np.full(len(panel), 0.5)
    for _step in range(STEADY_STEPS):
        completed, unsure = expected_and_unsure(cells, overall[:, None] * profile[days], size)
        overall = np.maximum((completed / profile[days]).sum(axis=1) / n, LEAST_LEVEL)
        ratio = [(live * completed / overall[:, None])[:, days == day].sum() for day in range(7)]
        count = np.array([live[:, days == day].sum() for day in range(7)])
        profile = np.where(count > 0, ratio / np.maximum(count, 1.0), 1.0)
        profile = np.maximum(profile / profile[count > 0].mean(), 0.01)
        mean = overall[:, None] * profile[days]
        size = sizes(demand_class(panel.observed()), live, completed - mean, unsure, mean)
    level = np.repeat(overall[:, None], panel.n_periods, axis=1)
    for _step in range(DRIFT_STEPS):
        completed, _unsure = expected_and_unsure(cells, level * profile[days], size)
        level = drifted(completed / profile[days], live, overall, MEMORY[panel.frequency])
    mean = np.maximum((level * profile[days])[short], LEAST_LEVEL)
    return truncated(cells[0][short], mean, size[np.nonzero(short)[0]])


@pytest.mark.parametrize("fractions", [False, True])
@pytest.mark.parametrize(("frequency", "n_periods"), [(Frequency.DAY, 90), (Frequency.WEEK, 60), (Frequency.MONTH, 30)])
def test_sums_by_weekday_give_what_every_period_on_its_own_gives(frequency, n_periods, fractions, monkeypatch):
    # Several runs of series and several groups of drifting ones.
    monkeypatch.setattr("core.clean.unconstrained.AT_A_TIME", 5)
    panel = shop(frequency, n_periods, fractions=fractions)
    found, wanted = unconstrained(panel, np.ones(len(panel), bool)), slowly(panel)
    assert found.cells.tolist() == np.flatnonzero(panel.censored).tolist()
    np.testing.assert_allclose(found.mean, wanted.mean, rtol=1e-10)
    np.testing.assert_allclose(found.sd, np.sqrt(wanted.variance), rtol=1e-9)
