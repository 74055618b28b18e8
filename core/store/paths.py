"""Sample paths on disk: too large for tables, read one series at a time while a slider moves.

A run's folder holds two plain arrays in (sku, path, period) order, one for series of whole units (16 bits a number)
and one for the rest (32-bit floats), and an index that says where each series lies.
"""

import json
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Protocol, Self

import numpy as np

from core.base.errors import NoDataError
from core.base.types import AnyArray, DateArray, IntArray
from core.store.connection import plain_words
from core.store.workspace import Workspace

_DTYPES: Final[dict[str, np.dtype[Any]]] = {"whole": np.dtype("<u2"), "parts": np.dtype("<f4")}
_KEEP: Final = 3
_BASE: Final = "base"
_GONE: Final = "The sample paths of this run are no longer on disk. Compute the forecast again."
_writing: Final[set[Path]] = set()
_settling: Final = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class StoredPaths:
    """Sample paths as the store holds them; the fields are those of DemandPaths, which stands in a higher room.

    Attributes:
        units: demand, ≥ 0, shape (n_paths, n_series, horizon).
        skus, locations: of each series, shape (n_series,).
        periods: first day of each period, datetime64[D], shape (horizon,).
    """

    units: AnyArray
    skus: AnyArray
    locations: AnyArray
    periods: DateArray


class SomePaths(Protocol):
    """Anything with the fields of DemandPaths."""

    @property
    def units(self) -> AnyArray:
        """Demand, ≥ 0, shape (n_paths, n_series, horizon)."""
        ...

    @property
    def skus(self) -> AnyArray:
        """SKU of each series."""
        ...

    @property
    def locations(self) -> AnyArray:
        """Location of each series."""
        ...


def _root(workspace: Workspace) -> Path:
    root = workspace.folder / "paths"
    root.mkdir(exist_ok=True)
    return root


class PathWriter:
    """Writes the paths of one run slice by slice; they appear as a whole when it is closed without an error.

    Attributes:
        run_id: the run they belong to.
        periods: first day of each period, shape (horizon,).
        n_paths: sample paths of every slice.
        base: the run that this one is with changes by hand; "" = it is none such.
    """

    def __init__(self, workspace: Workspace, run_id: str, periods: DateArray, n_paths: int, *, base: str = "") -> None:
        self.run_id: Final = run_id
        self.periods: Final = periods.astype("datetime64[D]")
        self.n_paths: Final = n_paths
        self.base: Final = base
        self._workspace: Final = workspace
        self._draft: Final = _root(workspace) / f".draft-{run_id}"
        self._lock: Final = threading.Lock()
        self._rows: Final = {"whole": 0, "parts": 0}
        self._series: Final[list[tuple[str, str, str, int]]] = []
        # A crashed run of the same key may have left a draft.
        shutil.rmtree(self._draft, ignore_errors=True)
        self._draft.mkdir()
        _writing.add(self._draft)
        self._files: Final[dict[str, BinaryIO]] = {name: (self._draft / name).open("wb") for name in _DTYPES}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close(keep=kind is None)

    def write(self, paths: SomePaths) -> None:
        """Append the paths of some series; safe to call from several threads.

        Raises:
            NoDataError: number of paths or periods differs from what was announced.
            StoreError: the disk is full.
        """
        n_paths, _n_series, horizon = paths.units.shape
        if (n_paths, horizon) != (self.n_paths, len(self.periods)):
            raise NoDataError(
                f"{self.n_paths:,} paths of {len(self.periods)} periods were expected; {n_paths:,} of {horizon} came. "
                "Compute the run again."
            )
        with self._lock, plain_words(self._workspace.path):
            for series, (sku, location) in enumerate(zip(paths.skus, paths.locations, strict=True)):
                name, stored = _smallest(paths.units[:, series])
                self._files[name].write(stored.data)
                self._series.append((str(sku), str(location), name, self._rows[name]))
                self._rows[name] += 1

    def close(self, *, keep: bool = True) -> None:
        """Make the paths readable (or drop them), and remove those of runs before the last three.

        Raises:
            StoreError: the disk is full; nothing is left of the paths.
        """
        # Folders that another thread names or removes meanwhile could not be compared.
        with _settling:
            try:
                with plain_words(self._workspace.path):
                    with ExitStack() as closing:
                        for file in self._files.values():
                            closing.callback(file.close)
                    if keep:
                        self._appear()
            finally:
                shutil.rmtree(self._draft, ignore_errors=True)
                _writing.discard(self._draft)
            prune_paths(self._workspace)

    def _appear(self) -> None:
        index = {"n_paths": self.n_paths, "periods": self.periods.astype(str).tolist(), "series": self._series}
        (self._draft / _BASE).write_text(self.base, encoding="utf-8")
        (self._draft / "index.json").write_text(json.dumps(index, ensure_ascii=False), encoding="utf-8")
        newest = max(folder.stat().st_mtime_ns for folder in _root(self._workspace).iterdir())
        if self._draft.stat().st_mtime_ns < newest:
            # The clock was put back, and the oldest paths are pruned; some file systems count in two seconds.
            os.utime(self._draft, ns=(newest + 2_000_000_000, newest + 2_000_000_000))
        # One rename makes index and arrays appear together.
        self._draft.rename(_root(self._workspace) / self.run_id)


