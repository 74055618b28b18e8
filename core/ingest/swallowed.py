"""Rows that a stray quote mark has swallowed: the text of one cell that holds whole rows of the same table."""

import csv
import io
from collections.abc import Sequence

import numpy as np

from core.base.errors import FileFormatError
from core.base.types import BoolArray
from core.ingest import dates, numerals
from core.ingest.dialect import Layout
from core.ingest.scanning import Records


def refuse_swallowed(text: bytes, records: Records, fits: BoolArray, layout: Layout) -> None:
    """Refuse a text in which a fitting record of several lines holds another record.

    Args:
        text: UTF-8 text.
        records: its records, shape (n_records,).
        fits: which of them have as many fields as the header, shape (n_records,).
        layout: separator and quote mark.

    Raises:
        FileFormatError: a record holds another one.
    """
    if not records.multiline:
        return
    # how many lines the last record has is not told
    several = np.append(np.diff(records.lines) > 1, [True])
    mark, fewest = layout.delimiter.encode(), 2 * (len(layout.header) - 1)
    for i in np.flatnonzero(several & fits).tolist():
        start, stop = int(records.starts[i]), int(records.starts[i + 1])
        # two rows in one have the separators of two; most texts of several lines have far fewer
        if text.count(mark, start, stop) < fewest:
            continue
        record = text[start:stop].decode("utf-8", "ignore")
        cells = next(csv.reader(io.StringIO(record, newline=""), delimiter=layout.delimiter, quotechar=layout.quote))
        refuse_holding(cells, layout.delimiter, int(records.lines[i]))


def refuse_holding(cells: Sequence[str], delimiter: str, line: int) -> None:
    """Refuse a row whose first line and another one each have all the fields of a row, with its dates and numbers.

    One quote mark too many on one line and another one further down turn all that stands between them into a text.

    Args:
        cells: the fields of the row.
        delimiter: separator of fields.
        line: line of the row, for the message.

    Raises:
        FileFormatError: the row holds another one.
    """
    if not any("\n" in cell or "\r" in cell for cell in cells):
        return
    values = [i for i, cell in enumerate(cells) if _is_value(cell)]
    first, *others = (line.split(delimiter) for line in delimiter.join(cells).splitlines())

    def is_row(fields: list[str]) -> bool:
        return len(fields) == len(cells) and all(_is_value(fields[i]) for i in values)

    if values and is_row(first) and any(map(is_row, others)):
        raise FileFormatError(
            f"The row at line {line:,} holds another row within quote marks, so one of them is missing or too many. "
            f"Correct the line."
        )


def _is_value(cell: str) -> bool:
    return numerals.looks_numeric(cell) or dates.looks_dated(cell)
