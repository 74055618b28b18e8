"""Takes identifiers of persons out of cells that are kept: mapped columns, refused lines and names of files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.columns import DATES, NUMBERS, TIMESTAMPS
from core.base.types import BoolArray
from core.ingest import dates, numerals
from core.ingest.privacy_values import REMOVED, holds_identifier, suspects
from core.ingest.pseudonyms import reference
from core.ingest.tables import Rejected

_REFERENCES: Final = frozenset({"order_id", "po_id", "document"})
"""Fields that only have to be equal where they were equal: a keyed hash serves them as well."""
_MOBILE: Final = re.compile(r"\D*1[3-9]\d{9}(?:\.0+)?\D*")
_WORDY: Final = r"[A-Za-zÀ-ÿ]{3}|[一-鿿]{2}"
_TOKENS: Final = re.compile(r"[,;\t|\"\r\n]+")
_NUMERIC: Final = re.compile(r"[\d.,:/ +-]{1,19}")


@dataclass(frozen=True, slots=True)
class Cleansing:
    """How the cells of one mapped column are cleansed.

    Attributes:
        field: field it is mapped to; "" for none.
        role: role of the table.
        persons: whether the table has columns about persons, so that words among numbers may be a shifted name.
        key: the workspace's secret.
    """

    field: str
    role: str
    persons: bool
    key: bytes


def masked(text: str) -> str:
    """A text as it is, or `[removed]` where it holds an identifier of a person.

    Example:
        >>> masked("Gift for anna@example.com"), masked("Gift box")
        ('[removed]', 'Gift box')
    """
    return REMOVED if holds_identifier(text) else text


def cleansed(column: pa.ChunkedArray, how: Cleansing) -> tuple[pa.ChunkedArray, int]:
    """A column without identifiers of persons, and the number of cells that held one.

    Cells of names and labels become `[removed]`; order numbers become a keyed hash, which still matches returns; an
    item code becomes empty, so that its line is set aside instead of making an item of its own.

    Args:
        column: texts, shape (n_rows,).
        how: what the column is.
    """
    if how.field in NUMBERS or how.field in DATES | TIMESTAMPS:
        wrong = _among_numbers(column, how)
    else:
        wrong = suspects(column, beside_words=how.field not in _REFERENCES | {"sku", "location"})
    n = int(wrong.sum())
    if not n:
        return column, 0
    if how.field in _REFERENCES:
        rows = np.flatnonzero(wrong)
        hashed = pa.array([reference(text, how.key) for text in column.take(pa.array(rows)).to_pylist()], pa.string())
        return _chunked(pc.replace_with_mask(column.combine_chunks(), pa.array(wrong), hashed)), n
    instead = "" if how.field == "sku" else REMOVED
    return _chunked(pc.if_else(pa.array(wrong), instead, column.combine_chunks())), n


def _chunked(texts: Any) -> pa.ChunkedArray:
    return texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])


def _among_numbers(column: pa.ChunkedArray, how: Cleansing) -> BoolArray:
    """Cells of a column of numbers or dates that hold an identifier, or words where persons are named beside them."""
    texts, places = numerals.distinct(column)
    likely = pc.or_(pc.match_substring_regex(texts, r"[@＠]|\d.*\d{3}.*\d{3}"), pc.match_substring_regex(texts, _WORDY))
    wrong = np.zeros(len(texts), bool)
    for i in np.flatnonzero(likely.to_numpy(zero_copy_only=False)).tolist():
        wrong[i] = _is_foreign(texts[i].as_py(), how)
    return wrong[places.to_numpy(zero_copy_only=False)]


def _is_foreign(text: str, how: Cleansing) -> bool:
    """Whether a text in a column of numbers or dates is about a person."""
    dated = how.field in DATES | TIMESTAMPS
    if how.role != "drivers" and not dated and _MOBILE.fullmatch(text):
        # no shop sells or charges 13 billion of anything in one line
        return True
    if numerals.looks_numeric(text) or numerals.is_missing(text) or (dated and dates.looks_dated(text)):
        return False
    if holds_identifier(text):
        return True
    letters = sum(char.isalpha() for char in text)
    # “12 pcs” is a unit, “Anna Smith” a name that slipped into the wrong column
    wordy = letters > 6 or not any(char.isdigit() for char in text)
    return how.persons and how.role in {"sales", "orders"} and bool(re.search(_WORDY, text)) and wordy


def withheld(lines: Sequence[Rejected], kept: pa.Table, *, persons: bool, role: str) -> tuple[Rejected, ...]:
    """Refused lines without anything about persons.

    The fields of such a line cannot be told apart. Where the table is about persons nothing of it is shown; elsewhere
    in sales and orders only numbers, dates and texts that also stand in a column that is kept.

    Args:
        lines: refused lines of the file.
        kept: columns that are kept, identifiers taken out.
        persons: whether the table has columns about persons.
        role: role of the table.
    """
    if persons:
        return tuple(replace(line, content="", reason=masked(line.reason)) for line in lines)
    if role not in {"sales", "orders"}:
        return tuple(replace(line, content=masked(line.content), reason=masked(line.reason)) for line in lines)
    cells = [[part.strip() for part in _TOKENS.split(line.content)] for line in lines]
    known = _known({part for parts in cells for part in parts}, kept)
    return tuple(
        replace(
            line, content=", ".join(part if part in known else REMOVED for part in parts), reason=masked(line.reason)
        )
        for line, parts in zip(lines, cells, strict=True)
    )


def _known(parts: set[str], kept: pa.Table) -> set[str]:
    """Those texts that are numbers or dates, empty, or cells of a column that is kept."""
    wanted = pa.array(sorted(parts), pa.string())
    fine = np.array([not part or _harmless(part) for part in wanted.to_pylist()], bool)
    for column in kept.columns if len(wanted) else ():
        fine |= pc.is_in(wanted, value_set=column.combine_chunks()).to_numpy(zero_copy_only=False)
    return {part for part, ok in zip(wanted.to_pylist(), fine, strict=True) if ok and not holds_identifier(part)}


def _harmless(part: str) -> bool:
    """Numbers too short to be a telephone number, and dates."""
    digits = sum(char.isdigit() for char in part)
    return bool(_NUMERIC.fullmatch(part)) and (digits <= 7 or dates.looks_dated(part))
