"""Reads a list of links between codes from a table file."""

from typing import Final

import numpy as np
import pyarrow as pa

from core.base.errors import FileFormatError, examples
from core.ingest.numerals import decimal_mark, numbers
from core.ingest.parsing import parse
from core.ingest.source import MAX_UPLOAD
from core.ingest.spelling import plain, words
from core.ingest.tables import RawTable, ReadOptions
from core.store.links import Link

_COLUMNS: Final = {
    "old_sku": words("old_sku,old code,old,from,from sku,alias,旧编码,旧货号,原编码,原货号"),
    "new_sku": words("new_sku,new code,new,to,to sku,successor,replaced by,新编码,新货号,现编码,主编码"),
    "factor": words("factor,pieces,multiplier,units per piece,ratio,系数,倍数,换算系数"),
    "reason": words("reason,note,comment,remark,原因,备注"),
}


def read(file_name: str, content: bytes) -> list[Link]:
    """The links a file lists, in its order; a link repeated word for word counts once.

    Raises:
        FileFormatError: it cannot be read, lacks a column, or a line is no link.
    """
    tables = parse([(file_name, content)], ReadOptions(), None, MAX_UPLOAD)
    if len(tables) != 1 or tables[0].table is None:
        problem = tables[0].problem if len(tables) == 1 else f"One table was expected; {len(tables):,} were found."
        raise FileFormatError(f"{file_name[-120:]}: {problem}")
    table = tables[0].table
    texts = {name: _texts(table, place) for name, place in _places(table, file_name).items()}
    if table.rejected:
        first = table.rejected[0]
        raise FileFormatError(f"{file_name[-120:]}, line {first.line:,}: {first.reason} Correct it and try again.")
    factors = _factors(texts.get("factor"), table, file_name)
    reasons = texts.get("reason") or [""] * len(factors)
    found = zip(texts["old_sku"], texts["new_sku"], factors, reasons, strict=True)
    return _once([Link(*each) for each in found], table, file_name)


def _places(table: RawTable, file_name: str) -> dict[str, int]:
    header = [plain(name) for name in table.header]
    found = {}
    for field, spellings in _COLUMNS.items():
        places = [header.index(spelling) for spelling in spellings if spelling in header]
        if places:
            found[field] = places[0]
    missing = [field for field in ("old_sku", "new_sku") if field not in found]
    if missing:
        raise FileFormatError(
            f"{file_name[-120:]}: the columns old_sku and new_sku are expected (and factor and reason, if wished); "
            f"{examples(table.header)} were found. Name the columns so."
        )
    return found


def _texts(table: RawTable, place: int) -> list[str]:
    return [text.strip() for text in table.columns.column(place).to_pylist()]


def _factors(texts: list[str] | None, table: RawTable, file_name: str) -> list[float]:
    """Pieces per code, 1 where the file says nothing."""
    if texts is None:
        return [1.0] * table.columns.num_rows
    written = pa.array([text or "1" for text in texts], pa.string())
    values, wrong = numbers(pa.chunked_array([written]), decimal_mark(written.unique()))
    found = np.asarray(values, np.float64)
    bad = np.flatnonzero(np.asarray(wrong) | ~(found > 0))
    if len(bad):
        raise FileFormatError(
            f"{file_name[-120:]}, line {table.lines[bad[0]]:,}: a number of pieces above 0 is expected; "
            f"“{texts[bad[0]][:80]}” was found. Correct it and try again."
        )
    return [float(value) for value in found]


def _once(found: list[Link], table: RawTable, file_name: str) -> list[Link]:
    said: dict[str, Link] = {}
    for link, line in zip(found, table.lines.tolist(), strict=True):
        if not (link.old_sku and link.new_sku) or link.old_sku == link.new_sku:
            raise FileFormatError(
                f"{file_name[-120:]}, line {line:,}: two different codes are expected; “{link.old_sku[:80]}” and "
                f"“{link.new_sku[:80]}” were found. Correct it and try again."
            )
        before = said.setdefault(link.old_sku, link)
        if (before.new_sku, before.factor) != (link.new_sku, link.factor):
            raise FileFormatError(
                f"{file_name[-120:]}, line {line:,}: “{link.old_sku[:80]}” was linked to “{before.new_sku[:80]}” above "
                f"and now to “{link.new_sku[:80]}”. A code can stand for one SKU only; delete one of the lines."
            )
    return list(said.values())
