"""Lines above, among and below the records of a table that are none: titles, sums, headers again, remarks."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc

from core.base.columns import DATES, NUMBERS, TIMESTAMPS
from core.base.types import BoolArray
from core.ingest.mapping import TableMapping
from core.ingest.numerals import distinct
from core.ingest.spelling import plain, words
from core.ingest.synonyms import is_known
from core.ingest.tables import RawTable

_TOTALS: Final = frozenset(
    words(
        "total,totals,grand total,sub total,total general,total général,totale,totaal,sum total,sous-total,"
        "summe,gesamt,gesamtsumme,gesamtergebnis,endsumme,zwischensumme,teilergebnis,ergebnis,"
        "somme,suma,suma total,subtotal,totale complessivo,合计,总计,小计,共计,總計,合計,小計,итого,всего"
    )
)
"""What spreadsheets and business software write where they add up, as `plain` spells it."""
# spreadsheets show numbers of twelve digits and more so; a shop's own “1E5” is shorter and has no sign
_CUT_SHORT: Final = re.compile(r"[1-9](?:[.,]\d+)?[eE]\+(?:1[1-9]|[2-9]\d)")
_ERROR: Final = re.compile(
    r"#(?:N/A|NV|NULL!|GETTING_DATA|SPILL!|CALC!|(?:NAME|NOM|¿NOMBRE)\?|"
    r"¡?(?:REF|VALUE|NUM|DIV/0|BEZUG|WERT|ZAHL|ÜBERLAUF|VALEUR|NOMBRE|VALOR)!)"
)
"""What spreadsheets show in English, German, French and Spanish where a formula has no value."""
_DIGIT: Final = re.compile(r"\d")

Fault = tuple[BoolArray, str, int]
"""Rows, shape (n_rows,), the sentence about them, and the column at fault."""


def is_total(text: str) -> bool:
    """Whether a text names a sum, and nothing that is added up.

    Example:
        >>> is_total("Grand Total:"), is_total("Gesamtergebnis"), is_total("Total care shampoo")
        (True, True, False)
    """
    return plain(text) in _TOTALS


def is_cut_short(text: str) -> bool:
    """Whether a text is a long number as spreadsheets show it when its digits do not fit.

    Example:
        >>> is_cut_short("4.00638E+12"), is_cut_short("1E5")
        (True, False)
    """
    return _CUT_SHORT.fullmatch(text) is not None


def is_error(text: str) -> bool:
    """Whether a text is what a spreadsheet shows where a formula has no value.

    Example:
        >>> is_error("#N/A"), is_error("#BEZUG!"), is_error("#1 seller")
        (True, True, False)
    """
    return _ERROR.fullmatch(text.strip()) is not None


def is_title(rows: list[list[str]], width: int) -> bool:
    """Whether the first of some rows is a title such as “Store: North” above a header that names more columns.

    Args:
        rows: the row, and those below it.
        width: fields of most rows of the file.
    """
    place = [i for i, cell in enumerate(rows[0]) if cell.strip()]
    named = sum(map(is_known, rows[0]))
    return (
        len(place) <= 2
        and any(
            len(row) == width
            and sum(map(is_known, row)) >= max(named + 1, 2)
            # nothing of the row is lost that would name a column by itself
            and all(row[i : i + 1] and row[i].strip() for i in place)
            for row in rows[1:]
        )
    )


def is_below_table(cells: Sequence[str]) -> bool:
    """Whether the fields of a last line are a sum or a remark that stands below a table, and no record cut short.

    Example:
        >>> is_below_table(["Total", "", "1,204"]), is_below_table(["Printed on 4 March"]), is_below_table(["2026-01"])
        (True, True, False)
    """
    texts = [cell.strip() for cell in cells if cell.strip()]
    if any(map(is_total, texts)):
        return True
    # a record that was cut off ends within its first field, which is a code or a date
    return len(texts) == 1 and " " in texts[0] and any(map(str.isalpha, texts[0]))


def faults(table: RawTable, mapping: TableMapping) -> Iterator[Fault]:
    """What among the lines of a table is no record, the plainest fault first.

    Args:
        table: the raw table.
        mapping: which column is which field; without an item code nothing is found.
    """
    place = mapping.column("sku")
    if place is None:
        return
    codes = distinct(table.columns.column(place))
    again, beyond = _headers(table, mapping, _rows_of(codes, partial(_named, table.header[place])))
    yield again, "The line repeats the header.", place
    if beyond.any():
        line = int(table.lines[int(beyond.argmax())])
        yield beyond, f"Another table begins at line {line}; give it a file or sheet of its own.", place
    wrong = "“{value}” in column “{column}” is the error of a spreadsheet's formula."
    yield _rows_of(codes, _errors), wrong, place
    yield _rows_of(codes, _cut_short), "“{value}” in column “{column}” is a code that a spreadsheet cut short.", place
    told = "“{value}” in column “{column}” says that the line is a sum of others."
    if (sums := _rows_of(codes, _sums)).any():
        yield sums & _without_order(table, mapping), told, place
    location = mapping.column("location")
    if location is not None:
        places = distinct(table.columns.column(location))
        yield _rows_of(places, _errors), wrong, location
        yield _rows_of(places, _sums), told, location


def _rows_of(column: tuple[Any, Any], judge: Callable[[list[str]], list[bool]]) -> BoolArray:
    """Rows whose text is among those that a judge picks, shape (n_rows,).

    Args:
        column: its distinct texts, and the place of each row among them.
        judge: says of each distinct text whether it is picked.
    """
    texts, places = column
    picked = np.array(judge(texts.to_pylist()), bool)
    if not picked.any():
        return np.zeros(len(places), bool)
    return np.asarray(picked[places.to_numpy(zero_copy_only=False)])


def _named(header: str, codes: list[str]) -> list[bool]:
    own = header.strip().lower()
    return [code.strip().lower() == own for code in codes]


def _cut_short(codes: list[str]) -> list[bool]:
    return list(map(is_cut_short, codes))


def _errors(codes: list[str]) -> list[bool]:
    return [code.lstrip().startswith("#") and is_error(code) for code in codes]


def _sums(codes: list[str]) -> list[bool]:
    """Which codes stand for sums: of everything, or of the code they name, as in “A17 Total”."""
    known = {code.strip() for code in codes}
    # most codes have a digit, which no word for sums has
    return [(not _DIGIT.search(code) and is_total(code)) or _is_sum_of(code.strip(" :"), known) for code in codes]


def _is_sum_of(code: str, known: set[str]) -> bool:
    before, _, last = code.rpartition(" ")
    first, _, after = code.partition(" ")
    return (before in known and is_total(last)) or (after in known and is_total(first))


def _without_order(table: RawTable, mapping: TableMapping) -> BoolArray:
    """Rows without an order number: what belongs to an order is an item, whatever its name; shape (n_rows,)."""
    place = mapping.column("order_id")
    if place is None:
        return np.ones(table.columns.num_rows, bool)
    blank = pc.equal(pc.utf8_trim_whitespace(table.columns.column(place)), "")
    return np.asarray(blank.to_numpy(zero_copy_only=False), bool)


def _headers(table: RawTable, mapping: TableMapping, suspected: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Lines that repeat the header, and all lines from a header of another table on; shape (n_rows,) each."""
    again, beyond = np.zeros((2, suspected.size), bool)
    for row in np.flatnonzero(suspected).tolist():
        cells = {i: str(table.columns.column(i)[row].as_py()) for i in mapping.fields}
        if all(plain(cell) == plain(table.header[i]) for i, cell in cells.items()):
            again[row] = True
        elif _names_columns(cells, mapping):
            beyond[row:] = True
            break
    return again, beyond


def _names_columns(cells: dict[int, str], mapping: TableMapping) -> bool:
    """Whether every cell that should be a number or a date is the name of a column."""
    typed = [cells[i] for i, field in mapping.fields.items() if field in NUMBERS | DATES | TIMESTAMPS]
    return bool(typed) and all(map(is_known, typed))
