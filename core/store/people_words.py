"""Words that users typed, in which a person may be named: where they stand, and how they are taken out."""

import json
from typing import Any, Final

from core.ingest.privacy_values import REMOVED
from core.store.sql import Cursor, load, take_out

TYPED: Final = (
    ("overrides", "comment"), ("overrides", "who"), ("overrides", "withdrawn_by"), ("adjustments", "reason"),
    ("sku_links", "reason"), ("like_items", "reason"), ("audit", "who"), ("audit", "detail"), ("jobs", "detail"),
    ("jobs", "message"),
)  # fmt: skip
"""Columns that hold what users typed, their names among it."""


def forget(cursor: Cursor, text: str) -> int:
    """Take every text out that names a person, in a transaction that is open; returns how many were typed.

    The whole text goes and `[removed]` takes its place; what it was written about stays. Copies of it in what was
    derived, which are findings and manifests of runs, go with it and are not counted.

    Args:
        cursor: of that transaction.
        text: what named the person, in lower case; not empty.
    """
    values = {"text": text, "removed": REMOVED}
    changed = sum(_changed(cursor, take_out(table, column), values) for table, column in TYPED)
    cursor.execute(load("person_corrections"), values)
    return changed + _forget_in_runs(cursor, text)


def _changed(cursor: Cursor, statement: str, values: dict[str, str]) -> int:
    found = cursor.execute(statement, values).fetchone()
    return int(found[0]) if found else 0


def _forget_in_runs(cursor: Cursor, text: str) -> int:
    """Take texts out of the manifests of runs; returns how many names and notes of scenarios there were."""
    counted = 0
    for run_id, _kind, manifest, _status, _base in cursor.execute(load("run_manifests")).fetchall():
        told = json.loads(manifest)
        names = _without(told.get("scenario", {}), ("name", "note"), text)
        copies = sum(_without(each, ("comment", "who"), text) for each in told.get("overrides", ()))
        if names + copies:
            stored = json.dumps(told, ensure_ascii=False)
            cursor.execute(load("run_manifest_put"), {"run_id": run_id, "manifest": stored})
        counted += names
    return counted


def _without(entry: dict[str, Any], fields: tuple[str, ...], text: str) -> int:
    """Put `[removed]` in the place of texts that name the person; returns how many there were."""
    named = [name for name in fields if text in str(entry.get(name, "")).lower()]
    entry.update(dict.fromkeys(named, REMOVED))
    return len(named)
