"""Wide tables: one column per period and a row per SKU, or one column per SKU and a row per period."""

import itertools
import re
from typing import Final

import numpy as np

from core.base.errors import MappingError
from core.base.types import DateArray, IntArray
from core.ingest import dates
from core.ingest.profile import Profile
from core.ingest.strays import is_total
from core.ingest.synonyms import CALENDAR_WORDS, FIELD_WORDS, is_known, is_personal, knows_driver, plain

_NUMBERED: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?P<unit>d|day|w|wk|week|m|month|kw|woche|tag|semaine|sem|jour|mois|semana|dia|mes)[\s_.-]?(?P<number>\d{1,4})$",
        r"^第\s?(?P<number>\d{1,4})\s?(?P<unit>天|日|周|月)$",
        r"^(?P<number>\d{1,2})\s?(?P<unit>月|周)$",
    )
)
_UNITS: Final = {
    **dict.fromkeys(("d", "day", "tag", "jour", "dia", "天", "日"), "d"),
    **dict.fromkeys(("w", "wk", "week", "kw", "woche", "semaine", "sem", "semana", "周"), "w"),
    **dict.fromkeys(("m", "month", "mois", "mes", "月"), "m"),
}
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_MEASURE: Final = re.compile(
    r"^(?:sales|sold|qty|quantity|units|units sold|demand|volume|menge|absatz|quantit[eé]|cantidad|销量|数量|销售数量)"
    r"[\s_:.-]*(?P<after>.+)$|^(?P<before>.+?)[\s_:.-]*(?:sales|qty|quantity|units|demand|menge|absatz|销量|数量)$",
    re.IGNORECASE,
)
_YEAR_WEEK: Final = re.compile(r"^(?P<year>(?:19|20)\d{2})[-/. ]?(?P<week>0[1-9]|[1-4]\d|5[0-3])$")
_FEWEST: Final = 3
_DATE_WORDS: Final = frozenset(FIELD_WORDS["sales"]["sold_at"])
_SKU_WORDS: Final = frozenset(FIELD_WORDS["sales"]["sku"])


def period_columns(header: tuple[str, ...]) -> list[int]:
    """Columns whose headers are dates, or the numbered periods of one kind (d_1, W0, 第1周); empty if too few.

    Example:
        >>> period_columns(("sku", "2024-01", "2024-02", "2024-03")), period_columns(("sku", "W0", "W1", "W2", "MIN"))
        ([1, 2, 3], [1, 2, 3])
    """
    labels = [bare(name) for name in header]
    named = any(plain(name) in _SKU_WORDS for name in header)
    if named and (weeks := _year_weeks(labels)):
        return weeks
    # dates beat numbers: a table of 2024-01, 2024-02, … may also have columns such as D1
    dated = [i for i, name in enumerate(labels) if dates.looks_dated(name)]
    if len(dated) >= _FEWEST:
        return dated
    numbered = [(i, found[0]) for i, name in enumerate(labels) if (found := _numbered(name))]
    if len(numbered) >= _FEWEST and len({unit for _, unit in numbered}) == 1:
        return [i for i, _ in numbered]
    return _day_numbers(labels) if named else []


def bare(label: str) -> str:
    """A period's name without the word for units before or behind it.

    Example:
        >>> bare("Qty 2024-01"), bare("W3 sales"), bare("Salesman")
        ('2024-01', 'W3', 'Salesman')
    """
    text = label.strip()
    match = _MEASURE.match(text)
    part = (match["after"] or match["before"]).strip() if match else text
    return part if dates.looks_dated(part) or _numbered(part) or _YEAR_WEEK.match(part) else text


def _numbered(label: str) -> tuple[str, int] | None:
    """Unit (d, w, m) and number of a period that carries no date; None for any other header."""
    for pattern in _NUMBERED:
        if match := pattern.match(label):
            return _UNITS[match["unit"].lower()], int(match["number"])
    name = label.lower().rstrip(".")
    months = [i for i, month in enumerate(_MONTHS, start=1) if len(name) >= 3 and name in {month, month[:3], month[:4]}]
    return ("m", months[0]) if months else None


def _year_weeks(labels: list[str]) -> list[int]:
    """Columns named by year and week without a W; only numbers beyond 12 tell them from months.

    Example:
        >>> _year_weeks(["sku", "2024-11", "2024-12", "2024-13"]), _year_weeks(["2024-10", "2024-11", "2024-12"])
        ([1, 2, 3], [])
    """
    found = {i: int(match["week"]) for i, label in enumerate(labels) if (match := _YEAR_WEEK.match(label))}
    return list(found) if len(found) >= _FEWEST and max(found.values()) > 12 else []


def _week_steps(labels: list[str]) -> IntArray:
    """Weeks counted through from the start of the first year, shape (n_columns,); a year has 53 where it says so."""
    matches = [match for label in labels if (match := _YEAR_WEEK.match(label))]
    years = np.array([int(match["year"]) for match in matches], np.int64)
    weeks = np.array([int(match["week"]) for match in matches], np.int64)
    long = np.unique(years[weeks == 53])
    before = [52 * (year - years.min()) + np.count_nonzero(long < year) for year in years.tolist()]
    return np.asarray(np.array(before, np.int64) + weeks)


