"""What a planner should check about a table before it is imported, as its columns leave it in doubt."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from core.base.errors import examples
from core.base.language import _
from core.ingest import matching
from core.ingest.movements import kind_of
from core.ingest.numerals import parse
from core.ingest.profile import Profile
from core.ingest.strays import is_cut_short
from core.ingest.synonyms import is_personal

_KINDS: Final = 12
"""Different texts that a column of kinds of lines has at most."""
_SAMPLED: Final = 50
_REFERENCES: Final = frozenset({"order_id", "po_id", "document"})
_NUMBER_BEHIND: Final = re.compile(r" \(\d+\)$")


def on_columns(profile: Profile, role: str, fields: Mapping[int, tuple[str, float]]) -> tuple[str, ...]:
    """Remarks on columns that were left out though they matter, and on numbers of orders that tell none apart.

    Args:
        profile: the table's columns and what they hold.
        role: what the table was taken for.
        fields: field and confidence of each column taken.
    """
    said = []
    if others := matching.in_other_units(profile, role):
        text = _("{columns}: left out, as the field has another unit. Convert the numbers, or map it as it is.")
        said.append(text.format(columns=examples([f"“{name[:40]}”" for name in others])))
    if role == "sales" and (found := _unsigned_returns(profile, fields)):
        text = _("“{header}” says “{kind}” of some lines, but no units are negative: returns would count as sold.")
        said.append(text.format(header=found[0], kind=found[1]))
    for column in (column for column, (field, _trust) in fields.items() if field in _REFERENCES):
        if text := next(filter(is_cut_short, profile.values(column)), ""):
            told = _("“{header}” holds numbers that a spreadsheet cut short ({text}): different ones look alike.")
            said.append(told.format(header=profile.header[column][:40], text=text))
    return tuple(said)


def _unsigned_returns(profile: Profile, fields: Mapping[int, tuple[str, float]]) -> tuple[str, str] | None:
    """Header and text of a column left out that tells returns from sales where the units do not."""
    units = next((column for column, (field, _trust) in fields.items() if field == "quantity"), None)
    if units is None or any((parse(text) or parse(text, ",") or 0.0) < 0 for text in profile.values(units)):
        return None
    for column, header in enumerate(profile.header):
        texts = profile.values(column)
        if column in fields or is_personal(header) or not 1 < len(texts) <= _KINDS:
            continue
        kinds = {text: kind_of(text)[0] for text in texts}
        back = next((text for text, kind in kinds.items() if kind == "return"), None)
        if back is not None and "shipment" in kinds.values():
            return header[:40], back[:40]
    return None


def on_periods(profile: Profile, periods: Sequence[int], hint: str) -> tuple[str, ...]:
    """Remarks on a table with a column per period, whose values are read as units sold.

    Args:
        profile: the table's columns and what they hold.
        periods: the period columns.
        hint: role the file name suggests.
    """
    said = []
    if hint in {"stock", "orders", "movements", "drivers"}:
        text = _(
            "The columns are periods, and their values are read as units sold, though the file's name suggests {role}."
        )
        said.append(text.format(role=hint))
    judged = periods[:: 1 + len(periods) // _SAMPLED]
    if 2 * sum(profile.cents(i) > 0.5 for i in judged) > len(judged):
        said.append(_("The values have cents as money has; they are read as units sold."))
    if any(profile.has_dashes(i) for i in judged):
        said.append(
            _("Cells with a dash are read as “not on sale”, like empty ones. Where they mean none sold, write 0.")
        )
    names = {profile.header[i] for i in periods}
    again = [name for name in profile.header if name not in names and _NUMBER_BEHIND.sub("", name) in names]
    if again:
        text = _("Left out, as they repeat periods before them: {columns}. Name each period once.")
        said.append(text.format(columns=examples(again)))
    return tuple(said)
