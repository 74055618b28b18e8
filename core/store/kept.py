"""Uploads as they came, kept beside the store so that a lost load can be made again.

One compressed Parquet file per upload, named by the upload's key alone: the table as texts after columns about persons
were taken out and customers became pseudonyms, and how it was read and mapped. The pages of the file carry checksums.
"""

import hashlib
import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.base.columns import ROLES
from core.base.errors import StoreError
from core.base.types import frozen
from core.ingest.tables import Dialect, RawTable, ReadOptions, Rejected
from core.store.connection import fsync_folder, plain_words
from core.store.ledger import History
from core.store.loading import OnConflict, Upload
from core.store.sql import Cursor, load

ENDING: Final = ".parquet"
_ABOUT: Final = b"stockcast"
_SUM: Final = b"stockcast-sha256"
_ROWS_PER_GROUP: Final = 500_000
_lock: Final = threading.Lock()
_at_work: Final[Counter[Path]] = Counter()
"""Imports under way per kept upload."""
_new: Final[set[Path]] = set()
"""Those of them that were not kept before."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptUpload:
    """An upload as it is kept.

    Attributes:
        upload: where it came from and how it was mapped; its key names the file.
        mode: what was done about rows that were known already.
        at: the moment of the load, UTC; tables of one action share it.
        table: the screened table.
        key_check: check value of the key that its customers were hashed with, "" when it names none.
        place: position among the tables of its action.
    """

    upload: Upload
    mode: OnConflict
    at: datetime
    table: RawTable
    key_check: str = ""
    place: int = 0


def path_of(folder: Path, upload_id: str) -> Path:
    """Where an upload is kept.

    Raises:
        StoreError: the key is no SHA-256, so that no name could lead out of the folder.
    """
    if len(upload_id) != 64 or not set(upload_id) <= set("0123456789abcdef"):
        raise StoreError(f"The key of an upload has 64 hexadecimal digits; {upload_id[:80]!r} was given.")
    return folder / f"{upload_id}{ENDING}"


@contextmanager
def keeping(
    folder: Path, on_step: Callable[[str], None], stored: Callable[[], Container[str]]
) -> Iterator[Callable[[KeptUpload], None]]:
    """Gives a function that writes an upload to disk, for good when the block comes to its end.

    When it does not, files that were not there before go again, but for those of loads that were stored all the same or
    that another import is at work with.

    Args:
        folder: where uploads are kept; made when it is not there.
        on_step: told of every step a crash may follow.
        stored: keys of the loads in the store; asked when the block fails.

    Raises:
        StoreError: the disk is full or fails.
    """
    mine: list[Path] = []

    def keep(item: KeptUpload) -> None:
        path = path_of(folder, item.upload.upload_id)
        with _lock:
            mine.append(path)
            _at_work[path] += 1
            if not is_whole(path):
                _new.add(path)
                write(path, item, on_step)
                on_step("upload kept")

    try:
        yield keep
    except BaseException:
        # A store that cannot be asked is swept when it is opened.
        with suppress(StoreError):
            needed = stored()
            _leave(mine, [path for path in mine if path.stem not in needed])
        raise
    finally:
        _leave(mine)


def _leave(mine: list[Path], unneeded: Sequence[Path] = ()) -> None:
    """End one's work with files, and remove those that were new and that nobody needs."""
    with _lock:
        _at_work.subtract(mine)
        idle = {path for path in mine if not _at_work[path]}
        for path in idle & _new & set(unneeded):
            path.unlink(missing_ok=True)
        _new.difference_update(idle)
        mine.clear()


def is_whole(path: Path) -> bool:
    """Whether an upload is kept in the file and every page of it agrees with its checksum."""
    try:
        describe(path)
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for _rows in file.iter_batches():
                pass
    except (StoreError, OSError, pa.ArrowException):
        return False
    return True


def _no_step(_name: str) -> None:
    """What happens at a step when no test watches."""


def write(path: Path, item: KeptUpload, on_step: Callable[[str], None] = _no_step) -> None:
    """Write an upload in the place of whatever stood there, wholly or not at all.

    Args:
        path: the file.
        item: the upload.
        on_step: told of every step a crash may follow.

    Raises:
        StoreError: the disk is full or fails.
    """
    about = json.dumps(_about(item), ensure_ascii=False).encode()
    table = item.table.columns.append_column("line", pa.array(item.table.lines, pa.int64()))
    table = table.replace_schema_metadata({_ABOUT: about, _SUM: hashlib.sha256(about).hexdigest().encode()})
    draft = path.with_suffix(".partial")
    with plain_words(path):
        path.parent.mkdir(exist_ok=True)
        try:
            with draft.open("wb") as file:
                # Checksums, because a file that lay untouched for years is trusted only when it can be checked.
                pq.write_table(
                    table, file, compression="zstd", row_group_size=_ROWS_PER_GROUP, write_page_checksum=True,
                    write_statistics=False,
                )  # fmt: skip
                on_step("draft written")
                file.flush()
                os.fsync(file.fileno())
            on_step("draft synced")
            draft.replace(path)
            on_step("draft named")
        finally:
            draft.unlink(missing_ok=True)
        fsync_folder(path.parent)


