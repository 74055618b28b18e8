import numpy as np
import pytest

from core.base.errors import StoreError
from core.store import datasets, deleting, networks

ARRAYS = {"memory.0": np.arange(6, dtype=np.float32).reshape(2, 3), "names": np.array(["ä", "b"])}


def kept(workspace, version="v1", name="k"):
    folder = networks.root_of(workspace) / version
    networks.write(folder, name, ARRAYS, {"about": {"model": "lstm"}})
    return folder / f"{name}.json"


def test_what_was_kept_comes_back_with_its_manifest(workspace):
    path = kept(workspace)
    assert [(found, about["about"]) for found, about in networks.listed(path.parents[1])] == [(path, {"model": "lstm"})]
    found = networks.read(path)
    assert found["memory.0"].dtype == np.float32
    np.testing.assert_array_equal(found["memory.0"], ARRAYS["memory.0"])
    assert found["names"].tolist() == ["ä", "b"]


def test_a_single_changed_byte_is_refused_before_anything_is_unpacked(workspace, monkeypatch):
    path = kept(workspace)
    arrays = path.with_suffix(".npz")
    changed = bytearray(arrays.read_bytes())
    changed[200] ^= 1
    arrays.write_bytes(changed)
    monkeypatch.setattr(np, "load", lambda *_args, **_more: pytest.fail("the file was unpacked"))
    with pytest.raises(StoreError, match="was changed since it was written; it is not used"):
        networks.read(path)


def test_arrays_that_would_run_code_are_refused(workspace):
    import hashlib
    import json

    path = kept(workspace)
    arrays = path.with_suffix(".npz")
    np.savez(arrays, evil=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    path.write_text(json.dumps({"about": {}, "sha256": hashlib.sha256(arrays.read_bytes()).hexdigest()}))
    with pytest.raises(StoreError, match="not used"):
        networks.read(path)


def test_a_damaged_manifest_is_left_out(workspace):
    path = kept(workspace)
    path.write_text("{")
    assert networks.listed(path.parents[1]) == []


def test_networks_go_with_their_dataset_version(workspace):
    kept(workspace, "v1")
    path = kept(workspace, "v2")
    networks.sweep(workspace, {"v2"})
    assert [found for found, _about in networks.listed(networks.root_of(workspace))] == [path]


def test_forgetting_all_data_forgets_the_networks(workspace):
    kept(workspace)
    datasets.clear_versions(workspace)
    assert networks.listed(networks.root_of(workspace)) == []


def test_the_oldest_go_where_room_is_short(workspace):
    import os

    old, new = kept(workspace, name="old"), kept(workspace, name="new")
    os.utime(old.with_suffix(".npz"), (1_000_000, 1_000_000))
    networks.sweep(workspace, {"v1"}, most_bytes=new.with_suffix(".npz").stat().st_size)
    assert [found for found, _about in networks.listed(networks.root_of(workspace))] == [new]


def test_networks_are_deleted_with_the_workspace(workspace):
    path = kept(workspace)
    deleting.delete(workspace.path, workspace.path.name)
    assert not path.exists()


def test_a_folder_that_cannot_be_written_costs_nothing(workspace):
    networks.root_of(workspace).write_text("in the way")
    networks.write(networks.root_of(workspace) / "v1", "k", ARRAYS, {})
    assert networks.listed(networks.root_of(workspace)) == []
