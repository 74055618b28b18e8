"""The contract of a cleaning rule, and the findings every rule reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class Finding:
    """One change a rule made or would make.

    Attributes:
        rule: key of the rule.
        sku, location: what it concerns.
        period: ISO date, or "" when it concerns a line without a date.
        before, after: units before and after; None = not observed or line removed.
        reason: a sentence for the planner.
        line: "file name:line" for row rules, "" for series rules.
        periods: how many periods the change covers; with more than one, `period` is "first/last" of them.
    """

    rule: str
    sku: str
    location: str
    period: str
    before: float | None
    after: float | None
    reason: str
    line: str = ""
    periods: int = 1


class RowRule(Protocol):
    """Repairs imported sales lines with SQL over the relation `rows`; the store runs it, out of core.

    `rows` has the columns of sales_lines plus `file_name`. Both texts use $name parameters from `parameters()` only.
    """

    key: ClassVar[str]
    label: ClassVar[str]

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        ...

    def repaired(self) -> str:
        """SELECT giving the rows after the repair: same columns, same order, (upload_id, line) still unique."""
        ...

    def findings(self) -> str:
        """SELECT upload_id, line, reason, before, after for every row changed or removed (after NULL = removed)."""
        ...


class SeriesRule(Protocol):
    """Repairs demand per SKU × location × period."""

    key: ClassVar[str]
    label: ClassVar[str]

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The repaired panel and the exact difference to the given one."""
        ...
