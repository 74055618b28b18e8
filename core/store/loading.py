"""Writing the rows of one upload: into the table of its role, beside or in the place of earlier ones."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from core.base.columns import FIELDS, REQUIRED
from core.base.errors import StoreError
from core.store.clock import now
from core.store.judging import ADDING_UP, Rivals, Verdict, judge, padded
from core.store.sql import Cursor, delete, insert_frame, keep_only, load

OnConflict = Literal["append", "add", "replace", "replace_all", "skip"]
TABLES: Final[Mapping[str, str]] = {
    "sales": "sales_lines",
    "stock": "stock_levels",
    "movements": "stock_movements",
    "products": "products",
    "suppliers": "supply_terms",
    "orders": "purchase_orders",
    "drivers": "drivers",
}
"""Table that holds the rows of each role."""
NAME_LENGTH: Final = 120
"""Characters of a file name that are kept as its label."""


class ConflictError(StoreError):
    """Rows say something else than what is stored, and only the user can say which shall hold."""


class RejectedLine(Protocol):
    """A line of a file that could not be read as a row of its role."""

    @property
    def line(self) -> int:
        """Line in the file, 1 = first."""
        ...

    @property
    def reason(self) -> str:
        """Why it was set aside."""
        ...

    @property
    def content(self) -> str:
        """The line as it stood in the file."""
        ...


@dataclass(frozen=True, slots=True)
class Upload:
    """Where a table comes from and how it was read.

    Attributes:
        content_hash: SHA-256 of the uploaded bytes.
        file_name: label shown to the user, cut to 120 characters; never used as a path.
        member: sheet or archive member, "" for none.
        role: one of core.base.columns.ROLES.
        platform: recognised source, e.g. "shopify_orders".
        mapping_json: the mapping of columns to fields that was used.
        records: records counted in the file.
        reading: what the user said about reading the file, and the sheet, as JSON; "" for nothing.
    """

    content_hash: str
    file_name: str
    member: str
    role: str
    platform: str
    mapping_json: str
    records: int
    reading: str = ""

    @property
    def upload_id(self) -> str:
        """What makes it the same load again: content, sheet or member, role, mapping and way of reading."""
        parts = [self.content_hash, self.member, self.role, self.mapping_json]
        text = "\x00".join([*parts, self.reading] if self.reading else parts)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def label(self) -> str:
        """Name for messages: the file's, and the member's if any, at most 120 characters."""
        return (f"{self.file_name}: {self.member}" if self.member else self.file_name)[:NAME_LENGTH]


@dataclass(frozen=True, slots=True, eq=False)
class Incoming:
    """One table to load: its origin, its rows (`line` and the fields of its role) and the lines set aside."""

    upload: Upload
    rows: pa.Table
    quarantined: Sequence[RejectedLine] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """SKUs and days of an upload's rows as they stand in the store."""

    rows: int = 0
    skus: int = 0
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What writing one table did.

    Attributes:
        skipped: rows left out because they are stored already, or because the user wanted known ones left out.
        replaced: rows of earlier uploads that were removed for it.
        verdict: how its rows stood to what was stored.
    """

    skipped: int
    replaced: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Action:
    """What the tables of one user action share.

    Attributes:
        mode: what to do about rows that are known already.
        batch: uploads of the action; none of them replaces another one.
        at: the moment of the load, UTC.
    """

    mode: OnConflict
    batch: Sequence[str]
    at: datetime


def check_rows(item: Incoming) -> None:
    """Raise StoreError when a row lacks a value that its role needs, before anything is written."""
    role = item.upload.role
    if role not in TABLES:
        raise StoreError(f"The role must be one of {', '.join(TABLES)}; {role[:40]!r} was given.")
    # The schema would refuse too, but as a conflict between writers and without the file's name.
    needed = ["line", *REQUIRED[role], *(("location",) if role in {"sales", "stock", "movements", "orders"} else ())]
    for name in needed:
        column = item.rows.column(name) if name in item.rows.column_names else None
        if column is None or column.null_count:
            rows = "no such column" if column is None else f"{column.null_count:,} empty cells"
            raise StoreError(
                f"Every row of a {role} table needs a value of “{name}”; {item.upload.file_name[:NAME_LENGTH]} has "
                f"{rows}. Correct the mapping of its columns."
            )


def spans_of(cursor: Cursor) -> dict[str, Span]:
    """What the store holds of every upload that has rows, by upload."""
    found = cursor.execute(load("upload_spans")).fetchall()
    return {key: Span(rows, skus, first, last) for key, rows, skus, first, last in found}


def write_rows(cursor: Cursor, item: Incoming, action: Action) -> Written:
    """Write one upload's rows and its lines set aside; rows it had before are removed first.

    Args:
        cursor: of an open transaction.
        item: the table.
        action: what to do about known rows, and the uploads of the same action that were written before it.

    Raises:
        StoreError: rows say something else of what is stored, and the user has not said which shall hold.
    """
    role, key = item.upload.role, item.upload.upload_id
    # What a replacement left of an earlier load of the same file would be doubled.
    delete_rows(cursor, role, key)
    cursor.register("incoming", padded(role, item.rows))
    replaced = clear(cursor, role, action)
    verdict = judge(cursor, role, Rivals(without=[key], only=_rivals(cursor, action)), action.at)
    _refuse_changes(item, verdict, action)
    rows = without(item.rows, left_out(cursor, role, verdict, action.mode))
    cursor.unregister("incoming")
    wanted = [name for name in ("line", *FIELDS[role]) if name in rows.column_names]
    insert_frame(cursor, TABLES[role], key, rows.select(wanted))
    insert_frame(cursor, "quarantine", key, _quarantine(item.quarantined))
    return Written(item.rows.num_rows - rows.num_rows, replaced, verdict)


def clear(cursor: Cursor, role: str, action: Action) -> int:
    """Remove the rows of earlier uploads that the frame `incoming` replaces; returns their number.

    Args:
        cursor: of an open transaction.
        role: role of the rows.
        action: "replace" removes what earlier uploads say about the same days and locations (without dates: the same
            keys), "replace_all" everything they brought of the role.
    """
    if action.mode not in {"replace", "replace_all"}:
        return 0
    question = load(f"replace_{role}") if action.mode == "replace" else keep_only(TABLES[role], "upload_id")
    found = cursor.execute(question, {"batch": list(action.batch)}).fetchone()
    return int(found[0]) if found else 0


def _rivals(cursor: Cursor, action: Action) -> list[str]:
    """Uploads whose rows may be said again; when replacing, only tables of the same action are left to compare with."""
    if action.mode in {"replace", "replace_all"}:
        return list(action.batch)
    listed = [row[0] for row in cursor.execute(load("uploads")).fetchall()]
    return list({*listed, *action.batch})


def left_out(cursor: Cursor, role: str, verdict: Verdict, mode: OnConflict) -> pa.ChunkedArray:
    """Lines of the table judged last that are not stored.

    An order line is never stored twice. Rows without order numbers that equal stored ones are taken for the same, but
    where the user adds a table whose other rows differ: then they are another shop's, and equal by chance.
    """
    adding = mode in {"add", "replace", "replace_all"} and role in ADDING_UP
    values = {"changes": mode == "skip", "repeats": not (adding and verdict.loose > 0)}
    return cursor.sql(load("verdict_lines"), params=values).to_arrow_table().column("line")


def without(rows: pa.Table, lines: pa.ChunkedArray) -> pa.Table:
    """The rows whose line is none of these."""
    return rows.filter(pc.invert(pc.is_in(rows.column("line"), value_set=lines))) if len(lines) else rows


def _refuse_changes(item: Incoming, verdict: Verdict, action: Action) -> None:
    if action.mode != "append" or not verdict.changes or item.upload.role not in ADDING_UP:
        return
    raise ConflictError(
        f"{item.upload.label}: {verdict.changes:,} of {item.rows.num_rows:,} rows say something else than what is "
        "stored for the same orders, or SKUs and days. Choose --on-conflict replace (the file holds), "
        "skip (what is stored holds) or add (both count)."
    )


def inherit(cursor: Cursor, heir: Incoming, lines: pa.ChunkedArray) -> None:
    """Store those of the heir's lines that nothing in the store says any more."""
    role, key = heir.upload.role, heir.upload.upload_id
    rows = heir.rows.filter(pc.is_in(heir.rows.column("line"), value_set=lines))
    if rows.num_rows and role in ADDING_UP:
        # Judged as a whole: rows of the heir that are stored must find themselves first.
        rows = without(rows, equal_lines(cursor, heir, Rivals()))
    wanted = [name for name in ("line", *FIELDS[role]) if name in rows.column_names]
    insert_frame(cursor, TABLES[role], key, rows.select(wanted))


def equal_lines(cursor: Cursor, item: Incoming, rivals: Rivals) -> pa.ChunkedArray:
    """Lines of a table that equal rows of the rivals."""
    cursor.register("incoming", padded(item.upload.role, item.rows))
    judge(cursor, item.upload.role, rivals, now())
    lines = cursor.sql(load("verdict_lines"), params={"changes": False, "repeats": True}).to_arrow_table()
    cursor.unregister("incoming")
    return lines.column("line")


def delete_rows(cursor: Cursor, role: str, upload_id: str) -> int:
    """Remove an upload's rows and its lines set aside; returns the number of rows."""
    removed = cursor.execute(delete(TABLES[role], "upload_id"), {"owner": upload_id}).fetchone()
    cursor.execute(delete("quarantine", "upload_id"), {"owner": upload_id})
    return int(removed[0]) if removed else 0


def _quarantine(lines: Sequence[RejectedLine]) -> pa.Table:
    return pa.table(
        {
            "line": pa.array([entry.line for entry in lines], pa.int64()),
            "reason": pa.array([entry.reason for entry in lines], pa.string()),
            "content": pa.array([entry.content for entry in lines], pa.string()),
        }
    )
