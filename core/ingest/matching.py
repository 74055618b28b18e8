"""Columns → fields of a role, by header words first and by what the values look like second."""

from dataclasses import dataclass
from typing import Final

from core.base.columns import DATES, FIELDS, NUMBERS, REQUIRED, TIMESTAMPS
from core.ingest.profile import Profile
from core.ingest.synonyms import FIELD_WORDS, is_personal, plain

_ENDINGS: Final = ("id", "code", "no", "number", "name", "编码", "编号")
_TELLING: Final[dict[str, frozenset[str]]] = {
    "sales": frozenset({"sold_at", "quantity"}),
    "stock": frozenset({"on_hand", "on_order", "allocated", "stock_date"}),
    "products": frozenset({"brand", "product_name", "category", "launched_on", "discontinued_on", "unit_cost"}),
    "suppliers": frozenset(
        {"lead_time_days", "lead_time_sd_days", "review_period_days", "moq", "pack", "order_minimum", "order_cost"}
    ),
    "orders": frozenset({"po_id", "due_on", "received_on", "received_units", "ordered_on", "supplier"}),
    "drivers": frozenset({"driver", "value"}),
}
"""Fields that speak for a role; a table needs at least one of them."""
_FUZZY: Final[dict[str, tuple[str, ...]]] = {
    "sold_at": ("timestamp", "date", "time", "日期", "时间"),
    "sku": ("sku", "item", "product", "article", "stockcode", "编码", "货号", "商品"),
    "quantity": ("qty", "quantity", "units", "数量", "销量"),
    "unit_price": ("price", "单价", "价格"),
    "amount": ("revenue", "amount", "salesvalue", "金额"),
    "discount": ("discount", "折扣"),
    "category": ("category", "department", "分类", "类目"),
    "customer": ("customerid", "userid"),
    "on_hand": ("onhand", "stock", "inventory", "库存"),
    "lead_time_days": ("leadtime", "提前期"),
    "order_id": ("orderid", "invoice", "receipt"),
}
"""Endings of headers that suggest a field when no whole word does."""


@dataclass(frozen=True, slots=True)
class Match:
    """One column taken for one field, and how sure that is, 0 to 1."""

    column: int
    field: str
    confidence: float


@dataclass(frozen=True, slots=True)
class RoleMatch:
    """The fields found for one role.

    Attributes:
        role: the role.
        matches: one per field found.
        rivals: pairs of columns equally good for one field, the taken one first.
        score: how well the table suits the role.
        complete: whether everything the role requires was found.
    """

    role: str
    matches: tuple[Match, ...]
    rivals: tuple[tuple[str, int, int], ...]
    score: float
    complete: bool


def match_role(profile: Profile, role: str) -> RoleMatch:
    """The best column for each field of a role.

    Args:
        profile: the table's columns and what they hold.
        role: one of core.base.columns.ROLES.
    """
    # the surest pair first: a column that suits two fields goes to the one it suits better
    candidates = sorted(_candidates(profile, role), key=lambda match: (-match.confidence, match.column))
    taken: dict[str, Match] = {}
    used: set[int] = set()
    rivals = []
    for match in candidates:
        if match.field in taken:
            first = taken[match.field]
            if match.column not in used and match.confidence >= max(first.confidence - 0.005, 0.5):
                rivals.append((match.field, first.column, match.column))
        elif match.column not in used:
            taken[match.field] = match
            used.add(match.column)
    score = sum(match.confidence * (3.0 if field in _TELLING[role] else 1.0) for field, match in taken.items())
    complete = set(REQUIRED[role]) <= taken.keys() and bool(_TELLING[role] & taken.keys())
    return RoleMatch(role, tuple(taken.values()), tuple(rivals), score, complete)


def _candidates(profile: Profile, role: str) -> list[Match]:
    found = []
    for column, header in enumerate(profile.header):
        name = plain(header)
        if is_personal(header) or not name:
            continue
        for field in FIELDS[role]:
            trust = _by_name(name, field, role)
            if trust > 0.0:
                found.append(Match(column, field, round(trust * _by_values(profile, column, field), 3)))
    return [match for match in found if match.confidence >= 0.3]


def _by_name(name: str, field: str, role: str) -> float:
    """Trust in a header's name.

    Returns:
        1 for the best word of a field, falling to 0.8 along its list; 0.6 and less for an ending; 0 for neither.
    """
    words = FIELD_WORDS[role].get(field, ())
    if name in words:
        return 1.0 - 0.2 * words.index(name) / len(words)
    parts = _FUZZY.get(field, ())
    # endings, not any part: “Line Item Quantity” is no item
    stems = {name, *(name.removesuffix(ending) for ending in _ENDINGS)}
    fuzzy = [i for i, part in enumerate(parts) if any(stem.endswith(part) for stem in stems)]
    return 0.6 - 0.02 * fuzzy[0] if fuzzy else 0.0


def _by_values(profile: Profile, column: int, field: str) -> float:
    """Factor for what a column holds: dates in date fields, numbers in number fields; 1 when it is empty or text."""
    if not profile.values(column):
        return 0.9
    # a name alone decides nothing: what is called a date must hold dates
    if field in DATES | TIMESTAMPS:
        return max(profile.serial(column), 0.1)
    if field in NUMBERS:
        return max(profile.numeric(column), 0.1) if profile.dated(column) < 0.5 else 0.2
    return 0.4 if field == "sku" and profile.dated(column) > 0.9 else 1.0
