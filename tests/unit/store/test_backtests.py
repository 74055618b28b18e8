import os

import numpy as np

from core.store import backtests

ARRAYS = {"mean": np.array([1.5, np.nan]), "about": np.array("{}")}


def test_what_was_kept_comes_back(workspace):
    backtests.write(workspace, "v1", "k", ARRAYS)
    found = backtests.read(workspace, "v1", "k")
    np.testing.assert_array_equal(found["mean"], ARRAYS["mean"])
    assert str(found["about"]) == "{}"


def test_another_version_knows_nothing_of_it(workspace):
    backtests.write(workspace, "v1", "k", ARRAYS)
    assert backtests.read(workspace, "v2", "k") is None


def test_a_damaged_file_counts_as_unknown(workspace):
    backtests.write(workspace, "v1", "k", ARRAYS)
    (workspace.folder / backtests.FOLDER / "v1" / "k.npz").write_bytes(b"PK\x03\x04 cut off")
    assert backtests.read(workspace, "v1", "k") is None


def test_sweeping_keeps_only_the_versions_named(workspace):
    for version in ("v1", "v2"):
        backtests.write(workspace, version, "k", ARRAYS)
    backtests.sweep(workspace, {"v2"})
    assert backtests.read(workspace, "v1", "k") is None
    assert backtests.read(workspace, "v2", "k") is not None


def test_the_oldest_go_where_room_is_short(workspace):
    for age, key in enumerate(("new", "old")):
        backtests.write(workspace, "v1", key, ARRAYS)
        path = workspace.folder / backtests.FOLDER / "v1" / f"{key}.npz"
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    backtests.sweep(workspace, {"v1"}, most_bytes=path.stat().st_size)
    assert backtests.read(workspace, "v1", "new") is not None
    assert backtests.read(workspace, "v1", "old") is None


def test_a_folder_that_cannot_be_written_costs_nothing(workspace):
    (workspace.folder / backtests.FOLDER).write_text("in the way")
    backtests.write(workspace, "v1", "k", ARRAYS)
    assert backtests.read(workspace, "v1", "k") is None
