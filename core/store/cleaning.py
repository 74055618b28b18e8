"""Runs the row rules of a cleaning recipe over the imported sales lines and adds them up per period.

Everything happens in temporary tables of one cursor; the imported lines are never changed. After a run the temporary
table `cleaned_lines` holds the repaired lines until the next run or the end of the cursor.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from core.base.calendar import Frequency
from core.base.errors import NoDataError
from core.base.language import _
from core.store.sql import Cursor, arrow, load

EXAMPLES: Final = 200
ALL: Final = 9_223_372_036_854_775_807
USUAL_SHARE: Final = 0.95
NO_FINDINGS: Final = pa.schema(
    [("rule", pa.string()), ("sku", pa.string()), ("location", pa.string()), ("period", pa.string()),
     ("before_units", pa.float64()), ("after_units", pa.float64()), ("reason", pa.string()), ("line", pa.string())]
)  # fmt: skip
"""Columns of every table of findings, as the store keeps them."""


class RowStep(Protocol):
    """What the store must know of a row rule: its name and its SQL over the relation `rows`."""

    key: ClassVar[str]
    label: ClassVar[str]

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        ...

    def repaired(self) -> str:
        """SELECT giving the rows after the repair."""
        ...

    def findings(self) -> str:
        """SELECT upload_id, line, reason, before, after for every row changed or removed."""
        ...


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What one rule did to the lines.

    Attributes:
        rule, label: key and name of the rule.
        removed, changed: lines left out; lines with another quantity or price.
        units_before, units_after: sum of the quantities before and after, returns counted negative.
        units_moved: units taken off or put on, whatever the sign.
    """

    rule: str
    label: str
    removed: int
    changed: int
    units_before: float
    units_after: float
    units_moved: float


