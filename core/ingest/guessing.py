"""What a table most probably is: a known export, one column per period, SKU or location, or its columns' words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from core.base.columns import DATES, NUMBERS, REQUIRED, SEVERAL, TIMESTAMPS
from core.base.language import _
from core.ingest import matching, platforms, remarks
from core.ingest.baskets import BASKETS
from core.ingest.mapping import Layout, TableMapping
from core.ingest.matching import Match, RoleMatch
from core.ingest.platforms_base import Platform
from core.ingest.profile import Profile
from core.ingest.shapes import period_columns, sku_columns
from core.ingest.strays import is_total
from core.ingest.synonyms import (
    CALENDAR_WORDS,
    DRIVER_WORDS,
    FIELD_WORDS,
    driver_name,
    is_known,
    is_personal,
    knows_driver,
    plain,
)
from core.ingest.tables import RawTable

OWN: Final = "own columns"
"""Platform of a file no signature fits."""
_BARE_QUANTITY: Final = frozenset({"quantity", "qty"})
"""Headers of stock on hand that may as well be units sold."""
_BOUGHT: Final = 0.94  # trust in words that only purchases have, such as “po number” or “qty ordered”
_BY_VALUES: Final = 0.5  # trust in a column that only its values speak for
_JUDGED_ROWS: Final = 2_000
_EVENT: Final = re.compile(r"event|holiday|promo|campaign|活动|促销|节|aktion", re.IGNORECASE)
_HOLDS: Final = re.compile(r"valid|effective|gultig|生效|valable|vigente")
_AUTO: Final = ("sales", "stock", "movements", "products", "suppliers", "orders")


@dataclass(frozen=True, slots=True)
class Guess:
    """A decision in the making.

    Attributes:
        role, platform, layout: as in TableMapping.
        fields: field and confidence of each column taken.
        start_date: published first day of numbered periods, ISO; empty when not needed or not known.
        questions: sentences about what the user should decide or check.
    """

    role: str
    platform: str
    layout: Layout
    fields: Mapping[int, tuple[str, float]]
    start_date: str = ""
    questions: tuple[str, ...] = ()


def known_export(table: RawTable, profile: Profile, role: str) -> Guess | None:
    """The reading of a known export, less the columns whose values contradict it; None for any other table."""
    platform = platforms.match(profile.header, profile)
    if platform is None or role not in {"auto", platform.role}:
        return None
    fields = _named(profile, platform)
    layout: Layout = "wide" if platform.rest or (platform.role == "drivers" and _has(fields, "driver")) else "long"
    draft = TableMapping(platform.role, platform.key, layout, {i: field for i, (field, _trust) in fields.items()})
    head = replace(table, columns=table.columns.slice(0, _JUDGED_ROWS), lines=table.lines[:_JUDGED_ROWS])
    judged = Profile(platforms.repaired(head, draft).table)
    wrong = [i for i, (field, _) in fields.items() if _typed(field) and matching.suits(judged, i, field) < 0.3]
    text = _("“{header}” was expected to hold {field}, but its values do not; it is left out.")
    questions = tuple(text.format(header=profile.header[i], field=fields[i][0]) for i in wrong)
    return Guess(
        platform.role, platform.key, layout, {i: each for i, each in fields.items() if i not in wrong}, "", questions
    )


def _typed(field: str) -> bool:
    return field in DATES | TIMESTAMPS | NUMBERS


def _has(fields: Mapping[int, tuple[str, float]], field: str) -> bool:
    return any(name == field for name, _trust in fields.values())


def _named(profile: Profile, platform: Platform) -> dict[int, tuple[str, float]]:
    """Fields by the export's own headers, and by words where it is translated."""
    fields: dict[int, tuple[str, float]] = {}
    for i, header in enumerate(profile.header):
        field = "" if platform.rest and is_total(header) else platform.field(header)
        shared = field in SEVERAL or field == platform.rest
        if field and (shared or not _has(fields, field)):
            fields[i] = (field, 1.0)
    if platform.by_words:
        named = {i for i, header in enumerate(profile.header) if platform.names(header)}
        for match in matching.match_role(profile, platform.role).matches:
            if match.column not in named and not _has(fields, match.field):
                fields[match.column] = (match.field, match.confidence)
    return dict(sorted(fields.items()))


def wide(profile: Profile, hint: str, role: str) -> Guess | None:
    """The reading of a table with one column per period, SKU or location; None for any other table."""
    if role in {"auto", "stock"} and hint == "stock" and (stock := _locations_across(profile)):
        return stock
    if role not in {"auto", "sales"}:
        return None
    periods = period_columns(profile.header)
    if periods:
        return _periods_across(profile, periods, hint)
    across = sku_columns(profile, hint)
    if across is None:
        return None
    moment, skus = across
    named = _("Columns {first} … {last} are read as one SKU each. If they are something else, choose another role.")
    question = named.format(first=profile.header[skus[0]][:40], last=profile.header[skus[-1]][:40])
    fields = {moment: ("sold_at", 0.9)} | dict.fromkeys(skus, ("quantity", 0.8))
    return Guess("sales", OWN, "wide", fields, "", (question,) if hint != "sales" else ())


