"""Runs the row rules of a cleaning recipe over the imported sales lines and adds them up per period.

Everything happens in temporary tables of one cursor; the imported lines are never changed. After a run the temporary
table `cleaned_lines` holds the repaired lines until the next run or the end of the cursor.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, Protocol

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from core.base.calendar import Frequency
from core.base.errors import NoDataError
from core.base.language import _
from core.store.settings import settings_on
from core.store.sql import Cursor, arrow, load
from core.store.workspace import Workspace

EXAMPLES: Final = 200
ALL: Final = 9_223_372_036_854_775_807
REWRITTEN_SHARE: Final = 0.2
"""Share of lines from which writing all of them anew is faster than changing them in place."""
LINKED: Final = "linked"
"""The rule named in findings about codes that count as another."""
RELATIONS: Final = ("sources", "links", "pack_sizes", "rates", "rows")
"""What every rule may read, in the order of making."""
NO_FINDINGS: Final = pa.schema(
    [("rule", pa.string()), ("sku", pa.string()), ("location", pa.string()), ("period", pa.string()),
     ("before_units", pa.float64()), ("after_units", pa.float64()), ("reason", pa.string()), ("line", pa.string()),
     ("cells", pa.int64())]
)  # fmt: skip
"""Columns of every table of findings, as the store keeps them; cells: lines or SKU-periods that one changed."""


class RowStep(Protocol):
    """What the store must know of a row rule: its name and its SQL over the relation `rows`."""

    key: ClassVar[str]
    label: ClassVar[str]
    changes: ClassVar[tuple[str, ...]]
    """Columns besides the quantity that the rule gives new values."""

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        ...

    def findings(self) -> str:
        """SELECT upload_id, line, reason, before, after and the new values for every line changed or removed."""
        ...


class Suspect(Protocol):
    """A row rule that points out what it does not repair by itself."""

    key: ClassVar[str]

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        ...

    def suspicions(self) -> str:
        """SELECT sku, location, period, units, reason."""
        ...


@dataclass(frozen=True, slots=True)
class Asking:
    """Rules nobody has confirmed: those that would move more than `share` of all units are held back.

    Attributes:
        rules: their keys.
        share: fraction of the units, whatever their sign, that the rule finds.
    """

    rules: frozenset[str] = frozenset()
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What one rule did to the lines, or would do where it was held back.

    Attributes:
        rule, label: key and name of the rule.
        removed, changed: lines left out; lines with another quantity or price.
        units_before, units_after: sum of the quantities before and after, returns counted negative.
        units_moved: units taken off or put on, whatever the sign.
        gross_units: units the rule finds, whatever their sign.
        held_back: the rule moves so much that it waits to be confirmed; the lines stayed as they were.
    """

    rule: str
    label: str
    removed: int
    changed: int
    units_before: float
    units_after: float
    units_moved: float
    gross_units: float = 0.0
    held_back: bool = False

    @property
    def share(self) -> float | None:
        """Units moved as a fraction of all units, whatever their sign; None when there are none."""
        return self.units_moved / self.gross_units if self.gross_units > 0 else None


@dataclass(frozen=True, slots=True, eq=False)
class RowCleaning:
    """The outcome of a chain of row rules.

    Attributes:
        outcomes: one per rule, in the order run.
        findings: one row per line changed and per linked code, columns rule … line; empty when not asked for.
        suspicions: what the rules point out and leave alone; same columns, before and after equal.
        lines_before, lines_after: number of lines.
        units_before, units_after: sum of the quantities.
    """

    outcomes: tuple[RuleOutcome, ...]
    findings: pa.Table
    lines_before: int
    lines_after: int
    units_before: float
    units_after: float
    suspicions: pa.Table = field(default_factory=NO_FINDINGS.empty_table)

    @property
    def held_back(self) -> tuple[RuleOutcome, ...]:
        """Rules that wait to be confirmed."""
        return tuple(outcome for outcome in self.outcomes if outcome.held_back)


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


@dataclass(frozen=True, slots=True)
class _Size:
    """Lines in `rows`, the sum of their quantities, and the same whatever the sign."""

    lines: int
    units: float
    gross: float


