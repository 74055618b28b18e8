"""Units that a header names in brackets, where they are not those of the field it would be: weeks are no days."""

import re
from typing import Final

from core.base.columns import NUMBERS

_IN_BRACKETS: Final = re.compile(r"[(（\[{]\s*(?:in\s+)?([^)）\]}]*?)\s*[)）\]}]")
_DAYS: Final = frozenset({"lead_time_days", "lead_time_sd_days", "review_period_days", "shelf_life_days"})
_MONEY: Final = frozenset({"unit_price", "unit_cost", "amount", "discount", "order_minimum", "order_cost"})
_NO_DAYS: Final = re.compile(
    r"weeks?|wks?|w|wochen?|semaines?|semanas?|months?|mths?|monate?n?|mois|mes|meses|years?|yrs?|jahre?n?|ans?|"
    r"años?|hours?|hrs?|h|stunden?|std|heures?|horas?|周|月|年|小时",
    re.IGNORECASE,
)
_NO_ONES: Final = re.compile(
    r"'?0?00s?|thousands?|tausend|tsd\.?|milliers?|miles|dozens?|dz|dutzend|douzaines?|docenas?|hundreds?|"
    r"millions?|mio\.?|千|万|百|打|千元|万元|千件|万件",
    re.IGNORECASE,
)
_NO_MONEY: Final = re.compile(r"cents?|pence|rappen|groszy?|öre|分", re.IGNORECASE)


def contradicts(header: str, field: str) -> bool:
    """Whether a header names a unit that a field is not counted in.

    Example:
        >>> contradicts("Lead time (weeks)", "lead_time_days"), contradicts("Lead time (days)", "lead_time_days")
        (True, False)
        >>> contradicts("Quantity (000)", "quantity"), contradicts("Price (cents)", "unit_price")
        (True, True)
    """
    found = _IN_BRACKETS.search(header)
    if found is None or field not in NUMBERS:
        return False
    foreign = [_NO_ONES, *([_NO_DAYS] if field in _DAYS else []), *([_NO_MONEY] if field in _MONEY else [])]
    return any(unit.fullmatch(found[1]) for unit in foreign)
