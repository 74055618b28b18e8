"""Texts → dates and times; the order of day and month is never guessed."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.errors import MappingError
from core.base.types import BoolArray
from core.ingest.numerals import distinct, is_missing

ORDERS: Final = ("dmy", "mdy", "ymd")
_CLOCK: Final = (
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp][Mm])?)?"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
)
_PLAIN: Final = tuple(
    re.compile(pattern + _CLOCK)
    for pattern in (
        r"^(?P<year>\d{4})[-/](?P<month>\d{1,2})(?:[-/](?P<day>\d{1,2}))?",
        r"^(?P<year>\d{4})\.(?P<month>\d{1,2})\.(?P<day>\d{1,2})",
        r"^(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月(?:\s*(?P<day>\d{1,2})\s*日)?",
        r"^(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])",
        r"^(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d{2})",
        r"^(?P<day>\d{1,2})[- ](?P<name>[A-Za-z]{3,9})[-, ]+(?P<year>\d{4}|\d{2})",
        r"^(?P<name>[A-Za-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})",
        r"^(?P<name>[A-Za-z]{3,9})[- ](?P<year>\d{4})",
    )
)
_SLASHED: Final = re.compile(
    r"^(?P<first>\d{1,2})(?P<mark>[/-])(?P<second_>\d{1,2})(?P=mark)(?P<third>\d{4}|\d{2})" + _CLOCK
)
_ISO_WEEK: Final = re.compile(r"^(\d{4})-?W(\d{1,2})$")
_SERIAL: Final = re.compile(r"^[2-5]\d{4}(?:\.\d+)?$")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXCEL_EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)
_YEARS: Final = range(1900, 2101)


def parse(text: str, order: str = "", *, serial: bool = True) -> datetime | None:
    """The moment a text stands for, without time zone as the shop's clock showed it; None when it is none.

    Args:
        text: e.g. "2026-03-04", "4.3.2026 08:15", "20260304", "2026-03", "46085" (Excel).
        order: "dmy", "mdy" or "ymd" for 03/04/2026; empty refuses such texts.
        serial: whether 20000 < n < 60000 may be an Excel day number.

    Example:
        >>> parse("03/04/2026", "dmy").date().isoformat(), parse("03/04/2026")
        ('2026-04-03', None)
    """
    plain = text.strip()
    # spellings that allow one reading only come first; the others need an order
    for pattern in _PLAIN:
        if match := pattern.match(plain):
            return _moment(match.groupdict())
    if match := _SLASHED.match(plain):
        return _ordered(match.groupdict(), order)
    # Excel counts days from 1899-12-30, because it takes 1900 for a leap year
    if serial and _SERIAL.match(plain):
        return (_EXCEL_EPOCH + timedelta(seconds=round(float(plain) * 86400))).replace(tzinfo=None)
    if match := _ISO_WEEK.match(plain):
        return _week(int(match[1]), int(match[2]))
    return None


def _week(year: int, week: int) -> datetime | None:
    try:
        day = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a date has no time zone


def _ordered(parts: dict[str, str | None], order: str) -> datetime | None:
    if not order:
        return None
    numbers = (parts["first"], parts["second_"], parts["third"])
    names = {"d": "day", "m": "month", "y": "year"}
    return _moment(parts | {names[letter]: number for letter, number in zip(order, numbers, strict=True)})


def _moment(parts: dict[str, str | None]) -> datetime | None:
    month = _month(parts)
    hour = int(parts.get("hour") or 0)
    if half := parts.get("half"):
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    clock = hour, int(parts.get("minute") or 0), int(parts.get("second") or 0)
    try:
        moment = datetime(_year(parts["year"] or ""), month, int(parts.get("day") or 1), *clock)  # noqa: DTZ001 - as the shop's clock showed it
    except ValueError:
        return None
    return moment if moment.year in _YEARS else None


def _month(parts: dict[str, str | None]) -> int:
    """Number of the month, 0 for an unknown name."""
    if name := parts.get("name"):
        return _MONTHS.index(name[:3].lower()) + 1 if name[:3].lower() in _MONTHS else 0
    return int(parts["month"] or 0)


def _year(text: str) -> int:
    """A year of two digits lies between 1970 and 2069."""
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < 70 else 1900)


def looks_dated(text: str) -> bool:
    """Whether a text is a date under some order; day numbers and bare six-digit numbers do not count."""
    plain = text.strip()
    # either order will do: the question here is only whether it is a date at all
    return any(parse(plain, order, serial=False) is not None for order in ("dmy", "mdy"))


def day_order(texts: Any, wanted: str = "") -> str:
    """The order of day and month of texts such as 13/04/2026, by the parts above 12.

    Args:
        texts: distinct texts of all date columns of the table, pyarrow strings.
        wanted: the user's choice; empty to find out.

    Returns:
        "dmy" or "mdy" or the choice; empty when no text needs an order.

    Raises:
        MappingError: all texts fit both orders, or some fit only one and some only the other.
    """
    if wanted:
        if wanted not in ORDERS:
            raise MappingError(f"date_order must be one of {', '.join(ORDERS)}; “{wanted[:20]}” was given.")
        return wanted
    slashed = [match for text in texts.to_pylist() if (match := _SLASHED.match(text.strip()))]
    if not slashed:
        return ""
    day_first = next((match for match in slashed if int(match["first"]) > 12), None)
    month_first = next((match for match in slashed if int(match["second_"]) > 12), None)
    if day_first and month_first:
        raise MappingError(
            f"“{day_first[0]}” fits only day-first and “{month_first[0]}” only month-first. "
            f"Choose date_order “dmy” or “mdy”; rows that contradict it will be set aside."
        )
    if not day_first and not month_first:
        raise MappingError(_two_readings(slashed))
    return "dmy" if day_first else "mdy"


def _two_readings(slashed: list[re.Match[str]]) -> str:
    # 02/02 reads the same either way and would explain nothing
    telling = next((match for match in slashed if int(match["first"]) != int(match["second_"])), slashed[0])
    readings = [moment.strftime("%-d %b %Y") for order in ("dmy", "mdy") if (moment := parse(telling[0], order))]
    return (
        f"All dates fit day-first and month-first: “{telling[0]}” can be {' or '.join(readings)}. "
        f"Choose date_order “dmy” or “mdy”."
    )


def moments(column: pa.ChunkedArray, order: str) -> tuple[Any, BoolArray]:
    """A column of texts as moments.

    Args:
        column: texts, shape (n_rows,).
        order: "dmy", "mdy", "ymd", or empty when none is needed.

    Returns:
        Timestamps in microseconds (null = not given or no date), and which rows hold a text that is no date.
    """
    texts, places = distinct(column)
    values, bad = _all_iso(texts)
    if values is None or bad is None:
        read = texts.to_pylist()
        found = [parse(text, order) for text in read]
        values = pa.array(found, pa.timestamp("us"))
        bad = np.array(
            [moment is None and not is_missing(text) for text, moment in zip(read, found, strict=True)], bool
        )
    return pc.take(values, places), bad[places.to_numpy(zero_copy_only=False)]


def _all_iso(texts: Any) -> tuple[Any, BoolArray | None]:
    """The quick way for columns of nothing but ISO dates or times; (None, None) otherwise."""
    iso = r"^(?:19|20)\d{2}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2})?$"
    if not pc.all(pc.match_substring_regex(texts, iso), min_count=0).as_py():
        return None, None
    try:
        return pc.cast(texts, pa.timestamp("us")), np.zeros(len(texts), bool)
    except pa.ArrowInvalid:  # a 31st of February among them: one by one finds which
        return None, None
