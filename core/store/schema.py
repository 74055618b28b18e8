"""The schema's versions: each migration runs once, and a store written by a newer program is refused."""

from functools import cache
from pathlib import Path
from typing import Final

import duckdb

from core.base.errors import StoreError
from core.store.clock import now
from core.store.sql import Cursor, columns_of, load

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def migrations() -> dict[int, Path]:
    """Migration files by their number, ascending: 0001_workspace.sql is version 1."""
    return {int(path.name.split("_", 1)[0]): path for path in sorted(MIGRATIONS.glob("[0-9]*.sql"))}


def newest_version() -> int:
    """The schema version this program writes."""
    return max(migrations())


def version_of(cursor: Cursor) -> int:
    """The schema version of an open store; 0 for a new file."""
    try:
        found = cursor.execute(load("schema_version")).fetchone()
    except duckdb.CatalogException:
        return 0
    return int(found[0]) if found else 0


def lacking(cursor: Cursor, version: int) -> list[str]:
    """Tables of a schema version that an open store has not, or not with all of their columns."""
    found = _columns(cursor)
    return [table for table, columns in _expected(version).items() if not columns <= found.get(table, set())]


@cache
def _expected(version: int) -> dict[str, set[str]]:
    """Columns of every table of a schema version, as its migrations make them."""
    with duckdb.connect() as blank:
        for number, script in migrations().items():
            if number <= version:
                blank.execute(script.read_text(encoding="utf-8"))
        return _columns(blank)


def _columns(cursor: Cursor) -> dict[str, set[str]]:
    names = [name for (name,) in cursor.execute(load("table_names")).fetchall()]
    return {name: set(columns_of(cursor, name)) for name in names}


def migrate(cursor: Cursor, path: Path) -> None:
    """Bring the store to the newest version, one transaction per step.

    Raises:
        StoreError: the file was written by a newer program.
    """
    found = version_of(cursor)
    if found > newest_version():
        raise StoreError(
            f"The workspace {path.name} was written by a newer Stockcast (schema {found}); this one understands "
            f"schemas up to {newest_version()}. Install the newer version; the file was left as it is."
        )
    cursor.execute(load("schema_versions_create"))
    for version, script in migrations().items():
        if version > found:
            # A killed migration leaves the old version, not half of the new one.
            cursor.begin()
            cursor.execute(script.read_text(encoding="utf-8"))
            cursor.execute(load("schema_version_add"), {"version": version, "migrated_at": now()})
            cursor.commit()
