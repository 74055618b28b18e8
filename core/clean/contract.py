"""The contract of a cleaning rule, and the findings every rule reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol, runtime_checkable

from core.series.panel import Panel

LARGE_SHARE: Final = 0.20
"""Share of all units from which a rule's effect is confirmed before it is carried out."""


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

    `rows` has the columns of sales_lines and `code`. Its `upload_id` is the number of the upload, 1 = loaded first;
    `sku` is the code that counts, and `code` the one the file had where a link between codes replaced it (else NULL).
    Beside it stand `sources` (upload_id, upload, file_name), `pack_sizes` (sku, units) and `rates` (currency, rate,
    own). The text uses $name parameters from `parameters()` only.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    changes: ClassVar[tuple[str, ...]]
    """Columns besides the quantity that the rule gives new values."""

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        ...

    def findings(self) -> str:
        """SELECT upload_id, line, reason, before, after and each column of `changes` for every line it changes.

        The findings are the repair: a line with after NULL is taken out, any other gets the quantity `after` and the
        new values; lines that are not named stay as they are.
        """
        ...


@runtime_checkable
class Suspicious(Protocol):
    """A row rule that also points out what it cannot or may not repair by itself."""

    key: ClassVar[str]

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        ...

    def suspicions(self) -> str:
        """SELECT sku, location, period, units, reason of what a planner should look at; nothing is changed.

        period: ISO date or "first/last"; units: how many are concerned.
        """
        ...


class SeriesRule(Protocol):
    """Repairs demand per SKU × location × period."""

    key: ClassVar[str]
    label: ClassVar[str]

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The repaired panel and the exact difference to the given one."""
        ...
