"""Data quality: five dimensions with a score and its reason, and the issues ranked by the units they affect.

Each score is the share of what was checked that was in order, times 100, so that it can be recomputed by hand.

Source:
    DAMA UK 2013, The six primary dimensions for data quality assessment (accuracy left out: it needs the real world).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.calendar import TradingCalendar
from core.base.language import _, day
from core.series.panel import Panel

COMPLETENESS: Final = "completeness"
VALIDITY: Final = "validity"
UNIQUENESS: Final = "uniqueness"
CONSISTENCY: Final = "consistency"
TIMELINESS: Final = "timeliness"


@dataclass(frozen=True, slots=True)
class LineCounts:
    """What was counted over the imported sales lines.

    Attributes:
        lines: lines imported.
        refused_lines: lines set aside at import because they could not be read.
        duplicate_lines: lines that repeat another.
        lines_without_price: lines with no price.
        bad_price_lines: lines priced at zero or below.
        comparable_lines: lines that state price and amount.
        contradicting_lines: of these, lines whose amount is not quantity × price.
    """

    lines: int
    refused_lines: int = 0
    duplicate_lines: int = 0
    lines_without_price: int = 0
    bad_price_lines: int = 0
    comparable_lines: int = 0
    contradicting_lines: int = 0


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of data quality.

    Attributes:
        key: e.g. "completeness".
        label: in the language in use.
        score: 0 to 100, None where it cannot be known.
        reason: one sentence with the figures behind the score, or why there is none.
    """

    key: str
    label: str
    score: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class RuleTotal:
    """What one rule found: lines or periods, and the units it moved."""

    rule: str
    label: str
    cells: int
    units: float


@dataclass(frozen=True, slots=True)
class Issue:
    """One kind of problem found.

    Attributes:
        rule: key of the rule that found it.
        label: in the language in use.
        cells: lines or periods concerned.
        units: units moved.
        share: units moved as a share of all units imported, None when nothing was imported.
    """

    rule: str
    label: str
    cells: int
    units: float
    share: float | None


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Scores per dimension, and issues with the most units first."""

    dimensions: tuple[Dimension, ...]
    issues: tuple[Issue, ...]

    @property
    def score(self) -> float | None:
        """Mean of the dimensions that have a score, 0 to 100."""
        known = [dimension.score for dimension in self.dimensions if dimension.score is not None]
        return sum(known) / len(known) if known else None


def assess(
    counts: LineCounts, panel: Panel, totals: Sequence[RuleTotal], units: float, as_of: np.datetime64 | None = None
) -> QualityReport:
    """The data-quality report.

    Args:
        counts: figures of the imported lines.
        panel: demand after cleaning.
        totals: what each rule found.
        units: units imported, against which the issues are measured.
        as_of: the day for which the data should be up to date; None leaves timeliness open.
    """
    dimensions = (
        completeness(panel),
        validity(counts),
        uniqueness(counts),
        consistency(counts),
        timeliness(panel.calendar, as_of),
    )
    found = [
        Issue(total.rule, total.label, total.cells, total.units, total.units / units if units > 0 else None)
        for total in totals
        if total.cells > 0
    ]
    return QualityReport(dimensions, tuple(sorted(found, key=lambda issue: (-issue.units, -issue.cells, issue.rule))))


def completeness(panel: Panel) -> Dimension:
    """Share of SKU-periods whose demand is known."""
    label, cells = _("Completeness"), len(panel.values)
    if cells == 0:
        return Dimension(COMPLETENESS, label, None, _("There are no sales yet."))
    unknown = int(np.isnan(panel.values).sum())
    out = int((panel.censored & ~np.isnan(panel.values)).sum())
    reason = _("Of %(cells)s SKU-periods, %(unknown)s were not observed and %(out)s were out of stock.")
    shown = {"cells": f"{cells:,}", "unknown": f"{unknown:,}", "out": f"{out:,}"}
    return Dimension(COMPLETENESS, label, _score(unknown + out, cells), reason % shown)


def validity(counts: LineCounts) -> Dimension:
    """Share of the lines of the files that could be read and have a price above zero, or none."""
    label, lines = _("Validity"), counts.lines + counts.refused_lines
    if lines == 0:
        return Dimension(VALIDITY, label, None, _("There are no sales yet."))
    reason = _("Of %(lines)s lines, %(refused)s could not be read and %(bad)s are priced at zero or below.")
    shown = {"lines": f"{lines:,}", "refused": f"{counts.refused_lines:,}", "bad": f"{counts.bad_price_lines:,}"}
    return Dimension(VALIDITY, label, _score(counts.refused_lines + counts.bad_price_lines, lines), reason % shown)


def uniqueness(counts: LineCounts) -> Dimension:
    """Share of the lines that say something new."""
    label = _("Uniqueness")
    if counts.lines == 0:
        return Dimension(UNIQUENESS, label, None, _("There are no sales yet."))
    reason = _("Of %(lines)s lines, %(repeated)s repeat another line.")
    shown = {"lines": f"{counts.lines:,}", "repeated": f"{counts.duplicate_lines:,}"}
    return Dimension(UNIQUENESS, label, _score(counts.duplicate_lines, counts.lines), reason % shown)


def consistency(counts: LineCounts) -> Dimension:
    """Share of the lines stating price and amount in which the two agree."""
    label = _("Consistency")
    if counts.comparable_lines == 0:
        reason = _("No line states both price and amount, so they cannot be compared.")
        return Dimension(CONSISTENCY, label, None, reason)
    reason = _("Of %(lines)s lines with price and amount, %(bad)s have an amount other than quantity × price.")
    shown = {"lines": f"{counts.comparable_lines:,}", "bad": f"{counts.contradicting_lines:,}"}
    return Dimension(CONSISTENCY, label, _score(counts.contradicting_lines, counts.comparable_lines), reason % shown)


def timeliness(calendar: TradingCalendar, as_of: np.datetime64 | None) -> Dimension:
    """How much of the horizon one wants to see ahead has already passed since the last period with sales."""
    label = _("Timeliness")
    if as_of is None:
        return Dimension(TIMELINESS, label, None, _("The day for which the data should be up to date is not known."))
    if len(calendar) == 0:
        return Dimension(TIMELINESS, label, None, _("There are no sales yet."))
    horizon = calendar.frequency.default_horizon
    # Only periods that have ended by then can be missing.
    complete = calendar.following(horizon + 1)
    late = int((complete[1:] <= as_of).sum())
    reason = _("The last period with sales is %(last)s; %(late)s full periods since then are missing.")
    shown = {"last": day(calendar.last), "late": f"{late}" if late < horizon else _("%d or more") % horizon}
    return Dimension(TIMELINESS, label, _score(late, horizon), reason % shown)


def _score(wrong: int, checked: int) -> float:
    """100 × the share in order."""
    return 100.0 * max(0.0, 1.0 - wrong / checked)
