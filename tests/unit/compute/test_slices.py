import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import CancelledError
from core.base.progress import Progress
from core.compute.slices import map_slices
from core.series.panel import from_dense


def panel(n):
    values = np.arange(n * 4, dtype=float).reshape(n, 4)
    return from_dense(values, regular(Frequency.DAY, "2024-01-01", 4), [f"S{number}" for number in range(n)])


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_the_panels_order(workers):
    parts = map_slices(lambda part: part.values.tolist(), panel(7), slice_size=3, workers=workers)
    assert [len(part) for part in parts] == [12, 12, 4]
    assert [value for part in parts for value in part] == panel(7).values.tolist()


def test_each_slice_says_how_many_skus_are_done():
    steps = []
    map_slices(len, panel(5), slice_size=2, progress=Progress(steps.append))
    assert [(step.fraction, step.detail) for step in steps] == [
        (0.4, "2 of 5 SKUs"), (0.8, "4 of 5 SKUs"), (1.0, "5 of 5 SKUs"),
    ]  # fmt: skip


def test_no_series_no_results():
    assert map_slices(len, panel(2).take(np.array([], int)), slice_size=2) == []


def test_a_cancelled_map_drops_the_slices_that_had_not_begun():
    progress, seen = Progress(), []

    def work(part):
        seen.append(len(part))
        progress.cancelled.set()

    with pytest.raises(CancelledError):
        map_slices(work, panel(9), slice_size=1, progress=progress)
    assert len(seen) < 9


def test_an_error_in_a_slice_surfaces():
    with pytest.raises(ZeroDivisionError):
        map_slices(lambda _part: 1 / 0, panel(3), slice_size=1)
