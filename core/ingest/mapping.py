"""Which column of a file is which field: the decision that is stored with an upload and applied to the next one."""

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

from core.base.columns import FIELDS, ROLES
from core.base.errors import MappingError, examples

Layout = Literal["long", "wide"]
_KEYS: Final = frozenset({"role", "platform", "layout", "fields", "date_order", "decimal", "start_date"})


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How a file's columns become fields.

    In a long table each field has one column. In a wide sales table many columns are `quantity`: their headers are
    periods when a column is `sku`, or SKUs when a column is `sold_at`. In a wide drivers table many columns are
    `driver`, each named by its header.

    Attributes:
        role: one of core.base.columns.ROLES.
        platform: signature recognised, or "own columns".
        layout: "long" or "wide".
        fields: field of each mapped column, by column index from 0.
        date_order: "dmy", "mdy", "ymd"; empty to decide by the dates.
        decimal: "." or ","; empty to decide by the numbers.
        start_date: first day of the first numbered period column (W0, d_1), ISO; empty when headers are dates.
    """

    role: str
    platform: str
    layout: Layout
    fields: dict[int, str]
    date_order: str = ""
    decimal: str = ""
    start_date: str = ""

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
        return json.dumps(about | choices, ensure_ascii=False)


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
    layout: Layout = "wide" if facts.get("layout") == "wide" else "long"
    fields = _placed(facts["fields"], role, header)
    choices = {key: str(facts.get(key) or "") for key in ("date_order", "decimal", "start_date")}
    return TableMapping(role, str(facts.get("platform") or "own columns"), layout, fields, **choices)


def _placed(named: dict[str, Any], role: str, header: tuple[str, ...]) -> dict[int, str]:
    """Fields by column position, each name checked."""
    absent = [name for name in named if name not in header]
    if absent:
        raise MappingError(
            f"The mapping names columns the file lacks: {examples(absent)}. It has: {', '.join(header)[:200]}."
        )
    unknown = [str(field) for field in named.values() if field not in FIELDS[role]]
    if unknown:
        raise MappingError(f"A {role} table has no field {examples(unknown)}. It has: {', '.join(FIELDS[role])}.")
    return {header.index(name): str(field) for name, field in named.items()}