def _about(item: KeptUpload) -> dict[str, Any]:
    table = item.table
    return {
        "upload": asdict(item.upload),
        "mode": item.mode,
        "at": item.at.isoformat(),
        "key_check": item.key_check,
        "place": item.place,
        "header": list(table.header),
        "dialect": asdict(table.dialect),
        "rejected": [[line.line, line.reason, line.content] for line in table.rejected],
        "notes": list(table.notes),
        "sheets": list(table.sheets),
        "options": asdict(table.options),
    }


def read(folder: Path, upload_id: str) -> KeptUpload:
    """An upload as it was kept.

    Raises:
        StoreError: it is not there, or the file is damaged.
    """
    return read_file(path_of(folder, upload_id))


def read_file(path: Path) -> KeptUpload:
    """The upload in a file; see read."""
    about = describe(path)
    try:
        found = pq.read_table(path, page_checksum_verification=True).replace_schema_metadata(None)
    except (OSError, pa.ArrowException) as damage:
        raise _damaged(path) from damage
    table = RawTable(
        header=tuple(about["header"]),
        columns=found.drop_columns(["line"]),
        lines=frozen(np.asarray(found.column("line"), np.int64)),
        dialect=Dialect(**about["dialect"]),
        rejected=tuple(Rejected(*line) for line in about["rejected"]),
        notes=tuple(about["notes"]),
        sheets=tuple(about["sheets"]),
        options=ReadOptions(**about["options"]),
    )
    upload, at = Upload(**about["upload"]), datetime.fromisoformat(about["at"])
    return KeptUpload(upload, about["mode"], at, table, about.get("key_check", ""), int(about.get("place", 0)))


def describe(path: Path) -> dict[str, Any]:
    """What is written about a kept upload, without reading its rows: upload, mode, at, header, ….

    Raises:
        StoreError: it is not there, or the file is damaged.
    """
    if not path.is_file():
        raise StoreError(f"The upload {path.stem[:12]} is not kept on this machine. Import its file again.")
    try:
        facts = pq.read_metadata(path)
        found = facts.metadata or {}
        about = json.loads(found[_ABOUT])
        schema = facts.schema.to_arrow_schema()
    except (OSError, pa.ArrowException, KeyError, ValueError) as damage:
        raise _damaged(path) from damage
    if hashlib.sha256(found[_ABOUT]).hexdigest().encode() != found.get(_SUM) or not _as_written(schema, about):
        raise _damaged(path)
    return dict(about)


def _as_written(schema: pa.Schema, about: dict[str, Any]) -> bool:
    """Whether the columns have the names and types that were written; the pages' checksums do not cover these."""
    names = [f"c{place}" for place in range(len(about["header"]))]
    # A text whose mark of being one was flipped is read as bytes.
    bytes_read = any(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) for kind in schema.types)
    return schema.names == [*names, "line"] and not bytes_read


def _damaged(path: Path) -> StoreError:
    return StoreError(f"The kept upload {path.stem[:12]} is damaged. Import its file again, or restore a backup.")


def keys_of(upload: Upload) -> list[str]:
    """Keys of every load that one kept upload may bring: its own, and of rows of other roles in the same table."""
    return [replace(upload, role=role).upload_id for role in ROLES]


def find(folder: Path, upload_id: str) -> KeptUpload | None:
    """The kept upload that brings a load: the one of that key, or one with rows of another role in the same table.

    Returns:
        None when none is kept, or it is damaged.
    """
    candidates = [path_of(folder, upload_id)]
    if not candidates[0].exists():
        candidates = [path for path in folder.glob(f"*{ENDING}") if _brings(path, {upload_id})]
    for path in candidates:
        try:
            return read_file(path)
        except StoreError:
            continue
    return None


def bringers(folder: Path) -> frozenset[str]:
    """Keys of every load that some kept upload can bring again."""
    found: set[str] = set()
    for path in folder.glob(f"*{ENDING}"):
        with suppress(StoreError):
            found.update(keys_of(Upload(**describe(path)["upload"])))
    return frozenset(found)


def release(folder: Path, upload_id: str, needed: set[str]) -> None:
    """Remove the kept upload of a load that was taken back, unless other loads come from the same table, or will."""
    path = path_of(folder, upload_id)
    with _lock:
        if path.exists() and not _at_work[path] and not _brings(path, needed):
            path.unlink(missing_ok=True)


def sweep(folder: Path, history: History, cursor: Cursor) -> None:
    """Remove what no load needs: drafts, and uploads whose import never came to its end; called at open.

    Nothing is removed while the ledger cannot be trusted, since then a lost load may be all that needs the file.

    Args:
        folder: where uploads are kept.
        history: what the ledger tells.
        cursor: of the store.
    """
    if not folder.is_dir() or history.restarted or history.unreadable:
        return
    for draft in folder.glob("*.partial"):
        draft.unlink(missing_ok=True)
    needed = {row[0] for row in cursor.execute(load("uploads")).fetchall()}
    needed |= {key for key, state in history.expected.items() if state.rows}
    for path in folder.glob(f"*{ENDING}"):
        if path.stem not in needed and not _brings(path, needed):
            path.unlink(missing_ok=True)


def _brings(path: Path, needed: set[str]) -> bool:
    """Whether rows of another role in the same table are needed; a damaged file brings nothing."""
    try:
        return not needed.isdisjoint(keys_of(Upload(**describe(path)["upload"])))
    except StoreError:
        return False
