"""Writing the rows of one upload: into the table of its role, beside or in the place of earlier ones."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from core.base.columns import FIELDS, REQUIRED
from core.base.errors import StoreError
from core.store.sql import Cursor, delete, insert_frame, load

OnConflict = Literal["append", "replace", "skip"]
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
    """

    content_hash: str
    file_name: str
    member: str
    role: str
    platform: str
    mapping_json: str
    records: int

    @property
    def upload_id(self) -> str:
        """What makes it the same load again: content, sheet or member, role and mapping."""
        parts = "\x00".join((self.content_hash, self.member, self.role, self.mapping_json))
        return hashlib.sha256(parts.encode()).hexdigest()


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
    """What writing one table did: rows skipped and rows of earlier uploads replaced."""

    skipped: int
    replaced: int


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
    found = cursor.execute(load("stored_loads")).fetchall()
    return {key: Span(rows, skus, first, last) for key, _role, rows, _units, skus, first, last in found}


def write_rows(cursor: Cursor, item: Incoming, batch: list[str], mode: OnConflict) -> Written:
    """Write one upload's rows and its lines set aside; rows it had before are removed first.

    Args:
        cursor: of an open transaction.
        item: the table.
        batch: uploads of the same user action; they neither replace nor hide one another.
        mode: what to do about rows of earlier uploads.
    """
    role, key, rows = item.upload.role, item.upload.upload_id, item.rows
    # What a replacement left of an earlier load of the same file would be doubled.
    delete_rows(cursor, role, key)
    replaced = 0
    if mode != "append":
        cursor.register("incoming", rows)
        if mode == "replace":
            found = cursor.execute(load(f"replace_{role}"), {"batch": batch}).fetchone()
            replaced = int(found[0]) if found else 0
        else:
            lines = cursor.sql(load(f"known_{role}"), params={"batch": batch}).to_arrow_table().column("line")
            rows = rows.filter(pc.invert(pc.is_in(rows.column("line"), value_set=lines)))
        cursor.unregister("incoming")
    wanted = [name for name in ("line", *FIELDS[role]) if name in rows.column_names]
    insert_frame(cursor, TABLES[role], key, rows.select(wanted))
    insert_frame(cursor, "quarantine", key, _quarantine(item.quarantined))
    return Written(item.rows.num_rows - rows.num_rows, replaced)


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
