"""A panel in runs of neighbouring series."""

import numpy as np

from core.base.calendar import Frequency, regular
from core.series.blocks import parts, runs
from core.series.panel import from_dense


def test_runs_hold_every_series_once_and_in_order():
    offsets = np.array([0, 3, 3, 8, 9, 30, 31])
    found = list(runs(offsets, cells=5))
    assert [(series.start, series.stop) for series, _cells in found] == [(0, 3), (3, 5), (5, 6)]
    assert [(cells.start, cells.stop) for _series, cells in found] == [(0, 8), (8, 30), (30, 31)]


def test_no_series_are_no_run():
    assert list(runs(np.array([0]))) == []


def test_series_without_any_period_come_too():
    assert [(series.start, series.stop) for series, _cells in runs(np.array([0, 0, 0]))] == [(0, 2)]


def test_parts_put_together_are_the_panel(monkeypatch):
    monkeypatch.setattr("core.series.blocks.runs.__defaults__", (6,))
    values = np.arange(20.0).reshape(4, 5)
    values[1, :2] = np.nan
    panel = from_dense(values, regular(Frequency.DAY, "2024-01-01", 5), list("ABCD"), drivers={"promotion": values})
    found = list(parts(panel))
    assert len(found) == 2
    assert [sku for part in found for sku in part.panel.skus] == list("ABCD")
    np.testing.assert_array_equal(np.concatenate([part.panel.dense() for part in found]), values)
    assert all(not part.panel.drivers and np.shares_memory(part.panel.values, panel.values) for part in found)
    np.testing.assert_array_equal(np.concatenate([panel.values[part.cells] for part in found]), panel.values)