def _day_numbers(labels: list[str]) -> list[int]:
    """Columns named by a spreadsheet's day numbers, evenly spaced; codes of items hardly ever are."""
    found = [i for i, name in enumerate(labels) if re.fullmatch(r"[2-5]\d{4}", name)]
    steps = {int(labels[b]) - int(labels[a]) for a, b in itertools.pairwise(found)}
    even = steps in ({1}, {7}) or (bool(steps) and steps <= {28, 29, 30, 31})
    return found if len(found) >= _FEWEST and even else []


def sku_columns(profile: Profile, hint: str) -> tuple[int, list[int]] | None:
    """The date column and the SKU columns of a table with one row per period; None for any other table.

    Args:
        profile: the table's columns.
        hint: role the file name suggests; "sales" settles a doubtful case.
    """
    names = [plain(name) for name in profile.header]
    moment = next((i for i, name in enumerate(names) if name in _DATE_WORDS and profile.dated(i) > 0.9), None)
    rest = [i for i in range(len(names)) if i != moment and not is_total(profile.header[i])]
    if moment is None or len(rest) < _FEWEST or any(name in _SKU_WORDS for name in names):
        return None
    # a column we know by name is a field or a driver, so its neighbours are no SKUs
    known = [i for i in rest if is_known(profile.header[i]) or is_personal(profile.header[i])]
    foreign = knows_driver(profile.header[i] for i in rest) or set(names) & (CALENDAR_WORDS - {names[moment]})
    if known or (foreign and hint != "sales"):
        return None
    judged = rest if len(rest) <= 50 else rest[:: len(rest) // 50]
    shares = [profile.numeric(i) for i in judged if profile.values(i)]
    return (moment, rest) if sum(shares) >= 0.8 * max(len(shares), 1) else None


def period_starts(labels: list[str], order: str, start_date: str) -> DateArray:
    """First day of each period column, datetime64[D], shape (n_columns,), in the order of the labels.

    Args:
        labels: headers of the period columns: dates, or numbered periods such as W0, d_1.
        order: order of day and month for labels such as 03/04/2026.
        start_date: first day of the lowest-numbered period, ISO; needed for numbered periods.

    Raises:
        MappingError: numbered periods without a start date, or a start date that is none.
    """
    names = [bare(label) for label in labels]
    weeks = len(_year_weeks(names)) == len(names)
    numbered = [found for name in names if (found := _numbered(name))]
    if not weeks and len(numbered) < len(names):
        return _dated(names, order)
    # weeks and days count in days; months must not, they differ in length
    unit = "w" if weeks else numbered[0][0]
    steps = _week_steps(names) if weeks else np.array([number for _, number in numbered], np.int64)
    first = dates.parse(start_date, serial=False)
    if first is None:
        wrong = f" (“{start_date[:20]}” is none)" if start_date else ""
        raise MappingError(
            f"The columns {labels[0]}…{labels[-1]} carry no dates{wrong}. "
            f"Give the first day of {labels[_earliest(steps)]} as start_date, e.g. 2024-01-01."
        )
    start = np.datetime64(first.date(), "D")
    steps = _over_new_year(steps, unit, labels)
    if unit == "m":
        return np.asarray((start.astype("datetime64[M]") + steps).astype("datetime64[D]"))
    return np.asarray(start + steps * (7 if unit == "w" else 1))


def _turn(steps: IntArray) -> int | None:
    """Place at which periods that count up by one begin anew, as W52 is followed by W1; None for any other order."""
    falls = np.flatnonzero(np.diff(steps) != 1)
    return int(falls[0]) + 1 if falls.size == 1 and steps[falls[0] + 1] < steps[0] else None


def _earliest(steps: IntArray) -> int:
    """Column of the first period."""
    return int(steps.argmin()) if _turn(steps) is None else 0


def _over_new_year(steps: IntArray, unit: str, labels: list[str]) -> IntArray:
    """Periods counted from the first one, shape (n_columns,); months go on after December, weeks may be 52 or 53."""
    turn = _turn(steps)
    if turn is None:
        return np.asarray(steps - steps.min())
    if unit != "m":
        raise MappingError(
            f"After {labels[turn - 1]} comes {labels[turn]}, so the columns run into a new year. "
            f"Name the columns by dates, or split the file there."
        )
    return np.asarray(np.where(np.arange(steps.size) < turn, steps, steps + 12) - steps[0])


def _dated(labels: list[str], order: str) -> DateArray:
    serial = all(re.fullmatch(r"[2-5]\d{4}", label) for label in labels)
    found = [dates.parse(label, order, serial=serial) for label in labels]
    wrong = [label for label, moment in zip(labels, found, strict=True) if moment is None]
    if wrong:
        raise MappingError(f"The column “{wrong[0][:40]}” is mapped as a period, but its header is no date. Unmap it.")
    return np.array([moment.date() for moment in found if moment], "datetime64[D]")
