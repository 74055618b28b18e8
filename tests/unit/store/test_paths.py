import errno
import os
import time
from pathlib import Path

import numpy as np
import pytest

from core.base.errors import NoDataError, StoreError
from core.series.forecast import DemandPaths
from core.store.paths import PathWriter, has_paths, prune_paths, read_paths

PERIODS = np.array(["2024-01-01", "2024-01-02", "2024-01-03"], "datetime64[D]")


def paths(units, skus, location="main"):
    return DemandPaths(np.asarray(units), np.array(skus, object), np.array([location] * len(skus), object), PERIODS)


def write(workspace, run_id, *parts, n_paths=2):
    with PathWriter(workspace, run_id, PERIODS, n_paths) as writer:
        for part in parts:
            writer.write(part)


WHOLE = np.arange(2 * 2 * 3, dtype=np.float64).reshape(2, 2, 3)


def test_paths_come_back_as_they_were_written_slice_by_slice(workspace):
    write(workspace, "r", paths(WHOLE, ["A", "B"]), paths(WHOLE[:, :1] + 100, ["C"]))
    found = read_paths(workspace, "r")
    assert found.skus.tolist() == ["A", "B", "C"]
    assert found.units.dtype == np.uint16
    np.testing.assert_array_equal(found.units[:, :2], WHOLE)
    np.testing.assert_array_equal(found.units[:, 2], WHOLE[:, 0] + 100)
    np.testing.assert_array_equal(found.periods, PERIODS)


def test_fractions_and_very_large_units_are_kept(workspace):
    mixed = np.stack([WHOLE[:, 0], WHOLE[:, 0] + 0.25, WHOLE[:, 0] + 70_000], axis=1)
    write(workspace, "r", paths(mixed, ["A", "B", "C"]))
    np.testing.assert_array_equal(read_paths(workspace, "r").units, mixed)


def test_chosen_skus_come_with_all_their_locations(workspace):
    write(workspace, "r", paths(WHOLE, ["A", "B"]), paths(WHOLE + 50, ["A", "B"], location="outlet"))
    found = read_paths(workspace, "r", ["B"])
    assert (found.skus.tolist(), found.locations.tolist()) == (["B", "B"], ["main", "outlet"])
    np.testing.assert_array_equal(found.units[:, 1], WHOLE[:, 1] + 50)


def test_what_was_read_becomes_demand_paths(workspace):
    write(workspace, "r", paths(WHOLE, ["A", "B"]))
    found = read_paths(workspace, "r", ["A"])
    again = DemandPaths(found.units, found.skus, found.locations, found.periods)
    np.testing.assert_array_equal(again.total(0, np.array([3])), WHOLE[:, :1].sum(axis=2))


def test_an_unknown_sku_or_run_is_named(workspace):
    write(workspace, "r", paths(WHOLE, ["A", "B"]))
    with pytest.raises(NoDataError, match="no paths for X"):
        read_paths(workspace, "r", ["X"])
    with pytest.raises(NoDataError, match=r"no longer on disk\. Compute the forecast again"):
        read_paths(workspace, "other")


def test_a_slice_of_another_shape_is_refused(workspace):
    with pytest.raises(NoDataError, match="9 paths of 3 periods were expected; 2 of 3 came"):
        write(workspace, "r", paths(WHOLE, ["A", "B"]), n_paths=9)


def test_a_failed_run_leaves_no_paths(workspace):
    def fail_half_way():
        with PathWriter(workspace, "r", PERIODS, 2) as writer:
            writer.write(paths(WHOLE, ["A", "B"]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert not has_paths(workspace, "r")
    assert list((workspace.folder / "paths").iterdir()) == []


def test_only_the_last_three_runs_keep_their_paths(workspace):
    for run_id in ("r1", "r2", "r3", "r4"):
        write(workspace, run_id, paths(WHOLE, ["A", "B"]))
    assert [has_paths(workspace, run_id) for run_id in ("r1", "r2", "r3", "r4")] == [False, True, True, True]


def test_what_a_crash_left_half_written_is_removed_but_not_what_is_being_written(workspace):
    (workspace.folder / "paths").mkdir()
    (workspace.folder / "paths" / ".draft-dead").mkdir()
    writer = PathWriter(workspace, "alive", PERIODS, 2)
    prune_paths(workspace)
    assert [folder.name for folder in (workspace.folder / "paths").iterdir()] == [".draft-alive"]
    writer.close(keep=False)


def test_the_newest_paths_stay_when_the_clock_was_put_back(workspace):
    for run_id in ("r1", "r2", "r3"):
        write(workspace, run_id, paths(WHOLE, ["A", "B"]))
        ahead = time.time_ns() + 3_600_000_000_000
        os.utime(workspace.folder / "paths" / run_id, ns=(ahead, ahead))
    write(workspace, "r4", paths(WHOLE, ["A", "B"]))
    assert has_paths(workspace, "r4")


@pytest.mark.parametrize("name", ["whole", "index.json"])
def test_paths_torn_by_a_power_cut_count_as_gone(workspace, name):
    write(workspace, "torn", paths(WHOLE, ["A", "B"]))
    os.truncate(workspace.folder / "paths" / "torn" / name, 3)
    with pytest.raises(NoDataError, match=r"no longer on disk\. Compute the forecast again"):
        read_paths(workspace, "torn", ["A"])


def test_a_disk_that_is_full_at_the_last_byte_is_told_and_nothing_is_left(workspace, monkeypatch):
    writer = PathWriter(workspace, "full", PERIODS, 2)
    writer.write(paths(WHOLE, ["A", "B"]))
    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(StoreError, match="The disk is full"):
        writer.close()
    assert list((workspace.folder / "paths").iterdir()) == []


def refuse(*_given, **_named):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("skus", [None, ["A"]])
def test_paths_dropped_while_they_are_read_are_said_to_be_gone(workspace, skus):
    write(workspace, "r", paths(WHOLE, ["A", "B"]))
    # its index is known already, and the array goes just before it is opened
    read_paths(workspace, "r", skus)
    (workspace.folder / "paths" / "r" / "whole").unlink()
    with pytest.raises(NoDataError, match="no longer on disk"):
        read_paths(workspace, "r", skus)
