"""Wide tables: one column per period and a row per SKU, or one column per SKU and a row per period."""

import re
from typing import Final

import numpy as np

from core.base.errors import MappingError
from core.base.types import DateArray
from core.ingest import dates
from core.ingest.profile import Profile
from core.ingest.synonyms import CALENDAR_WORDS, FIELD_WORDS, is_known, is_personal, knows_driver, plain

_NUMBERED: Final = re.compile(r"^(d|day|w|wk|week|m|month)[\s_-]?(\d{1,4})$", re.IGNORECASE)
_FEWEST: Final = 3
_DATE_WORDS: Final = frozenset(FIELD_WORDS["sales"]["sold_at"])
_SKU_WORDS: Final = frozenset(FIELD_WORDS["sales"]["sku"])


def period_columns(header: tuple[str, ...]) -> list[int]:
    """Columns whose headers are dates, or the numbered periods of one kind (d_1, W0, month 3); empty if too few.

    Example:
        >>> period_columns(("sku", "2024-01", "2024-02", "2024-03")), period_columns(("sku", "W0", "W1", "W2", "MIN"))
        ([1, 2, 3], [1, 2, 3])
    """
    # dates beat numbers: a table of 2024-01, 2024-02, … may also have columns such as D1
    dated = [i for i, name in enumerate(header) if dates.looks_dated(name)]
    if len(dated) >= _FEWEST:
        return dated
    numbered = [(i, match[1].lower()) for i, name in enumerate(header) if (match := _NUMBERED.match(name.strip()))]
    units = {unit for _, unit in numbered}
    return [i for i, _ in numbered] if len(numbered) >= _FEWEST and len(units) == 1 else []


def sku_columns(profile: Profile, hint: str) -> tuple[int, list[int]] | None:
    """The date column and the SKU columns of a table with one row per period; None for any other table.

    Args:
        profile: the table's columns.
        hint: role the file name suggests; "sales" settles a doubtful case.
    """
    names = [plain(name) for name in profile.header]
    moment = next((i for i, name in enumerate(names) if name in _DATE_WORDS and profile.dated(i) > 0.9), None)
    rest = [i for i in range(len(names)) if i != moment]
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
    numbered = [_NUMBERED.match(label.strip()) for label in labels]
    if not all(numbered):
        return _dated(labels, order)
    # weeks and days count in days; months must not, they differ in length
    unit = next(match[1][0].lower() for match in numbered if match)
    steps = np.array([int(match[2]) for match in numbered if match])
    first = dates.parse(start_date, serial=False)
    if first is None:
        found = f" (“{start_date[:20]}” is none)" if start_date else ""
        raise MappingError(
            f"The columns {labels[0]}…{labels[-1]} carry no dates{found}. "
            f"Give the first day of {labels[int(steps.argmin())]} as start_date, e.g. 2024-01-01."
        )
    start = np.datetime64(first.date(), "D")
    steps = steps - steps.min()
    if unit == "m":
        return np.asarray((start.astype("datetime64[M]") + steps).astype("datetime64[D]"))
    return np.asarray(start + steps * (7 if unit == "w" else 1))


def _dated(labels: list[str], order: str) -> DateArray:
    found = [dates.parse(label, order, serial=False) for label in labels]
    wrong = [label for label, moment in zip(labels, found, strict=True) if moment is None]
    if wrong:
        raise MappingError(f"The column “{wrong[0][:40]}” is mapped as a period, but its header is no date. Unmap it.")
    return np.array([moment.date() for moment in found if moment], "datetime64[D]")
