"""Files without a header in which every line is a basket: the names of the items bought together."""

import csv
import io
from typing import Final

import numpy as np
import pyarrow as pa

from core.base.errors import FileFormatError
from core.base.types import frozen
from core.ingest.numerals import looks_numeric
from core.ingest.synonyms import is_known
from core.ingest.tables import Dialect, RawTable, ReadOptions

BASKETS: Final = "baskets"
HEADER: Final = ("basket", "item")
HINT: Final = "If each line is a basket of item names without a header, choose the layout “baskets”."
_LOOKED_AT: Final = 200


def read_baskets(text: bytes, encoding: str, options: ReadOptions) -> RawTable:
    """The items of each line, one row per item.

    Args:
        text: UTF-8 text; lines may have any number of fields.
        encoding: how the file was decoded.
        options: what the user has chosen.

    Returns:
        Columns “basket” (number of the basket, from 1) and “item”, one row per item that is not blank.

    Raises:
        FileFormatError: there is no item in the file, or a quoted field does not end.
    """
    mark = options.delimiter or _separator(text)
    reader = csv.reader(io.StringIO(text.decode("utf-8"), newline=""), delimiter=mark)
    numbers, items, lines = [], [], []
    number, line = 0, 1
    try:
        for row in reader:
            found = [cell for cell in row if cell.strip()]
            number += bool(found)
            numbers += [str(number)] * len(found)
            items += found
            lines += [line] * len(found)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileFormatError(f"Line {line} is no list of items ({error}). Export the file again as CSV.") from None
    if not items:
        raise FileFormatError("The file is empty.")
    columns = pa.table(
        {
            "c0": pa.chunked_array([pa.array(numbers, pa.string())]),
            "c1": pa.chunked_array([pa.array(items, pa.string())]),
        }
    )
    dialect = Dialect(encoding, mark, '"', ".", 0)
    return RawTable(HEADER, columns, frozen(np.array(lines)), dialect, options=options)


def has_no_header(text: bytes) -> bool:
    """Whether lines differ in length, or the first of them names no column we know."""
    rows = _sample(text)
    return len({len(row) for row in rows}) > 1 or not any(is_known(cell) for row in rows[:1] for cell in row)


def _sample(text: bytes) -> list[list[str]]:
    # lines are cut short, because the reader refuses fields of more than 128 kB
    lines = [line[:100_000] for line in text[:200_000].decode("utf-8", "ignore").splitlines()[:_LOOKED_AT]]
    return [row for row in csv.reader(lines, delimiter=_separator(text)) if row]


def _separator(text: bytes) -> str:
    """The commonest separator of the first lines."""
    head = text[:200_000].decode("utf-8", "ignore")
    return max(",;\t|", key=head.count)


def looks_like_baskets(text: bytes) -> bool:
    """Whether lines hold nothing but words, in different numbers, and many words come again."""
    rows = _sample(text)
    cells = [cell.strip() for row in rows for cell in row if cell.strip()]
    widths = {len(row) for row in rows}
    wordy = not any(looks_numeric(cell) for cell in cells)
    return len(rows) >= 3 and len(widths) >= 2 and wordy and len(set(cells)) <= 0.8 * len(cells)
