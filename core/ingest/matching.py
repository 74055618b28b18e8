"""Columns → fields of a role, by header words first and by what the values look like second."""

from dataclasses import dataclass
from typing import Final

from core.base.columns import DATES, MAPPABLE, NUMBERS, REQUIRED, TERMS_OF_PRODUCTS, TIMESTAMPS
from core.ingest.header_units import contradicts
from core.ingest.movements import kind_of
from core.ingest.profile import Profile
from core.ingest.synonyms import FIELD_WORDS, is_personal, plain

_ENDINGS: Final = ("id", "code", "no", "number", "name", "编码", "编号")
_TELLING: Final[dict[str, frozenset[str]]] = {
    "sales": frozenset({"sold_at", "quantity"}),
    "stock": frozenset({"on_hand", "on_order", "allocated", "stock_date"}),
    "movements": frozenset({"moved_on", "kind", "quantity", "quantity_in", "quantity_out", "to_location"}),
    "products": frozenset(
        {"brand", "product_name", "category", "launched_on", "discontinued_on", "unit_cost", "shelf_life_days"}
    ),
    "suppliers": frozenset(
        {"lead_time_days", "lead_time_sd_days", "review_period_days", "moq", "pack", "order_minimum", "order_cost"}
    ),
    "orders": frozenset({"po_id", "due_on", "received_on", "received_units", "ordered_on", "supplier"}),
    "drivers": frozenset({"driver", "value", "since", "until"}),
}
"""Fields that speak for a role; a table needs at least one of them."""
_ENOUGH: Final = {"products": frozenset(TERMS_OF_PRODUCTS)}
"""Fields that make a table one of a role where no other role claims it, though they speak for another one."""
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
    "ordered_units": ("quantity", "qty", "units", "数量"),
}
"""Endings of headers that suggest a field when no whole word does."""
_WORDY: Final = frozenset({"unit", "currency", "status", "product_name"})
"""Fields whose values are words."""


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
    needed = set(REQUIRED[role])
    if {"quantity_in", "quantity_out"} & taken.keys():
        needed -= {"quantity"}
    telling = _TELLING[role] | _ENOUGH.get(role, frozenset())
    complete = needed <= taken.keys() and bool(telling & taken.keys())
    return RoleMatch(role, tuple(taken.values()), tuple(rivals), score, complete)


def _candidates(profile: Profile, role: str) -> list[Match]:
    found = []
    for column, header in enumerate(profile.header):
        name = plain(header)
        if is_personal(header) or not name:
            continue
        for field in MAPPABLE[role]:
            trust = _by_name(name, field, role)
            if trust > 0.0 and not contradicts(header, field):
                found.append(Match(column, field, round(trust * suits(profile, column, field), 3)))
    return [match for match in found if match.confidence >= 0.3]


def in_other_units(profile: Profile, role: str) -> list[str]:
    """Headers that would be fields of a role but for the unit they name."""
    return [
        header
        for header in profile.header
        if any(contradicts(header, field) and _by_name(plain(header), field, role) > 0.0 for field in MAPPABLE[role])
    ]


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


def suits(profile: Profile, column: int, field: str) -> float:
    """Factor for what a column holds: a name alone decides nothing.

    Args:
        profile: the table's columns.
        column: one of them.
        field: what its name suggests.

    Returns:
        1 when the values agree or there are none to speak of, towards 0.1 when they contradict: words in a field of
        dates or numbers, dates or money in a field of codes or words.
    """
    if not profile.values(column):
        return 0.9
    if field in DATES | TIMESTAMPS:
        return max(profile.serial(column), 0.1)
    if field in NUMBERS:
        factor = max(profile.numeric(column), 0.1) if profile.dated(column) < 0.5 else 0.2
        # of two columns that could be units, the one with cents is money
        return factor * (0.97 if field == "quantity" and profile.cents(column) > 0.5 else 1.0)
    return _moves(profile, column) if field == "kind" else _suits_words(profile, column, field)


def _suits_words(profile: Profile, column: int, field: str) -> float:
    """Factor for a field of codes or words: dates and money contradict it."""
    if profile.dated(column) > 0.9:
        return 0.4 if field in {"sku", "order_id", "document", "po_id"} else 0.2
    if profile.cents(column) > 0.8 or (field in _WORDY and profile.numeric(column) > 0.9):
        return 0.2
    return 1.0


def _moves(profile: Profile, column: int) -> float:
    """Whether texts are kinds of movements: most are known, and not all of them are sales and their returns."""
    kinds = [kind_of(text)[0] for text in profile.values(column)]
    known = sum(kind != "other" for kind in kinds) / len(kinds)
    return known if {"receipt", "adjustment", "transfer"} & set(kinds) else 0.1