def run_row_rules(
    cursor: Cursor,
    steps: Sequence[RowStep],
    *,
    keep_findings: bool = True,
    asking: Asking | None = None,
    suspects: Sequence[Suspect] = (),
) -> RowCleaning:
    """Repair the imported sales lines rule by rule and leave them in the temporary table `cleaned_lines`.

    Args:
        cursor: of the workspace; the temporary tables live as long as it does.
        steps: the rules in order.
        keep_findings: whether to list every line changed.
        asking: which rules wait to be confirmed when they move much; without it, none does.
        suspects: rules asked at the end what they cannot repair; they need not be among the steps.
    """
    before = size = _start(cursor)
    outcomes, findings = [], [_linked(cursor) if keep_findings else NO_FINDINGS.empty_table()]
    for step in steps:
        outcome, size = _carried_out(cursor, step, size, asking or Asking())
        if keep_findings and not outcome.held_back and outcome.removed + outcome.changed:
            findings.append(_findings(cursor, step.key, ALL))
        _follow(cursor, step, outcome, size)
        outcomes.append(outcome)
    suspicions = [_suspicions(cursor, suspect) for suspect in suspects]
    after = _size(cursor)
    _finish(cursor)
    return RowCleaning(
        outcomes=tuple(outcomes),
        findings=pa.concat_tables(findings),
        lines_before=before.lines,
        lines_after=after.lines,
        units_before=before.units,
        units_after=after.units,
        suspicions=pa.concat_tables([NO_FINDINGS.empty_table(), *suspicions]),
    )


def preview(
    cursor: Cursor, rule: RowStep, recipe_so_far: Sequence[RowStep], *, asking: Asking | None = None
) -> Preview:
    """What the rule would do after the rules of the recipe so far; lines cleaned before stay as they are."""
    size = _start(cursor)
    for step in recipe_so_far:
        done, size = _carried_out(cursor, step, size, asking or Asking())
        _follow(cursor, step, done, size)
    outcome, _after = _carried_out(cursor, rule, size, Asking())
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
    try:
        table = arrow(cursor, "clean_units", {"frequency": frequency.value, "week_starts_on": week_starts_on})
    except duckdb.CatalogException as missing:
        raise NoDataError(
            "Cleaned sales lines are expected; none were cleaned yet. Run the cleaning rules first."
        ) from missing
    return PeriodUnits(table.drop_columns(["excess"]), _excess_findings(table))


def currency_key(workspace: Workspace) -> str:
    """The shop's currency as chosen, where sales lines name currencies, for the key of a dataset; else ""."""
    with workspace.cursor() as cursor:
        chosen = cursor.execute(load("clean_currency")).fetchone()
    return f"/{chosen[0]}" if chosen else ""


def line_counts(cursor: Cursor) -> dict[str, int]:
    """Counts over all imported sales lines that the data-quality report is made of."""
    result = cursor.execute(load("clean_line_counts"))
    names = [column[0] for column in result.description]
    return dict(zip(names, result.fetchall()[0], strict=True))


def _start(cursor: Cursor) -> _Size:
    """Make the relations the rules read; those of an earlier run go."""
    for left_over in (*RELATIONS, "changes"):
        cursor.execute(f"DROP TABLE IF EXISTS {left_over}")
    for name in RELATIONS:
        bound = {"own": settings_on(cursor).currency} if name == "rates" else {}
        cursor.execute(f"CREATE TEMP TABLE {name} AS {load(f'clean_{name}')}", bound)
    return _size(cursor)


def _finish(cursor: Cursor) -> None:
    cursor.execute("DROP TABLE IF EXISTS cleaned_lines")
    cursor.execute("ALTER TABLE rows RENAME TO cleaned_lines")
    cursor.execute("DROP TABLE IF EXISTS changes")


def _size(cursor: Cursor) -> _Size:
    sums = "SELECT count(*), coalesce(sum(quantity), 0), coalesce(sum(abs(quantity)), 0) FROM rows"
    return _Size(*cursor.execute(sums).fetchall()[0])