def _smallest(units: AnyArray) -> tuple[str, AnyArray]:
    """The array a series belongs in, and its paths in that type; units of shape (n_paths, horizon)."""
    exact = np.ascontiguousarray(units)
    # NaN, negative and too large values change in the cast, so the comparison below keeps them out.
    with np.errstate(invalid="ignore"):
        whole = exact.astype(_DTYPES["whole"])
    if np.array_equal(whole, exact):
        return "whole", whole
    return "parts", exact.astype(_DTYPES["parts"], copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class PathIndex:
    """Where the paths of a run's series lie.

    Attributes:
        skus, locations: of each series, shape (n_series,).
        periods: first day of each period, datetime64[D], shape (horizon,).
        n_paths: number of sample paths.
        parts: name of the array each series lies in.
        rows: position of each series in that array, shape (n_series,).
    """

    skus: AnyArray
    locations: AnyArray
    periods: DateArray
    n_paths: int
    parts: AnyArray
    rows: IntArray


# A finished run never changes, so its index is read once.
@lru_cache(maxsize=8)
def _index(folder: Path) -> PathIndex:
    try:
        return _read_index(folder)
    except (OSError, ValueError, KeyError, TypeError) as damage:
        raise NoDataError(_GONE) from damage


def _read_index(folder: Path) -> PathIndex:
    """The index of a folder whose arrays are as long as it says.

    Raises:
        ValueError: they are not; a power cut may have left them so.
    """
    found = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    columns = list(zip(*found["series"], strict=True)) or [(), (), (), ()]
    skus, locations, parts, rows = columns
    for name, dtype in _DTYPES.items():
        expected = parts.count(name) * int(found["n_paths"]) * len(found["periods"]) * dtype.itemsize
        if (folder / name).stat().st_size != expected:
            raise ValueError(name)
    return PathIndex(
        skus=np.array(skus, dtype=object),
        locations=np.array(locations, dtype=object),
        periods=np.array(found["periods"], "datetime64[D]"),
        n_paths=int(found["n_paths"]),
        parts=np.array(parts, dtype=object),
        rows=np.array(rows, np.int64),
    )


def has_paths(workspace: Workspace, run_id: str) -> bool:
    """Whether the paths of a run are still on disk."""
    return (_root(workspace) / run_id / "index.json").exists()


def read_paths(workspace: Workspace, run_id: str, skus: Sequence[str] | None = None) -> StoredPaths:
    """Sample paths of a run; for chosen SKUs only their part of the file is read.

    Args:
        workspace: the store.
        run_id: the run.
        skus: SKUs wanted, at all of their locations; None = all series, mapped from disk as they are used.

    Returns:
        Paths of the series in the order written. For chosen SKUs 32-bit floats; for all series the stored type, which
        is 16-bit unsigned when every series has whole units.

    Raises:
        NoDataError: the run has no paths (any more), or none for these SKUs.
    """
    folder = _root(workspace) / run_id
    if not has_paths(workspace, run_id):
        raise NoDataError(_GONE)
    index = _index(folder)
    chosen = np.arange(len(index.skus))
    if skus is not None:
        chosen = np.flatnonzero(np.isin(index.skus.astype(str), [str(sku) for sku in skus]))
        if len(chosen) == 0:
            raise NoDataError(f"The run has no paths for {', '.join(skus[:3])[:200]}. Choose SKUs of this forecast.")
    units = _mapped(folder, index) if skus is None else None
    return StoredPaths(
        units=np.moveaxis(_gathered(folder, index, chosen) if units is None else units, 1, 0),
        skus=index.skus[chosen],
        locations=index.locations[chosen],
        periods=index.periods,
    )


def path_index(workspace: Workspace, run_id: str) -> PathIndex:
    """Which series and periods the paths of a run hold.

    Raises:
        NoDataError: the run has no paths (any more).
    """
    if not has_paths(workspace, run_id):
        raise NoDataError(_GONE)
    return _index(_root(workspace) / run_id)


def path_slices(workspace: Workspace, run_id: str, rows: IntArray, size: int = 64) -> Iterator[StoredPaths]:
    """The paths of chosen series, a few at a time, as 32-bit floats.

    Args:
        workspace: the store.
        run_id: the run.
        rows: numbers of the series in the order written.
        size: series at a time.

    Raises:
        NoDataError: the run has no paths (any more).
    """
    index, folder = path_index(workspace, run_id), _root(workspace) / run_id
    for first in range(0, len(rows), size):
        some = rows[first : first + size]
        units = np.moveaxis(_gathered(folder, index, some), 1, 0)
        yield StoredPaths(units, index.skus[some], index.locations[some], index.periods)


def _array(folder: Path, index: PathIndex, name: str) -> AnyArray:
    shape = (-1, index.n_paths, len(index.periods))
    try:
        return np.asarray(np.memmap(folder / name, _DTYPES[name], mode="r")).reshape(shape)
    except FileNotFoundError as dropped:
        raise NoDataError(_GONE) from dropped


def _mapped(folder: Path, index: PathIndex) -> AnyArray | None:
    """The one array all series lie in, without reading it; None when they lie in both (or there are none)."""
    names = set(index.parts)
    return _array(folder, index, names.pop()) if len(names) == 1 else None


def _gathered(folder: Path, index: PathIndex, chosen: IntArray) -> AnyArray:
    """Units of the chosen series, 32-bit floats, shape (n_chosen, n_paths, horizon)."""
    units = np.empty((len(chosen), index.n_paths, len(index.periods)), np.float32)
    parts = index.parts[chosen]
    for name in _DTYPES:
        mask = parts == name
        if mask.any():
            units[mask] = _array(folder, index, name)[index.rows[chosen][mask]]
    return units


def prune_paths(workspace: Workspace, keep: int = _KEEP) -> None:
    """Remove the paths of all runs but the last `keep`, and what a crash left half written.

    A run and those made from it by changes count as one: of the newest all are kept until they are dropped, of the
    others the last one.
    """
    folders = sorted(_root(workspace).iterdir(), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
    drafts = [folder for folder in folders if folder.name.startswith(".draft-") and folder not in _writing]
    kin: dict[str, list[Path]] = {}
    for folder in folders:
        if not folder.name.startswith(".draft-"):
            kin.setdefault(_base(folder), []).append(folder)
    _newest, *older = kin.values() or [[]]
    gone = [folder for members in older[: keep - 1] for folder in members[1:]]
    gone += [folder for members in older[keep - 1 :] for folder in members]
    for folder in drafts + gone:
        shutil.rmtree(folder, ignore_errors=True)


def drop_paths(workspace: Workspace, run_id: str) -> None:
    """Remove the paths of a run; whoever reads them just now can go on."""
    shutil.rmtree(_root(workspace) / run_id, ignore_errors=True)


def _base(folder: Path) -> str:
    """The run that a run was made from by changes, else itself."""
    try:
        return (folder / _BASE).read_text(encoding="utf-8") or folder.name
    except OSError:
        return folder.name