@dataclass(frozen=True, slots=True, eq=False)
class RowCleaning:
    """The outcome of a chain of row rules.

    Attributes:
        outcomes: one per rule, in the order run.
        findings: one row per line changed, columns rule … line; empty when they were not asked for.
        lines_before, lines_after: number of lines.
        units_before, units_after: sum of the quantities.
    """

    outcomes: tuple[RuleOutcome, ...]
    findings: pa.Table
    lines_before: int
    lines_after: int
    units_before: float
    units_after: float


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What a rule would do, without doing it: its outcome and up to 200 findings, the largest first."""

    outcome: RuleOutcome
    examples: pa.Table


@dataclass(frozen=True, slots=True, eq=False)
class PeriodUnits:
    """Cleaned lines added up.

    Attributes:
        table: sku, location, period, units, imported_units, returned_units, revenue, sorted by the first three.
            units NULL: lines were imported for the period but no sale is left; it counts like a period without lines.
        findings: periods in which more came back than was sold, so that demand was set to 0.
    """

    table: pa.Table
    findings: pa.Table


def run_row_rules(cursor: Cursor, steps: Sequence[RowStep], *, keep_findings: bool = True) -> RowCleaning:
    """Repair the imported sales lines rule by rule and leave them in the temporary table `cleaned_lines`."""
    _start(cursor)
    lines_before, units_before = _size(cursor)
    units = units_before
    outcomes, findings = [], [NO_FINDINGS.empty_table()]
    for step in steps:
        outcome = _find(cursor, step, units)
        if keep_findings:
            findings.append(_findings(cursor, step.key, ALL))
        _follow(cursor, step, outcome)
        units = outcome.units_after
        outcomes.append(outcome)
    lines_after, units_after = _size(cursor)
    _finish(cursor)
    return RowCleaning(
        tuple(outcomes), pa.concat_tables(findings), lines_before, lines_after, units_before, units_after
    )


def preview(cursor: Cursor, rule: RowStep, recipe_so_far: Sequence[RowStep]) -> Preview:
    """What the rule would do after the rules of the recipe so far; lines cleaned before stay as they are."""
    _start(cursor)
    _lines, units = _size(cursor)
    for step in recipe_so_far:
        done = _find(cursor, step, units)
        _follow(cursor, step, done)
        units = done.units_after
    outcome = _find(cursor, rule, units)
    examples = _findings(cursor, rule.key, EXAMPLES)
    cursor.execute("DROP TABLE rows")
    cursor.execute("DROP TABLE changes")
    return Preview(outcome, examples)


def period_units(cursor: Cursor, frequency: Frequency, *, week_starts_on: int = 0) -> PeriodUnits:
    """Units per SKU, location and period of the lines cleaned last, never below 0.

    Args:
        cursor: the cursor on which run_row_rules ran.
        frequency: length of a period; a period is named by its first day.
        week_starts_on: first weekday of a week, Monday = 0.

    Raises:
        NoDataError: no lines were cleaned on this cursor yet.
    """
    _require_cleaned(cursor)
    table = arrow(cursor, "clean_units", {"frequency": frequency.value, "week_starts_on": week_starts_on})
    return PeriodUnits(table.drop_columns(["excess"]), _excess_findings(table))


def unusual_codes(cursor: Cursor) -> pa.Table:
    """SKUs left after cleaning whose codes look unlike nearly all others: sku, product_name, lines, units.

    They are only pointed out: a code may look odd and still be a product.
    """
    _require_cleaned(cursor)
    return arrow(cursor, "clean_unusual_codes", {"share": USUAL_SHARE})


def line_counts(cursor: Cursor) -> dict[str, int]:
    """Counts over all imported sales lines that the data-quality report is made of."""
    result = cursor.execute(load("clean_line_counts"))
    names = [column[0] for column in result.description]
    return dict(zip(names, result.fetchall()[0], strict=True))


def _start(cursor: Cursor) -> None:
    for left_over in ("rows", "changes"):
        cursor.execute(f"DROP TABLE IF EXISTS {left_over}")
    cursor.execute(f"CREATE TEMP TABLE rows AS {load('clean_rows')}")


def _finish(cursor: Cursor) -> None:
    cursor.execute("DROP TABLE IF EXISTS cleaned_lines")
    cursor.execute("ALTER TABLE rows RENAME TO cleaned_lines")
    cursor.execute("DROP TABLE IF EXISTS changes")


def _size(cursor: Cursor) -> tuple[int, float]:
    """Lines and units in `rows`."""
    lines, units = cursor.execute("SELECT count(*), coalesce(sum(quantity), 0) FROM rows").fetchall()[0]
    return lines, units


def _find(cursor: Cursor, step: RowStep, units: float) -> RuleOutcome:
    """Put the findings of a rule into the temporary table `changes` and count them."""
    sql = f"CREATE OR REPLACE TEMP TABLE changes AS {step.findings()}"
    cursor.execute(sql, _bound(step, sql))
    removed, changed, change, moved = cursor.execute(load("clean_totals")).fetchall()[0]
    return RuleOutcome(step.key, step.label, removed, changed, units, units + change, moved)


def _findings(cursor: Cursor, rule: str, at_most: int) -> pa.Table:
    table = arrow(cursor, "clean_findings", {"rule": rule, "at_most": at_most})
    return table.cast(NO_FINDINGS)


def _follow(cursor: Cursor, step: RowStep, outcome: RuleOutcome) -> None:
    """Bring `rows` to what the rule's repair gives, with as little rewriting as its findings allow."""
    if outcome.changed:
        _repair(cursor, step)
    elif outcome.removed:
        # Findings are the exact difference, so where lines only go, deleting them is the repair.
        cursor.execute(load("clean_remove"))


def _repair(cursor: Cursor, step: RowStep) -> None:
    sql = f"CREATE TEMP TABLE repaired AS {step.repaired()}"
    cursor.execute(sql, _bound(step, sql))
    cursor.execute("DROP TABLE rows")
    cursor.execute("ALTER TABLE repaired RENAME TO rows")


def _bound(step: RowStep, sql: str) -> dict[str, Any]:
    """The rule's parameters that this text uses; DuckDB refuses others."""
    used = set(re.findall(r"\$(\w+)", sql))
    return {name: value for name, value in step.parameters().items() if name in used}


def _require_cleaned(cursor: Cursor) -> None:
    found = cursor.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'cleaned_lines'").fetchall()
    if found[0][0] == 0:
        raise NoDataError("Cleaned sales lines are expected; none were cleaned yet. Run the cleaning rules first.")


def _excess_findings(table: pa.Table) -> pa.Table:
    """Findings for periods in which more came back than was sold."""
    excess = table.filter(pc.greater(table["excess"], 0.0))
    reason = _("More units came back than were sold in this period; demand cannot be below 0")
    columns = {
        "rule": pa.array(["returns"] * excess.num_rows, pa.string()),
        "sku": excess["sku"],
        "location": excess["location"],
        "period": excess["period"].cast(pa.string()),
        "before_units": pc.negate(excess["excess"]),
        "after_units": excess["units"],
        "reason": pa.array([reason] * excess.num_rows, pa.string()),
        "line": pa.array([""] * excess.num_rows, pa.string()),
    }
    return pa.table(columns).cast(NO_FINDINGS)