def _locations_across(profile: Profile) -> Guess | None:
    """Stock with a row per SKU and a column per location: unknown headers over numbers, and nothing else for stock."""
    found = {match.field: match for match in matching.match_role(profile, "stock").matches}
    if "sku" not in found or {"on_hand", "location"} & found.keys() or period_columns(profile.header):
        return None
    used = {match.column for match in found.values()}
    free = [i for i, name in enumerate(profile.header) if i not in used and not is_known(name) and not is_total(name)]
    rest = [i for i in free if profile.numeric(i) > 0.9]
    if len(rest) < 2:
        return None
    named = _("Columns {first} … {last} are read as the stock of one location each.")
    question = named.format(first=profile.header[rest[0]][:40], last=profile.header[rest[-1]][:40])
    fields = {m.column: (m.field, m.confidence) for field, m in found.items() if field in {"sku", "stock_date"}}
    return Guess("stock", OWN, "wide", fields | dict.fromkeys(rest, ("on_hand", 0.7)), "", (question,))


def _periods_across(profile: Profile, periods: list[int], hint: str) -> Guess | None:
    """A row per SKU; only the columns before the periods can name it."""
    # a sample of the columns is enough, and 20,000 of them would take seconds
    judged = periods if len(periods) <= 50 else periods[:: len(periods) // 50]
    if not all(profile.numeric(i) > 0.9 or not profile.values(i) for i in judged):
        return None
    names = {plain(header): i for i, header in enumerate(profile.header) if i not in set(periods)}
    # M5: aggregated series are named by series_id, single ones by item and store
    if "seriesid" in names:
        fields = {names["seriesid"]: ("sku", 1.0)}
    else:
        found = matching.match_role(profile, "sales").matches
        wanted = {"sku", "location", "category", "product_name", "channel"}
        fields = {
            m.column: (m.field, m.confidence) for m in found if m.field in wanted and m.column not in set(periods)
        }
    if "catid" in names and "itemid" in names:
        fields[names["catid"]] = ("category", 1.0)
    is_m5 = bool({"seriesid", "itemid"} & names.keys()) and profile.header[periods[0]].startswith("d_")
    start = _m5_start(profile.header[periods[0]]) if is_m5 else ""
    return Guess(
        "sales", platforms.M5 if is_m5 else OWN, "wide", fields | dict.fromkeys(periods, ("quantity", 0.9)), start,
        remarks.on_periods(profile, periods, hint),
    )  # fmt: skip


def _m5_start(label: str) -> str:
    """Day of the first M5 column, e.g. d_1914."""
    return (date.fromisoformat(platforms.M5_START) + timedelta(days=int(label.removeprefix("d_")) - 1)).isoformat()


def baskets(profile: Profile) -> Guess:
    """The reading of baskets: which column is the item and which, if any, the order and the date."""
    wanted = {"sku", "order_id", "sold_at", "customer", "category", "location", "quantity"}
    found = [match for match in matching.match_role(profile, "sales").matches if match.field in wanted]
    fields = {match.column: (match.field, match.confidence) for match in found}
    names = [plain(name) for name in profile.header]
    for column, name in enumerate(names):
        if name in {"basket", "id", "order", "transaction"} and not _has(fields, "order_id"):
            fields[column] = ("order_id", 0.9)
    rest = [i for i in range(len(names)) if i not in fields]
    if not _has(fields, "sku") and len(rest) == 1:
        fields[rest[0]] = ("sku", _BY_VALUES)
    return Guess("sales", OWN, BASKETS, fields)


def by_words(profile: Profile, hint: str, role: str) -> Guess:
    """The reading by header words: the complete role that explains the columns best."""
    roles = _AUTO if role == "auto" else (role,)
    if role == "drivers" or (role == "auto" and _is_driver_table(profile, hint)):
        return _drivers(profile)
    found = _fuller(profile, [_named_for_coded(profile, matching.match_role(profile, name)) for name in roles], hint)
    sells = any(match.field == "sold_at" and match.confidence > 0.7 for match in found[0].matches)
    best = max(
        found, key=lambda match: (_is_sure(profile, match, hint, sells=sells), match.score + 2.0 * (match.role == hint))
    )
    if role == "auto" and not best.complete:
        if _prices_over_time(profile):
            text = _("The table has prices and days but no units sold; its prices are read as a driver of demand.")
            return replace(_drivers(profile), questions=(text,))
        best = next((match for match in found if match.role == hint), found[0])
    fields = {match.column: (match.field, match.confidence) for match in best.matches}
    questions = _rival_questions(profile, best)
    if any(match.field == "sku" and match.confidence == _BY_VALUES for match in best.matches):
        text = _("No column holds a code of the item; “{header}”, its name, stands for it.")
        named = next(match.column for match in best.matches if match.field == "sku")
        questions = (*questions, text.format(header=profile.header[named]))
    if best.role == "sales":
        proposed, asked = _by_values(profile, fields)
        fields |= proposed
        questions = (*questions, *asked)
        if not {"sold_at", "quantity"} & {field for field, _trust in fields.values()} and _has(fields, "sku"):
            questions = (*questions, _("If each row is one item of an order, choose the layout “baskets”."))
        fields |= dict.fromkeys(_drivers_beside(profile, fields), ("driver", 0.8))
    return Guess(best.role, OWN, "long", fields, "", (*questions, *remarks.on_columns(profile, best.role, fields)))


def _fuller(profile: Profile, found: list[RoleMatch], hint: str) -> list[RoleMatch]:
    """The roles; terms of SKUs are no suppliers file where a products file keeps them and names the SKUs, each once."""
    fields = {match.role: {each.field: each.column for each in match.matches} for match in found}
    suppliers, products = fields.get("suppliers", {}), fields.get("products", {})
    named = products.keys() & {"product_name", "category"}
    if hint == "suppliers" or not named or suppliers.keys() - products.keys():
        return found
    if "sku" not in products or profile.repeated(products["sku"]) > 0.0:
        return found
    return [replace(match, complete=False) if match.role == "suppliers" else match for match in found]


def _named_for_coded(profile: Profile, found: RoleMatch) -> RoleMatch:
    """A role whose items have a name but no code, with the name standing for the code."""
    taken = {match.field: match for match in found.matches}
    if "sku" in taken or "sku" not in REQUIRED[found.role]:
        return found
    products = matching.match_role(profile, "products").matches
    name = next((match for match in products if match.field == "product_name"), None)
    if name is None:
        return found
    rest = tuple(match for match in found.matches if match.column != name.column)
    complete = set(REQUIRED[found.role]) <= taken.keys() | {"sku"} and len(rest) > 0
    return replace(found, matches=(*rest, Match(name.column, "sku", _BY_VALUES)), complete=complete)


def _prices_over_time(profile: Profile) -> bool:
    """Whether a table has a day, a SKU or place, and a price, and nothing that could be units."""
    places = {match.field for match in matching.match_role(profile, "drivers").matches}
    sold = {match.field for match in matching.match_role(profile, "sales").matches}
    return "period" in places and bool(places & {"sku", "location"}) and "unit_price" in sold and "quantity" not in sold


def _is_sure(profile: Profile, match: RoleMatch, hint: str, *, sells: bool) -> bool:
    """Whether a complete role stands on more than words that sales tables without a date or quantity also have."""
    if match.role == hint or not match.complete:
        return match.complete
    trust = {entry.field: entry.confidence for entry in match.matches}
    if match.role == "stock":  # a bare “quantity” is as likely to be sold as to be in stock
        held = next(entry.column for entry in match.matches if entry.field == "on_hand")
        return plain(profile.header[held]) not in _BARE_QUANTITY or ("stock_date" in trust and "on_order" in trust)
    if match.role == "movements":
        return bool(trust.keys() & {"kind", "quantity_in", "quantity_out", "to_location"})
    if match.role == "products":
        telling = {"brand", "unit_cost", "launched_on", "discontinued_on", "shelf_life_days"}
        return not sells or bool(trust.keys() & telling)
    if match.role == "orders":  # sales have an order number, an order date and a quantity too
        telling = {"supplier", "due_on", "received_on", "received_units"}
        bought = max(trust.get("po_id", 0.0), trust["ordered_units"])
        return not sells or bool(trust.keys() & telling) or bought > _BOUGHT
    return True


def _rival_questions(profile: Profile, best: RoleMatch) -> tuple[str, ...]:
    text = _("Both “{first}” and “{second}” could be {field}; “{first}” was taken.")
    return tuple(
        text.format(first=profile.header[first], second=profile.header[second], field=field)
        for field, first, second in best.rivals[:5]
    )


def _by_values(
    profile: Profile, fields: Mapping[int, tuple[str, float]]
) -> tuple[dict[int, tuple[str, float]], tuple[str, ...]]:
    """Required fields that no header names, by values: the only column that could be one, or a question.

    Dates parse, units are mostly whole numbers, and codes come again.
    """
    proposed: dict[int, tuple[str, float]] = {}
    asked = []
    one = _("“{header}” was taken for {field} by its values alone. Check it.")
    several = _("{columns} could each be {field} by their values. Map one of them.")
    for field in REQUIRED["sales"]:
        if _has(fields, field):
            continue
        free = [i for i in range(len(profile.header)) if i not in fields and i not in proposed]
        candidates = [i for i in free if _could_be(profile, i, field)]
        if len(candidates) == 1:
            proposed[candidates[0]] = (field, _BY_VALUES)
            asked.append(one.format(header=profile.header[candidates[0]], field=field))
        elif candidates:
            names = ", ".join(f"“{profile.header[i]}”" for i in candidates[:4])
            asked.append(several.format(columns=names, field=field))
    return proposed, tuple(asked)


def _could_be(profile: Profile, column: int, field: str) -> bool:
    """Whether a column that no word names could be a field of a sales table by what it holds."""
    header = profile.header[column]
    if is_known(header) or is_personal(header) or not profile.values(column):
        return False
    if field == "sold_at":
        return profile.dated(column) > 0.9
    numeric = profile.numeric(column) > 0.9
    if field == "quantity":
        counted = numeric and profile.whole(column) > 0.9 and profile.dated(column) < 0.5
        return counted and len(profile.values(column)) > 1
    return (
        not numeric
        and profile.dated(column) < 0.5
        and profile.repeated(column) > 0.0
        and len(profile.values(column)) > 1
    )


def _drivers_beside(profile: Profile, fields: Mapping[int, tuple[str, float]]) -> list[int]:
    """Columns of a sales table that are drivers we know by name; its price is a field of its own."""
    return [
        i
        for i, header in enumerate(profile.header)
        if i not in fields
        and driver_name(header) in DRIVER_WORDS.keys() - {"price"}
        and plain(header) not in CALENDAR_WORDS
        and not is_personal(header)
        and (profile.numeric(i) > 0.9 or (_EVENT.search(header) and profile.values(i)))
    ]


def _is_driver_table(profile: Profile, hint: str) -> bool:
    """A date or a place with drivers beside it, and no role that fits completely and says so."""
    places = {match.field for match in matching.match_role(profile, "drivers").matches}
    if {"driver", "value"} <= places:
        return True
    # a sales table may carry a price or a promotion; it is still a sales table
    complete = [
        name for name in ("sales", "stock", "orders", "suppliers") if matching.match_role(profile, name).complete
    ]
    if complete:
        return False
    prices = set(FIELD_WORDS["sales"]["unit_price"])  # prices alone may as well be sales without their quantity
    known = knows_driver(header for header in profile.header if plain(header) not in prices)
    if {"since", "until"} <= places:
        return known or hint == "drivers" or bool(prices & {plain(header) for header in profile.header})
    is_product = matching.match_role(profile, "products").complete and "period" not in places
    return not is_product and (
        (known and "period" in places) or (hint == "drivers" and bool(places & {"period", "since", "location", "sku"}))
    )


def _drivers(profile: Profile) -> Guess:
    """Long drivers have a `driver` and a `value` column; otherwise every telling column is a driver."""
    found = {match.field: match for match in matching.match_role(profile, "drivers").matches}
    found = _in_time(profile, found)
    if {"driver", "value"} <= found.keys():
        return Guess("drivers", OWN, "long", {m.column: (field, m.confidence) for field, m in found.items()})
    places = {"period", "since", "until", "sku", "location"}
    keys = {m.column: (field, m.confidence) for field, m in found.items() if field in places}
    dated = bool({"period", "since"} & found.keys())
    drivers = [i for i in range(len(profile.header)) if i not in keys and _may_drive(profile, i, dated=dated)]
    return Guess("drivers", OWN, "wide", keys | dict.fromkeys(drivers, ("driver", 0.8)))


def _in_time(profile: Profile, found: dict[str, Match]) -> dict[str, Match]:
    """The columns that say when drivers hold: a first and a last day, or one day.

    A first day alone is the day of the record, unless its name says that something holds from then on.
    """
    if {"since", "until"} <= found.keys():
        return {field: match for field, match in found.items() if field != "period"}
    rest = {field: match for field, match in found.items() if field not in {"since", "until"}}
    since = found.get("since")
    if since is None or "period" in rest:
        return rest
    name = "since" if _HOLDS.search(plain(profile.header[since.column])) else "period"
    return rest | {name: replace(since, field=name)}


def _may_drive(profile: Profile, column: int, *, dated: bool) -> bool:
    """Numbers that do not restate the date; texts that name events, or describe a place or SKU without a date."""
    header = profile.header[column]
    if is_personal(header) or plain(header) in CALENDAR_WORDS or profile.dated(column) > 0.5:
        return False
    if profile.numeric(column) > 0.5 or not dated:
        return bool(profile.values(column))
    return bool(_EVENT.search(header)) or driver_name(header) == "event" or profile.missing_share(column) > 0.5
