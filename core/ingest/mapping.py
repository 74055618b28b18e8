"""Which column of a file is which field: the decision that is stored with an upload and applied to the next one."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from core.base.columns import MAPPABLE, ROLES
from core.base.errors import MappingError, examples

Layout = Literal["long", "wide", "baskets"]
Doubts = Literal["refused", "set aside", "passed over"]
ANSWERS: Final[dict[str, tuple[str, ...]]] = {
    "counter": ("difference", "as_is"),
    "packs": ("pieces", "packs"),
    "epoch": ("1900", "1904"),
}
"""Questions with a fixed list of answers; an empty answer leaves the question open."""
CHOICES: Final = ("date_order", "decimal", "start_date", *ANSWERS)
"""Everything about the values that only the user may be able to say."""
_KEYS: Final = frozenset({"role", "platform", "layout", "fields", *CHOICES})


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How a file's columns become fields.

    In a long table each field has one column, but for `driver` and `movement`, which are named by their header. In a
    wide sales table many columns are `quantity`: their headers are periods when a column is `sku`, or SKUs when a
    column is `sold_at`. In a wide stock table many columns are `on_hand`, their headers are locations. In a wide
    drivers table many columns are `driver`. In baskets each row is one unit of an item in an order.

    Attributes:
        role: one of core.base.columns.ROLES.
        platform: signature recognised, or "own columns".
        layout: "long", "wide" or "baskets".
        fields: field of each mapped column, by column index from 0.
        date_order: "dmy", "mdy", "ymd"; empty to decide by the dates.
        decimal: "." or ","; empty to decide by the numbers.
        start_date: first day of the first numbered period column (W0, d_1), ISO; empty when headers are dates. For
            baskets without dates the day they are counted on.
        counter: "difference" when `quantity` is the reading of a counter that only grows, "as_is" when it is units;
            empty to ask if it looks like one.
        packs: "pieces" to count a line named “pack of two” as two units, "packs" to count it as one; empty to count
            pieces only where the same code is also sold singly.
        epoch: "1904" when Excel day numbers count from 1904-01-01; empty or "1900" otherwise.
        doubts: what becomes of what can be read and is probably wrong. "refused" where a person imports the table, and
            single rows are set aside; "set aside" where it was imported before, so that nothing is asked any more;
            "passed over" where it was imported when nobody doubted these rows. It is no part of the decision.
    """

    role: str
    platform: str
    layout: Layout
    fields: dict[int, str]
    date_order: str = ""
    decimal: str = ""
    start_date: str = ""
    counter: str = ""
    packs: str = ""
    epoch: str = ""
    doubts: Doubts = "refused"

    def column(self, field: str) -> int | None:
        """The column of a field, the first if it has several; None when it has none."""
        return next((index for index, name in sorted(self.fields.items()) if name == field), None)

    def columns(self, field: str) -> list[int]:
        """All columns of a field, ascending."""
        return sorted(index for index, name in self.fields.items() if name == field)

    def to_json(self, header: tuple[str, ...]) -> str:
        """The mapping as JSON with column names instead of positions.

        Args:
            header: column names of the file, shape (n_columns,).
        """
        named = {header[index]: field for index, field in sorted(self.fields.items())}
        about = {"role": self.role, "platform": self.platform, "layout": self.layout, "fields": named}
        choices = {"date_order": self.date_order, "decimal": self.decimal, "start_date": self.start_date}
        # the same decision keeps the same text: answers to questions that never arose are left out
        given = {name: answer for name in ANSWERS if (answer := getattr(self, name))}
        return json.dumps(about | choices | given, ensure_ascii=False)


def fingerprint(header: Sequence[str]) -> str:
    """What files of the same layout share: SHA-256 of their column names in order, hexadecimal."""
    return hashlib.sha256(json.dumps(list(header), ensure_ascii=False).encode()).hexdigest()


def from_json(text: str, header: tuple[str, ...]) -> TableMapping:
    """The mapping that a JSON text describes, for a file with this header.

    Args:
        text: as written by `to_json`; only `role` and `fields` (column name → field) are needed.
        header: column names of the file, shape (n_columns,).

    Raises:
        MappingError: the text is no such JSON, or names a role, field or column that does not exist.
    """
    try:
        facts = json.loads(text)
    except ValueError:
        raise MappingError(
            "The mapping is not valid JSON. It looks like {“role”: …, “fields”: {column: field}}."
        ) from None
    if not isinstance(facts, dict) or not isinstance(facts.get("fields"), dict) or facts.keys() - _KEYS:
        raise MappingError(
            f"A mapping needs “role” and “fields” and may have {', '.join(sorted(_KEYS - {'role', 'fields'}))}."
        )
    role = str(facts.get("role", ""))
    if role not in ROLES:
        raise MappingError(f"The role must be one of {', '.join(ROLES)}; “{role[:40]}” was given.")
    fields = _placed(facts["fields"], role, header)
    choices: dict[str, Any] = {key: str(facts.get(key) or "") for key in CHOICES}
    mapping = TableMapping(role, str(facts.get("platform") or "own columns"), _layout(facts), fields, **choices)
    check_answers(mapping)
    return mapping


def _layout(facts: dict[str, Any]) -> Layout:
    named = str(facts.get("layout") or "long")
    if named not in get_args(Layout):
        raise MappingError(f"The layout must be one of {', '.join(get_args(Layout))}; “{named[:40]}” was given.")
    return cast("Layout", named)


def check_answers(mapping: TableMapping) -> None:
    """Raise MappingError for an answer that is none of those offered."""
    for name, offered in ANSWERS.items():
        answer = getattr(mapping, name)
        if answer and answer not in offered:
            raise MappingError(f"{name} must be one of {', '.join(offered)}; “{answer[:20]}” was given.")


def _placed(named: dict[str, Any], role: str, header: tuple[str, ...]) -> dict[int, str]:
    """Fields by column position, each name checked."""
    absent = [name for name in named if name not in header]
    if absent:
        raise MappingError(
            f"The mapping names columns the file lacks: {examples(absent)}. It has: {', '.join(header)[:200]}."
        )
    unknown = [str(field) for field in named.values() if field not in MAPPABLE[role]]
    if unknown:
        raise MappingError(f"A {role} table has no field {examples(unknown)}. It has: {', '.join(MAPPABLE[role])}.")
    return {header.index(name): str(field) for name, field in named.items()}
