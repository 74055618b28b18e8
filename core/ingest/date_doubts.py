"""Texts that would pass for dates and be wrong: weeks that look like months, days and months that changed places."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.errors import MappingError
from core.base.language import day
from core.base.types import BoolArray
from core.ingest import dates
from core.ingest.months import MONTHS

_NO_MONTH: Final = r"^\s*\d{4}[-/](?:1[3-9]|[2-4]\d|5[0-3])\s*$"
_NAMED_MONTH: Final = r"^\s*(?P<name>\pL{3,10})\.?[-/. ]?['’]?(?P<number>\d{2})\s*$"
_WHOLE: Final = r"^\s*(?:\d{4}-\d{2}-\d{2}(?:[T ]|$)|[2-5]\d{4}(?:\.\d+)?\s*$)"
_ORDERED: Final = r"^\s*(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})(?:[T ]|$)"
_BOTH_SMALL: Final = r"^\s*(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|1[0-2])[/.-]"
_FEWEST: Final = 3
"""Days of each kind that must agree before they are no accident."""
_FEWEST_ROWS: Final = 20
_FAR: Final = 5 * 365
"""Days without a single row that part a mistaken year from a history."""
_PER_STRAY: Final = 1_000  # rows for each row that may lie beyond such a gap
_DAY: Final = 86_400_000_000  # in microseconds


def refuse_weeks(texts: Any) -> None:
    """Raise MappingError where a column holds weeks such as 2024-31, of which the first twelve would pass for months.

    Args:
        texts: distinct texts of the date columns, pyarrow strings.
    """
    weeks = texts.filter(pc.match_substring_regex(texts, _NO_MONTH)).slice(0, 1).to_pylist()
    if weeks:
        text = weeks[0].strip()
        raise MappingError(
            f"“{text}” is no month. If it is a week, write the weeks as {text[:4]}-W{text[5:]} or as their first days."
        )


def refuse_yearless(texts: Any) -> None:
    """Raise MappingError where texts such as Jan-05 are the days of a month rather than the months of some years.

    Months of years have more names than numbers, days of a month more numbers than names.

    Args:
        texts: distinct texts of the date columns, or of the headers that stand for dates, pyarrow strings.
    """
    parts = pc.extract_regex(texts, _NAMED_MONTH).drop_null()
    found = [each for each in parts.to_pylist() if each["name"].lower() in MONTHS]
    if len({each["number"] for each in found}) > len({each["name"].lower() for each in found}):
        name, number = found[0]["name"], found[0]["number"]
        raise MappingError(
            f"“{name}-{number}” and others like it name more days than months, and no year. Give each date its year, "
            f"such as 2024-01-31."
        )


def refuse_swapped(texts: Any, header: str) -> None:
    """Raise MappingError where a spreadsheet of another country has turned some texts into dates, day for month.

    It reads 05/02/2026 as the 2nd of May and leaves 13/02/2026 a text, because there is no 13th month. So all true
    dates have days up to 12, and all texts have a part beyond it, which dates of one kind hardly ever do.

    Args:
        texts: distinct texts of one date column, pyarrow strings.
        header: its name.
    """
    ordered = texts.filter(pc.match_substring_regex(texts, _ORDERED))
    if len(ordered) < _FEWEST or pc.any(pc.match_substring_regex(ordered, _BOTH_SMALL)).as_py():
        return
    whole = texts.filter(pc.match_substring_regex(texts, _WHOLE)).to_pylist()
    days = {moment.date() for text in whole if (moment := dates.parse(text.strip())) is not None}
    if len(days) < _FEWEST or any(each.day > 12 for each in days):
        return
    raise MappingError(
        f"The column “{header[:60]}” holds dates of which no day is beyond the 12th, such as {day(min(days))}, beside "
        f"texts such as “{ordered[0].as_py().strip()[:20]}”: a spreadsheet has probably taken days for months. "
        f"Export it again, or choose the date_order of the texts to keep the dates as they are."
    )


def far_from_all(moments: Any, usable: BoolArray) -> BoolArray:
    """Rows whose year must be mistaken: years without any row part them from the history, and they are very few.

    A single sale of 2062 would make a history of decades in which nothing else was sold.

    Args:
        moments: timestamps, null where there is none, shape (n_rows,).
        usable: rows without a fault so far, shape (n_rows,).
    """
    days = np.asarray(pc.fill_null(pc.cast(moments, pa.int64()), 0).to_numpy(zero_copy_only=False)) // _DAY
    known = usable & np.asarray(pc.is_valid(moments).to_numpy(zero_copy_only=False), bool)
    nothing = np.zeros(days.size, bool)
    if known.sum() < _FEWEST_ROWS or np.ptp(days[known]) < _FAR:
        return nothing
    first = days[known].min()
    up_to = np.cumsum(np.bincount(days[known] - first))
    held = np.flatnonzero(np.diff(up_to, prepend=0))
    allowed = max(1, int(up_to[-1]) // _PER_STRAY)
    gaps = np.flatnonzero(np.diff(held) > _FAR)
    early = held[gaps[up_to[held[gaps]] <= allowed] + 1]
    late = held[gaps[up_to[-1] - up_to[held[gaps]] <= allowed]]
    lowest, highest = early.max(initial=0) + first, late.min(initial=held[-1]) + first
    return np.asarray(known & ((days < lowest) | (days > highest)))
