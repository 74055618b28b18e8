"""The questions asked of the store: one .sql file each, and the two statements whose columns depend on the table."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import duckdb
import pandas as pd
import pyarrow as pa

from core.base.errors import StoreError

Cursor: TypeAlias = duckdb.DuckDBPyConnection
"""A cursor of the workspace's one connection; never shared between threads."""

QUERIES: Final = Path(__file__).parent / "queries"
_BATCH_ROWS: Final = 100_000
_IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9_]*")


@lru_cache(maxsize=256)
def load(name: str) -> str:
    """The text of a question.

    Args:
        name: file name in core/store/queries without ".sql".
    """
    return (QUERIES / f"{_identifier(name)}.sql").read_text(encoding="utf-8")


def _identifier(name: str) -> str:
    # Names reach here from the program's own code only; the check keeps it that way.
    if not _IDENTIFIER.fullmatch(name):
        raise StoreError(f"A name of lower-case letters, digits and _ was expected; {name[:80]!r} was given.")
    return name


def insert(table: str, columns: Sequence[str]) -> str:
    """INSERT of the frame registered as `incoming` into a table, by column name; `$owner` fills its first column."""
    names = ", ".join(_identifier(column) for column in columns[1:])
    target = f"INSERT INTO {_identifier(table)} ({_identifier(columns[0])}, {names})"
    return f"{target} SELECT $owner, {names} FROM incoming"  # noqa: S608 - identifiers checked above


def select(table: str, columns: Sequence[str], owner: str, matching: Sequence[str] = ()) -> str:
    """SELECT of the rows of one owner (a run, a dataset version) in the order they were written.

    Args:
        table: the table.
        columns: columns wanted.
        owner: column that names the owner; its value is the parameter `$owner`.
        matching: further columns, each equal to the parameter of its own name.
    """
    names = ", ".join(_identifier(column) for column in columns)
    also = "".join(f" AND {_identifier(column)} = ${column}" for column in matching)
    where = f"WHERE {_identifier(owner)} = $owner{also} ORDER BY rowid"
    return f"SELECT {names} FROM {_identifier(table)} {where}"  # noqa: S608 - identifiers checked above


def delete(table: str, owner: str) -> str:
    """DELETE of the rows of one owner."""
    return f"DELETE FROM {_identifier(table)} WHERE {_identifier(owner)} = $owner"  # noqa: S608 - checked above


def take_out(table: str, column: str) -> str:
    """UPDATE that puts `$removed` in the place of every text of a column that holds `$text`, in whatever case."""
    where = f"WHERE contains(lower({_identifier(column)}), $text)"
    return f"UPDATE {_identifier(table)} SET {_identifier(column)} = $removed {where}"  # noqa: S608 - checked above


def keep_only(table: str, owner: str) -> str:
    """DELETE of the rows of all owners but those in the list `$batch`."""
    return f"DELETE FROM {_identifier(table)} WHERE {_identifier(owner)} NOT IN (SELECT unnest($batch::VARCHAR[]))"  # noqa: S608 - checked above


def count_rows(cursor: Cursor) -> dict[str, int]:
    """Rows of every table of the store, by table name."""
    tables = [name for (name,) in cursor.execute(load("table_names")).fetchall()]
    counts = {}
    for table in tables:
        found = cursor.execute(f"SELECT count(*) FROM {_identifier(table)}").fetchone()  # noqa: S608 - checked
        counts[table] = int(found[0]) if found else 0
    return counts


def fingerprints(cursor: Cursor) -> dict[str, tuple[int, int]]:
    """Rows of every table and the sum of their hashes: equal for equal contents, whatever the order of the rows."""
    found = {}
    for (table,) in cursor.execute(load("table_names")).fetchall():
        question = f"SELECT count(*), coalesce(sum(hash(t)), 0) FROM {_identifier(table)} AS t"  # noqa: S608 - checked
        rows, total = cursor.execute(question).fetchall()[0]
        found[table] = (int(rows), int(total))
    return found


def columns_of(cursor: Cursor, table: str) -> tuple[str, ...]:
    """Column names of a table in the schema's order."""
    # Asked of the table, since DuckDB's list of all columns takes long to make in a store that was just opened.
    return tuple(cursor.table(_identifier(table)).columns)


def first(cursor: Cursor, name: str, parameters: dict[str, Any] | None = None) -> tuple[Any, ...] | None:
    """The first row of the answer to a question, None when it has none; the cursor is free again."""
    return next(iter(cursor.execute(load(name), parameters or {}).fetchall()), None)


def arrow(cursor: Cursor, name: str, parameters: dict[str, Any] | None = None) -> pa.Table:
    """The answer to a question as an Arrow table."""
    return cursor.sql(load(name), params=parameters or {}).to_arrow_table()


def batches(cursor: Cursor, name: str, parameters: dict[str, Any]) -> Iterator[pa.RecordBatch]:
    """The answer to a question piece by piece, for answers that would take too much memory twice."""
    yield from cursor.sql(load(name), params=parameters).to_arrow_reader(_BATCH_ROWS)


def put_rows(cursor: Cursor, name: str, rows: Mapping[Any, Mapping[str, Any]]) -> None:
    """Store rows, each in the place of one with the same key, all in one statement.

    Args:
        cursor: of an open transaction.
        name: a question that reads the frame `incoming`.
        rows: values by column, under their key.
    """
    if rows:
        cursor.register("incoming", pa.Table.from_pylist([dict(row) for row in rows.values()]))
        cursor.execute(load(name))
        cursor.unregister("incoming")


def insert_frame(cursor: Cursor, table: str, owner: str, frame: pa.Table | pd.DataFrame) -> int:
    """Append a frame to a table under one owner and say how many rows went in.

    Args:
        cursor: of an open transaction.
        table: a table whose first column names the owner (upload, version or run).
        owner: value of that column for every row.
        frame: columns found by name; those the table has and the frame lacks become NULL.

    Raises:
        StoreError: the frame has a column the table does not know.
    """
    rows = frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame, preserve_index=False)
    known = columns_of(cursor, table)
    given = [name for name in rows.column_names if name != known[0]]
    if unknown := [name for name in given if name not in known]:
        raise StoreError(f"The table {table} has the columns {', '.join(known)}; {', '.join(unknown)[:200]} came too.")
    # Frames enter by registration only: reading variables in scope is switched off.
    cursor.register("incoming", rows)
    cursor.execute(insert(table, [known[0], *given]), {"owner": owner})
    cursor.unregister("incoming")
    return int(rows.num_rows)
