"""Texts → dates and times; the order of day and month is never guessed."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.errors import MappingError
from core.base.language import day as written
from core.base.types import BoolArray
from core.ingest.months import MONTHS
from core.ingest.numerals import distinct, folded, is_missing

ORDERS: Final = ("dmy", "mdy", "ymd")
_CLOCK: Final = re.compile(
    r"^(?:[T ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"(?:\s+[A-Z]{3,4})?)?\s*(?:Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?)?$"
)
_NAME: Final = r"(?P<name>[^\W\d_]{3,10})"
_PLAIN: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # a month alone is not followed by more numbers, which would pass for the offset of a time zone
        r"^(?P<year>\d{4})[-/](?P<month>\d{1,2})(?:[-/](?P<day>\d{1,2})(?!\d)|(?![-/]?\d))",
        r"^(?P<year>\d{4})\.(?P<month>\d{1,2})\.(?P<day>\d{1,2})(?!\d)",
        r"^(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月(?:\s*(?P<day>\d{1,2})\s*[日号])?",
        r"^(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)",
        rf"^(?P<year>\d{{4}})[- ]{_NAME}[- ](?P<day>\d{{1,2}})(?!\d)",
        rf"^(?P<day>\d{{1,2}})(?:st|nd|rd|th|er)?[-./ ]{{0,2}}(?:de )?{_NAME}"
        r"[-./, ]{0,3}(?:de )?(?P<year>\d{4})(?!\d)",
        rf"^{_NAME}\.?[- ](?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})(?!\d)",
        rf"^{_NAME}\.?[- ](?P<year>\d{{4}})(?!\d)",
        rf"^(?P<year>\d{{4}})[- ]{_NAME}\.?$",
        # as spreadsheets show a month; a day without a year is no date
        rf"^{_NAME}\.?(?:[-/. ]|[-/. ]?['’])(?P<year>\d{{2}})$",
    )
)
"""Spellings that allow one reading only."""
_NUMBERED: Final = re.compile(
    r"^(?P<first>\d{1,2})(?P<mark>[/.-])(?P<middle>\d{1,2})(?P=mark)(?P<last>\d{4}|\d{2})(?!\d)"
)
_SHORT: Final = re.compile(rf"^(?P<first>\d{{1,2}})[-./ ]{{0,2}}{_NAME}[-./ ]{{0,2}}(?P<last>\d{{2}})(?!\d)")
_DOTTED: Final = re.compile(r"^\d{1,2}\.\d{1,2}\.\d{4}")
_ISO_WEEK: Final = re.compile(r"^(\d{4})-?W(\d{1,2})$")
_SERIAL: Final = re.compile(r"^[2-5]\d{4}(?:\.\d+)?$")
_SINCE_1970: Final = re.compile(r"^(?P<seconds>\d{9,10})(?P<thousandths>\d{3})?(?:\.\d+)?$")
_FIRST_SECOND: Final = 946_684_800
"""The year 2000; fewer seconds are some other number."""
_LAST_SECOND: Final = 1_900_000_000
"""In the year 2030; from there on a number may be a day and an hour, 2026010514."""
_EXCEL_EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)
_CLOCKED: Final = r"^(?P<day>[^:]*?)(?P<clock>[T ]+\d{1,2}:[^\n]*)?$"
_YEARS: Final = range(1900, 2101)
_NAMES: Final = {"dmy": "day-first", "mdy": "month-first", "ymd": "year-first"}
_FEWEST_AGAINST: Final = 2
_Reading = tuple[str, dict[str, datetime]]
"""A text and the moments it can be, by order."""


def parse(text: str, order: str = "", *, serial: bool = True) -> datetime | None:
    """The moment a text stands for, without time zone as the shop's clock showed it; None when it is none.

    Args:
        text: e.g. "2026-03-04", "4.3.2026 08:15", "20260304", "2026-03", "Mar-26", "46085" (Excel), "1772582400".
        order: "dmy", "mdy" or "ymd" for 03/04/2026; empty refuses such texts.
        serial: whether 20000 < n < 60000 may be an Excel day number, and nine digits or more the seconds since 1970.

    Example:
        >>> parse("03/04/2026", "dmy").date().isoformat(), parse("03/04/2026")
        ('2026-04-03', None)
    """
    plain = folded(text)
    day, rest = _day(plain, order)
    if day is not None:
        return _with_clock(day, rest)
    if serial and _SERIAL.match(plain):
        # Excel counts days from 1899-12-30, because it takes 1900 for a leap year
        return (_EXCEL_EPOCH + timedelta(seconds=round(float(plain) * 86400))).replace(tzinfo=None)
    if serial and (seconds := since_1970(plain)):
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    if match := _ISO_WEEK.match(plain):
        return _week(int(match[1]), int(match[2]))
    return None


def since_1970(text: str) -> int:
    """Seconds since 1970 in UTC that a text gives, in seconds or thousandths of them; 0 when it does not.

    Example:
        >>> since_1970("1772582400"), since_1970("1772582400123"), since_1970("46085")
        (1772582400, 1772582400, 0)
    """
    match = _SINCE_1970.match(text.strip())
    seconds = int(match["seconds"]) if match else 0
    return seconds if _FIRST_SECOND <= seconds < _LAST_SECOND else 0


def _day(plain: str, order: str) -> tuple[datetime | None, str]:
    """The day at the beginning of a text and what follows it."""
    for pattern in _PLAIN:
        if match := pattern.match(plain):
            return _dated(match.groupdict()), plain[match.end() :]
    if match := _NUMBERED.match(plain) or _SHORT.match(plain):
        return _ordered(match, order), plain[match.end() :]
    return None, ""


def _with_clock(day: datetime, rest: str) -> datetime | None:
    match = _CLOCK.match(rest)
    if match is None:
        return None
    hour = int(match["hour"] or 0)
    if half := match["half"]:
        # 13:05 PM is written by programs that print both
        hour = hour if hour > 12 else hour % 12 + (12 if half[0] in "Pp" else 0)
    try:
        return day.replace(hour=hour, minute=int(match["minute"] or 0), second=int(match["second"] or 0))
    except ValueError:
        return None


def _week(year: int, week: int) -> datetime | None:
    try:
        day = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a date has no time zone


def _ordered(match: re.Match[str], order: str) -> datetime | None:
    """A day whose parts need an order; named months need none but for a year of two digits."""
    parts: dict[str, str | None] = match.groupdict()
    if "name" in parts:
        places = ("last", "first") if order == "ymd" else ("first", "last")
        return _dated({"day": parts[places[0]], "name": parts["name"], "year": parts[places[1]]})
    # no country writes month.day.year, so a full stop means day first until a chosen order says otherwise
    order = order or ("dmy" if parts["mark"] == "." else "")
    # no day has four digits
    if not order or (order == "ymd" and len(parts["last"] or "") > 2):
        return None
    names = {"d": "day", "m": "month", "y": "year"}
    numbers = (parts["first"], parts["middle"], parts["last"])
    return _dated({names[letter]: number for letter, number in zip(order, numbers, strict=True)})


def _dated(parts: dict[str, str | None]) -> datetime | None:
    """A day of plausible years; None when there is no such day."""
    year = _year(parts["year"] or "")
    name = parts.get("name")
    month = MONTHS.get(name.lower(), 0) if name else int(parts["month"] or 0)
    try:
        day = datetime(year, month, int(parts.get("day") or 1))  # noqa: DTZ001 - as the shop's clock showed it
    except ValueError:
        return None
    return day if year in _YEARS else None


def _year(text: str) -> int:
    """A year of two digits lies between 1970 and 2069; one of a single digit is none."""
    year = int(text)
    if len(text) == 2:
        return year + (2000 if year < 70 else 1900)
    return year if len(text) == 4 else 0


def looks_dated(text: str) -> bool:
    """Whether a text is a date under some order; day numbers and bare six-digit numbers do not count."""
    # any order will do: the question here is only whether it is a date at all
    return any(parse(text, order, serial=False) is not None for order in ("dmy", "mdy", "ymd"))


def day_order(texts: Any, wanted: str = "", *, doubting: bool = True) -> str:
    """The order of day, month and year of texts such as 13/04/2026, by what every one of them can be.

    Args:
        texts: distinct texts of all date columns of the table, pyarrow strings.
        wanted: the user's choice; empty to find out.
        doubting: whether a choice that the texts contradict is refused.

    Returns:
        "dmy", "mdy", "ymd" or the choice; empty when no text needs an order.

    Raises:
        MappingError: the texts fit several orders, contradict each other, or have years of two digits; or all fit
            another order than the chosen one, which a tenth of them contradicts.
    """
    if wanted and wanted not in ORDERS:
        raise MappingError(f"date_order must be one of {', '.join(ORDERS)}; “{wanted[:20]}” was given.")
    readings = [found for text in _starting_short(texts) if (found := _readings(text))]
    if wanted:
        if doubting:
            _refuse_contradicted(readings, wanted)
        return wanted
    return _only_order(readings, texts) if readings else ""


def _only_order(readings: list[_Reading], texts: Any) -> str:
    """The order that the readings leave; empty where dotted dates speak for themselves."""
    fitting = [order for order in ORDERS if all(order in found for _, found in readings)]
    if not fitting:
        raise MappingError(_contradiction(readings))
    short = [(text, found) for text, found in readings if _has_short_year(text)]
    years = _years(texts) if short else []
    if years:
        # the other dates of the table say in which years these must lie
        near = range(min(years) - 1, max(years) + 2)
        near_orders = [order for order in fitting if all(found[order].year in near for _, found in short)]
        years, fitting = (years, near_orders) if near_orders else ([], fitting)
    if _agree(readings, fitting) and (years or not any(map(_NUMBERED.match, (text for text, _ in short)))):
        return fitting[0]
    if all(_DOTTED.match(text) for text, _ in readings):
        return ""
    raise MappingError(_short_year(short, fitting) if short else _two_readings(readings, fitting))


def _starting_short(texts: Any) -> list[str]:
    """The distinct texts that begin with one or two digits, without their clocks."""
    begun = texts.filter(pc.match_substring_regex(texts, r"^\s*[\d０-９]{1,2}(?:[^\d０-９]|$)"))
    return [str(text) for text in pc.unique(pc.replace_substring_regex(begun, r"[T ]+\d{1,2}:.*$", "")).to_pylist()]


def _readings(text: str) -> _Reading | None:
    """What a text is under each order that fits it; None when it needs no order or is no date."""
    plain = folded(text)
    if any(pattern.match(plain) for pattern in _PLAIN) or not (_NUMBERED.match(plain) or _SHORT.match(plain)):
        return None
    found = {order: moment for order in ORDERS if (moment := parse(plain, order))}
    return (plain, found) if found else None


def _has_short_year(text: str) -> bool:
    match = _NUMBERED.match(text) or _SHORT.match(text)
    return match is not None and len(match["last"]) == 2


def _years(texts: Any) -> list[int]:
    """Years of four digits in the texts."""
    found = pc.extract_regex(texts, r"(?:^|\D)(?P<year>(?:19|20)\d{2})(?:\D|$)")
    return [int(year) for year in pc.unique(pc.struct_field(found, "year")).drop_null().to_pylist()]


def _agree(readings: list[_Reading], orders: list[str]) -> bool:
    """Whether the orders give the same dates: 02/02/2026 needs no question."""
    return all(found[order] == found[orders[0]] for _, found in readings for order in orders)


def _refuse_contradicted(readings: list[_Reading], wanted: str) -> None:
    """A choice, perhaps made for an earlier file, must not turn days into months where the file itself says otherwise.

    A few contradictions may be mistakes, which are set aside.
    """
    against = [text for text, found in readings if wanted not in found]
    other = next((order for order in ORDERS if all(order in found for _, found in readings)), "")
    if other and len(against) >= max(_FEWEST_AGAINST, 0.1 * len(readings)):
        raise MappingError(
            f"All dates fit {_NAMES[other]}, but {len(against):,} of them, such as “{against[0]}”, do not fit "
            f"{_NAMES[wanted]}, which was chosen. Choose date_order “{other}”."
        )


def _contradiction(readings: list[_Reading]) -> str:
    only = {order: next((text for text, found in readings if list(found) == [order]), "") for order in ORDERS}
    told = " and ".join(f"“{text}” only {_NAMES[order]}" for order, text in only.items() if text)
    return (
        f"{told.replace(' only', ' fits only', 1) or 'The dates contradict each other'}. "
        f"Choose date_order “dmy” or “mdy”; rows that contradict it will be set aside."
    )


def _two_readings(readings: list[_Reading], orders: list[str]) -> str:
    # 02/02 reads the same either way and would explain nothing
    text, found = next(entry for entry in readings if not _agree([entry], orders))
    told = " or ".join(written(found[order]) for order in orders)
    return f"All dates fit day-first and month-first: “{text}” can be {told}. Choose date_order “dmy” or “mdy”."


def _short_year(readings: list[_Reading], orders: list[str]) -> str:
    text, found = next((entry for entry in readings if not _agree([entry], orders)), readings[0])
    told = " or ".join(f"{written(found[order])} (“{order}”)" for order in orders)
    return f"“{text}” has a year of two digits: it can be {told}. Choose or confirm the date_order."


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
        values, bad = _in_parts(texts, order)
    return pc.take(values, places), bad[places.to_numpy(zero_copy_only=False)]


def _in_parts(texts: Any, order: str) -> tuple[Any, BoolArray]:
    """Days and clocks apart: there are far fewer of each than of both together."""
    texts = pc.utf8_trim_whitespace(texts)
    split = pc.extract_regex(texts, _CLOCKED)
    days, day_of = distinct(pa.chunked_array([pc.if_else(pc.is_null(split), texts, pc.struct_field(split, "day"))]))
    clocks, clock_of = distinct(pa.chunked_array([pc.fill_null(pc.struct_field(split, "clock"), "")]))
    alone = np.array([parse(day, order) for day in days.to_pylist()], "datetime64[us]")
    # a clock may follow a date, but not a day number or a week
    begun = np.array([_day_alone(day, order) for day in days.to_pylist()], "datetime64[us]")
    noon = datetime(2000, 1, 1)  # noqa: DTZ001 - any day will do
    passed = np.array([_with_clock(noon, clock) for clock in clocks.to_pylist()], "datetime64[us]") - np.datetime64(
        noon
    )
    day_of, clock_of = day_of.to_numpy(zero_copy_only=False), clock_of.to_numpy(zero_copy_only=False)
    clocked = np.array([bool(clock) for clock in clocks.to_pylist()], bool)
    found = np.where(clocked[clock_of], begun[day_of] + passed[clock_of], alone[day_of])
    bad = np.isnat(found) & ~np.array([is_missing(text) for text in texts.to_pylist()], bool)
    return pa.array(found, pa.timestamp("us")), bad


def _day_alone(text: str, order: str) -> datetime | None:
    day, rest = _day(folded(text), order)
    return None if rest.strip() else day


def _all_iso(texts: Any) -> tuple[Any, BoolArray | None]:
    """The quick way for columns of nothing but ISO dates or times; (None, None) otherwise."""
    iso = r"^(?:19|20)\d{2}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2})?$"
    if not pc.all(pc.match_substring_regex(texts, iso), min_count=0).as_py():
        return None, None
    try:
        return pc.cast(texts, pa.timestamp("us")), np.zeros(len(texts), bool)
    except pa.ArrowInvalid:  # a 31st of February among them: one by one finds which
        return None, None
