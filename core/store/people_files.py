"""Persons in kept uploads: a pseudonym taken out of them, or all of them hashed under a newer key."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from core.ingest.numerals import distinct
from core.ingest.privacy_columns import CUSTOMER
from core.ingest.pseudonyms import HIDDEN, rehashed
from core.ingest.tables import RawTable, Rejected
from core.store import kept, keys
from core.store.kept import KeptUpload

_NAMING: Final = ("customer", "order_id", "po_id", "document")
"""Fields whose cells may be pseudonyms."""


def forget(folder: Path, names: frozenset[str], text: str) -> int:
    """Take a person out of every kept upload; returns how many were written anew.

    Args:
        folder: where uploads are kept.
        names: the person's pseudonyms, cells that equal one become empty.
        text: what named the person, in lower case; lines set aside that hold it lose their content. "" for none.
    """

    def without(texts: pa.ChunkedArray, _field: str) -> pa.ChunkedArray:
        found = pc.is_in(texts, value_set=pa.array(sorted(names), pa.string()))
        return pc.if_else(found, "", texts) if pc.any(found).as_py() else texts

    def told(line: Rejected) -> Rejected:
        named = bool(text) and (text in line.content.lower() or text in line.reason.lower())
        return replace(line, content="", reason=f"Line {line.line} was refused.") if named else line

    written = 0
    for path in _files(folder):
        item = kept.read_file(path)
        table = _changed(item, without, told)
        if table is not item.table:
            kept.write(path, replace(item, table=table))
            written += 1
    return written


def lift(folder: Path, key: bytes) -> int:
    """Hash the pseudonyms of every kept upload under the secrets that came since it was kept; returns how many changed.

    Args:
        folder: where uploads are kept.
        key: the whole key, its newest secret last.
    """
    written = 0
    for path in _files(folder):
        check = str(kept.describe(path).get("key_check", ""))
        newer = keys.parts_missing(key, check) if check else None
        if newer:
            item = kept.read_file(path)
            table = _changed(item, partial(_lifted, newer=newer), lambda line: line)
            kept.write(path, replace(item, table=table, key_check=keys.check_value(key)))
            written += 1
    return written


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{kept.ENDING}"))


def _changed(
    item: KeptUpload, change: Callable[[pa.ChunkedArray, str], pa.ChunkedArray], told: Callable[[Rejected], Rejected]
) -> RawTable:
    """The table with its naming columns and refused lines changed; the same object when nothing did."""
    columns, header = item.table.columns, item.table.header
    for name, field in json.loads(item.upload.mapping_json)["fields"].items():
        if field in _NAMING and name in header:
            place = header.index(name)
            texts = columns.column(place)
            changed = change(texts, field)
            columns = columns if changed is texts else columns.set_column(place, f"c{place}", changed)
    rejected = tuple(told(line) for line in item.table.rejected)
    if columns is item.table.columns and rejected == item.table.rejected:
        return item.table
    return replace(item.table, columns=columns, rejected=rejected)


def _lifted(texts: pa.ChunkedArray, field: str, newer: list[bytes]) -> pa.ChunkedArray:
    """Cells hashed under newer secrets: every customer, and order numbers that stand for persons."""
    values, places = distinct(texts)
    lifted = values.to_pylist()
    for secret in newer:
        lifted = [
            rehashed(each, secret) if each and (field == CUSTOMER or each.startswith(HIDDEN)) else each
            for each in lifted
        ]
    return pa.chunked_array([pc.take(pa.array(lifted, pa.string()), places)])
