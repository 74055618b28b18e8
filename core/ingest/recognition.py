"""A raw table → what it is: role, platform, layout, a field per column, and the questions only the user can answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.base.errors import MappingError
from core.base.language import _
from core.ingest import matching, platforms
from core.ingest.conversion import settled
from core.ingest.mapping import Layout, TableMapping
from core.ingest.matching import RoleMatch
from core.ingest.profile import Profile
from core.ingest.shapes import period_columns, sku_columns
from core.ingest.synonyms import CALENDAR_WORDS, FIELD_WORDS, FILE_WORDS, driver_name, is_personal, knows_driver, plain
from core.ingest.tables import RawTable

OWN = "own columns"
"""Platform of a file no signature fits."""
_BARE_QUANTITY = 0.83  # trust in the last, least telling words for stock on hand
_EVENT = re.compile(r"event|holiday|promo|campaign|活动|节", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What one column was taken for.

    Attributes:
        column: index from 0.
        header: its name as shown.
        samples: up to three of its values.
        field: field of the role, or None when the column is left out.
        confidence: 0 to 1; 0 when left out.
    """

    column: int
    header: str
    samples: tuple[str, ...]
    field: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a table was taken for.

    Attributes:
        role: one of core.base.columns.ROLES.
        platform: a known export, or "own columns".
        mapping: one entry per column.
        layout: "long" or "wide" (see TableMapping).
        questions: sentences about what the user must or should decide; may be empty.
        start_date: first day of the first numbered period column, ISO; empty when not needed or not known.
        date_order: the user's choice, or empty.
        decimal: the user's choice, or empty.
    """

    role: str
    platform: str
    mapping: tuple[ColumnMapping, ...]
    layout: Layout
    questions: tuple[str, ...] = ()
    start_date: str = ""
    date_order: str = ""
    decimal: str = ""

    def to_mapping(self) -> TableMapping:
        """The decision without its grounds: what `convert` needs and what is stored."""
        fields = {entry.column: entry.field for entry in self.mapping if entry.field is not None}
        return TableMapping(
            self.role, self.platform, self.layout, fields, self.date_order, self.decimal, self.start_date
        )


@dataclass(frozen=True, slots=True)
class _Guess:
    """A decision in the making: field and confidence per column."""

    role: str
    platform: str
    layout: Layout
    fields: Mapping[int, tuple[str, float]]
    start_date: str = ""
    questions: tuple[str, ...] = ()


def recognise(table: RawTable, file_name: str, role: str = "auto") -> Recognition:
    """What a table is.

    Args:
        table: the raw table.
        file_name: its name; a hint where the columns leave two roles open.
        role: a role chosen by the user, or "auto".

    Returns:
        The best reading. It may be incomplete: `convert` then says what is missing.
    """
    profile = Profile(table)
    hint = _hint(file_name) if role == "auto" else role
    guess = _known(profile, role) or _wide(profile, hint, role) or _by_words(profile, hint, role)
    options = table.options
    mapping = tuple(_column(profile, i, guess.fields.get(i)) for i in range(len(profile.header)))
    found = Recognition(
        guess.role, guess.platform, mapping, guess.layout, guess.questions,
        options.start_date or guess.start_date, options.date_order, options.decimal,
    )  # fmt: skip
    return _with_open_questions(found, table)


def _column(profile: Profile, column: int, taken: tuple[str, float] | None) -> ColumnMapping:
    field, confidence = taken or (None, 0.0)
    samples = tuple(text[:60] for text in profile.values(column)[:3]) if column < 1000 else ()
    return ColumnMapping(column, profile.header[column], samples, field, confidence)


def _hint(file_name: str) -> str:
    """Role a file name suggests, empty for none."""
    name = file_name.rsplit("/", 1)[-1].lower()
    return next((role for pattern, role in FILE_WORDS if re.search(pattern, name)), "")


def _known(profile: Profile, role: str) -> _Guess | None:
    """The reading of a known export."""
    platform = platforms.match(profile.header)
    if platform is None or role not in {"auto", platform.role}:
        return None
    fields: dict[int, tuple[str, float]] = {}
    for i, header in enumerate(profile.header):
        field = platform.fields.get(plain(header))
        if field and (field == "driver" or field not in {taken for taken, _trust in fields.values()}):
            fields[i] = (field, 1.0)
    layout: Layout = "wide" if "driver" in platform.fields.values() else "long"
    return _Guess(platform.role, platform.key, layout, fields)


def _wide(profile: Profile, hint: str, role: str) -> _Guess | None:
    """The reading of a table with one column per period, or one per SKU."""
    if role not in {"auto", "sales"}:
        return None
    periods = period_columns(profile.header)
    if periods:
        return _periods_across(profile, periods)
    across = sku_columns(profile, hint)
    if across is None:
        return None
    moment, skus = across
    named = _("Columns {first} … {last} are read as one SKU each. If they are something else, choose another role.")
    question = named.format(first=profile.header[skus[0]][:40], last=profile.header[skus[-1]][:40])
    fields = {moment: ("sold_at", 0.9)} | dict.fromkeys(skus, ("quantity", 0.8))
    return _Guess("sales", OWN, "wide", fields, "", (question,) if hint != "sales" else ())


def _periods_across(profile: Profile, periods: list[int]) -> _Guess | None:
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
    return _Guess(
        "sales", platforms.M5 if is_m5 else OWN, "wide", fields | dict.fromkeys(periods, ("quantity", 0.9)), start
    )


def _m5_start(label: str) -> str:
    """Day of the first M5 column, e.g. d_1914."""
    return (date.fromisoformat(platforms.M5_START) + timedelta(days=int(label.removeprefix("d_")) - 1)).isoformat()


def _by_words(profile: Profile, hint: str, role: str) -> _Guess:
    """The reading by header words: the complete role that explains the columns best."""
    roles = ["sales", "stock", "products", "suppliers", "orders"] if role == "auto" else [role]
    if role == "drivers" or (role == "auto" and _is_driver_table(profile, hint)):
        return _drivers(profile)
    found = [matching.match_role(profile, name) for name in roles]
    sells = any(match.field == "sold_at" and match.confidence > 0.7 for match in found[0].matches)
    best = max(found, key=lambda match: (_is_sure(match, hint, sells=sells), match.score + 2.0 * (match.role == hint)))
    fields = {match.column: (match.field, match.confidence) for match in best.matches}
    return _Guess(best.role, OWN, "long", fields, "", _rival_questions(profile, best))


def _is_sure(match: RoleMatch, hint: str, *, sells: bool) -> bool:
    """Whether a complete role stands on more than words that sales tables without a date or quantity also have."""
    if match.role == hint or not match.complete:
        return match.complete
    trust = {entry.field: entry.confidence for entry in match.matches}
    if match.role == "stock":  # a bare “quantity” is as likely to be sold as to be in stock
        return trust["on_hand"] > _BARE_QUANTITY or ("stock_date" in trust and "on_order" in trust)
    if match.role == "products":
        return not sells or bool(trust.keys() & {"brand", "unit_cost", "launched_on", "discontinued_on"})
    return True


def _rival_questions(profile: Profile, best: RoleMatch) -> tuple[str, ...]:
    text = _("Both “{first}” and “{second}” could be {field}; “{first}” was taken.")
    return tuple(
        text.format(first=profile.header[first], second=profile.header[second], field=field)
        for field, first, second in best.rivals[:5]
    )


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
    is_product = matching.match_role(profile, "products").complete and "period" not in places
    return not is_product and (
        (known and "period" in places) or (hint == "drivers" and bool(places & {"period", "location", "sku"}))
    )


def _drivers(profile: Profile) -> _Guess:
    """Long drivers have a `driver` and a `value` column; otherwise every telling column is a driver."""
    found = {match.field: match for match in matching.match_role(profile, "drivers").matches}
    if {"driver", "value"} <= found.keys():
        return _Guess("drivers", OWN, "long", {m.column: (field, m.confidence) for field, m in found.items()})
    keys = {m.column: (field, m.confidence) for field, m in found.items() if field in {"period", "sku", "location"}}
    dated = "period" in found
    drivers = [i for i in range(len(profile.header)) if i not in keys and _may_drive(profile, i, dated=dated)]
    return _Guess("drivers", OWN, "wide", keys | dict.fromkeys(drivers, ("driver", 0.8)))


def _may_drive(profile: Profile, column: int, *, dated: bool) -> bool:
    """Numbers that do not restate the date; texts that name events, or describe a place or SKU without a date."""
    header = profile.header[column]
    if is_personal(header) or plain(header) in CALENDAR_WORDS or profile.dated(column) > 0.5:
        return False
    if profile.numeric(column) > 0.5 or not dated:
        return bool(profile.values(column))
    return bool(_EVENT.search(header)) or driver_name(header) == "event" or profile.missing_share(column) > 0.5


def _with_open_questions(found: Recognition, table: RawTable) -> Recognition:
    """The recognition with what conversion would refuse to guess, and the remarks of the reader."""
    questions = list(table.notes) + list(found.questions)
    try:
        settled(table, found.to_mapping())
    except MappingError as error:
        questions.append(str(error))
    return Recognition(
        found.role, found.platform, found.mapping, found.layout, tuple(questions), found.start_date, found.date_order,
        found.decimal,
    )  # fmt: skip
