"""Stretches without a sale, found and judged one after another, however the panel is cut into runs of series."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular, weekday
from core.clean.silence import CLASS_WEIGHT, DRIFT, FEWEST_SALES, LEAST_RATE, SPREADS, silences
from core.series.demand_class import demand_class
from core.series.panel import from_dense


def shop():
    rng = np.random.default_rng(7)
    values = rng.poisson(rng.gamma(0.6, 2.0, (30, 1)), (30, 120)).astype(float) * rng.choice([1.0, 0.3], (30, 1))
    values[::4, 70:] = 0.0
    values[np.arange(120)[None, :] < rng.integers(0, 60, (30, 1))] = np.nan
    values[rng.random(values.shape) < 0.03] = np.nan
    short = (rng.random(values.shape) < 0.05) & ~np.isnan(values)
    days = regular(Frequency.DAY, "2024-01-01", 120)
    return from_dense(values, days, [f"S{i:02d}" for i in range(30)], censored=short)


def weekday_ratio(panel, dense):
    days = weekday(panel.calendar.periods)
    mean = np.array([np.nanmean(dense[:, days == day]) for day in range(7)])
    return np.maximum(mean / mean.mean(), 0.01)[days]


def sizes(dense):
    seen = np.maximum((~np.isnan(dense)).sum(axis=1), 1)
    mean = np.nansum(dense, axis=1) / seen
    own = (np.nansum((dense - mean[:, None]) ** 2, axis=1) / seen - mean) / np.maximum(mean**2, LEAST_RATE)
    classes = demand_class(dense)
    usual = np.array([np.median(own[classes == name]) for name in classes])
    return 1.0 / np.clip((seen * own + CLASS_WEIGHT * usual) / (seen + CLASS_WEIGHT), *SPREADS)


def slowly(panel):
    """First and last flat cell, chance and expected units of every stretch."""
    dense = panel.observed()
    week, size, found = weekday_ratio(panel, dense), sizes(dense), []
    for row, own in enumerate(dense):
        sales = np.flatnonzero(own > 0)
        quiet = [t for t in range(120) if own[t] == 0 and len(sales) >= FEWEST_SALES and t > sales[0]]
        for stretch in np.split(quiet, np.flatnonzero(np.diff(quiet) > 1) + 1) if quiet else ():
            others = max((~np.isnan(own)).sum() - len(stretch), 1)
            mean = max(np.nansum(own) / others, LEAST_RATE) * week[stretch]
            hazard = (size[row] * np.log1p(mean / size[row])).sum()
            cell = panel.offsets[row] - panel.starts[row]
            found.append((cell + stretch[0], cell + stretch[-1], (1 + DRIFT * hazard) ** (-1 / DRIFT), mean.sum(), row))
    return [np.array(column) for column in zip(*found, strict=True)]


@pytest.mark.parametrize("cells", [100_000, 1, 500])
def test_stretches_are_those_of_each_series_on_its_own(cells, monkeypatch):
    monkeypatch.setattr("core.series.blocks.runs.__defaults__", (cells,))
    panel = shop()
    quiet = silences(panel)
    first, last, chance, expected, rows = slowly(panel)
    assert len(first) > 100
    assert quiet.first.tolist() == first.tolist()
    assert quiet.last.tolist() == last.tolist()
    assert quiet.rows.tolist() == rows.tolist()
    np.testing.assert_allclose(quiet.chance, chance, rtol=1e-11)
    np.testing.assert_allclose(quiet.expected, expected, rtol=1e-11)
    assert quiet.open_ended.tolist() == (last == panel.offsets[rows + 1] - 1).tolist()