def _carried_out(cursor: Cursor, step: RowStep, size: _Size, asking: Asking) -> tuple[RuleOutcome, _Size]:
    """Put the findings of a rule into the temporary table `changes`; what it comes to, and the size after it."""
    sql = f"CREATE OR REPLACE TEMP TABLE changes AS {step.findings()}"
    cursor.execute(sql, _bound(step.parameters(), sql))
    removed, changed, change, moved, gross = cursor.execute(load("clean_totals")).fetchall()[0]
    outcome = RuleOutcome(step.key, step.label, removed, changed, size.units, size.units + change, moved, size.gross)
    if step.key in asking.rules and (outcome.share or 0.0) > asking.share:
        return replace(outcome, units_after=size.units, held_back=True), size
    return outcome, _Size(size.lines - removed, size.units + change, size.gross + gross)


def _findings(cursor: Cursor, rule: str, at_most: int) -> pa.Table:
    table = arrow(cursor, "clean_findings", {"rule": rule, "at_most": at_most})
    return table.cast(NO_FINDINGS)


def _linked(cursor: Cursor) -> pa.Table:
    plain = _("{} lines of “{}” count as “{}”, to which the code is linked")
    times = _("{} lines of “{}” count as {:g} × “{}”, to which the code is linked")
    table = arrow(cursor, "clean_linked", {"rule": LINKED, "plain": plain, "times": times})
    return table.cast(NO_FINDINGS)


def _suspicions(cursor: Cursor, suspect: Suspect) -> pa.Table:
    sql = (
        "SELECT $rule AS rule, sku, location, period, units AS before_units, units AS after_units, reason, '' AS line, "  # noqa: S608 - fixed texts
        f"0 AS cells FROM ({suspect.suspicions()}) ORDER BY abs(units) DESC, sku, location, period"
    )
    bound = _bound({**suspect.parameters(), "rule": suspect.key}, sql)
    return cursor.sql(sql, params=bound).to_arrow_table().cast(NO_FINDINGS)


def _follow(cursor: Cursor, step: RowStep, outcome: RuleOutcome, size: _Size) -> None:
    """Bring `rows` to what the rule's findings say, with as little rewriting as they allow."""
    if outcome.held_back:
        return
    if outcome.removed:
        cursor.execute(load("clean_remove"))
    if outcome.changed > REWRITTEN_SHARE * size.lines:
        _rewrite(cursor, step.changes)
    elif outcome.changed:
        news = ", ".join(["quantity = changes.after", *(f"{name} = changes.{name}" for name in step.changes)])
        same = "rows.upload_id = changes.upload_id AND rows.line = changes.line AND changes.after IS NOT NULL"
        cursor.execute(f"UPDATE rows SET {news} FROM changes WHERE {same}")  # noqa: S608 - the rules' own names


def _rewrite(cursor: Cursor, columns: Sequence[str]) -> None:
    """Write all of `rows` anew with the values of `changes`."""
    pairs = [("quantity", "after"), *((name, name) for name in columns)]
    news = ", ".join(
        f"CASE WHEN changes.line IS NULL THEN rows.{name} ELSE changes.{new} END AS {name}" for name, new in pairs
    )
    same = "rows.upload_id = changes.upload_id AND rows.line = changes.line AND changes.after IS NOT NULL"
    sql = f"SELECT rows.* REPLACE ({news}) FROM rows LEFT JOIN changes ON {same}"  # noqa: S608 - the rules' own names
    cursor.execute(f"CREATE TEMP TABLE repaired AS {sql}")
    cursor.execute("DROP TABLE rows")
    cursor.execute("ALTER TABLE repaired RENAME TO rows")


def _bound(values: Mapping[str, Any], sql: str) -> dict[str, Any]:
    """The values that this text uses; DuckDB refuses others."""
    used = set(re.findall(r"\$([a-z]\w*)", sql))
    return {name: value for name, value in values.items() if name in used}


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
        # the lines that came back are found one by one beside it
        "cells": pa.array([0] * excess.num_rows, pa.int64()),
    }
    return pa.table(columns).cast(NO_FINDINGS)
