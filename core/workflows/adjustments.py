"""Demand corrected by hand: a planner knows what no file says, gives the figure and the reason."""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from core.base.errors import ParameterError
from core.base.language import day
from core.base.progress import Progress, silent
from core.store import corrections
from core.store.corrections import Adjustment, Place
from core.store.workspace import Workspace
from core.workflows import datasets, handmade
from core.workflows.datasets import Dataset, current_dataset

__all__ = ["Adjustment", "adjust", "adjust_all", "adjustments", "check", "remove_adjustment"]
LONGEST_REASON = 300


def adjustments(workspace: Workspace) -> pd.DataFrame:
    """All corrections in force: sku, location, period, units, reason, created_at (UTC)."""
    return corrections.adjustments(workspace).to_pandas()


def adjust(workspace: Workspace, sku: str, location: str, period: date, units: float, reason: str) -> Dataset:
    """Set the demand of one period, whatever files and rules say, and make the clean demand anew.

    Args:
        workspace: the shop.
        sku: which series.
        location: which series.
        period: any day of the period.
        units: demand in the whole period, ≥ 0.
        reason: why, in the planner's words.

    Raises:
        NoDataError: nothing was imported yet.
        ParameterError: the series or period does not exist, units are negative, or the reason is missing.
    """
    return adjust_all(workspace, [Adjustment(sku, location, period, units, reason)])


def adjust_all(workspace: Workspace, wanted: Sequence[Adjustment], progress: Progress | None = None) -> Dataset:
    """Set the demand of several periods at once; all of them or, when one is refused, none.

    Raises:
        NoDataError: nothing was imported yet.
        ParameterError: as `adjust`.
    """
    told = progress or silent()
    dataset = current_dataset(workspace)
    checked = [_checked(dataset, each) for each in wanted]
    told.check()
    corrections.put_adjustments(workspace, checked)
    return datasets.rebuild(workspace, told.unstoppable())


def remove_adjustment(
    workspace: Workspace, sku: str, location: str, period: date, progress: Progress | None = None
) -> Dataset:
    """Take a correction back: what files and rules say counts again.

    Raises:
        ParameterError: there is no such correction.
    """
    told = progress or silent()
    told.check()
    if not corrections.drop_adjustment(workspace, Place(sku, location), period):
        raise ParameterError(
            f"A correction of {sku} at {location} for {day(period)} is expected; there is none. "
            "Choose one from the list of corrections."
        )
    return datasets.rebuild(workspace, told.unstoppable())


def check(workspace: Workspace, wanted: Adjustment) -> Adjustment:
    """The correction as it would be stored: reason trimmed, period named by its first day.

    Raises:
        NoDataError: nothing was imported yet.
        ParameterError: as `adjust`.
    """
    return _checked(current_dataset(workspace), wanted)


def _checked(dataset: Dataset, wanted: Adjustment) -> Adjustment:
    """The correction with its reason trimmed and its period named by its first day."""
    if not (math.isfinite(wanted.units) and wanted.units >= 0):
        raise ParameterError(f"Demand of 0 units or more is expected; {wanted.units:g} was given for {wanted.sku}.")
    reason = wanted.reason.strip()
    if not reason:
        raise ParameterError(f"A reason is expected with every correction; none was given for {wanted.sku}. Write one.")
    return Adjustment(
        wanted.sku, wanted.location, _period(dataset, wanted), float(wanted.units), reason[:LONGEST_REASON]
    )


def _period(dataset: Dataset, wanted: Adjustment) -> date:
    """First day of the period, which must lie inside the series.

    Raises:
        ParameterError: no such series, or the shop did not trade then, or the series had not begun.
    """
    panel = dataset.panel
    rows = (panel.skus == wanted.sku) & (panel.locations == wanted.location)
    if not rows.any():
        raise ParameterError(
            f"A SKU and location of the clean demand are expected; {wanted.sku[:80]} at {wanted.location[:80]} is "
            "none. Choose one that has sales."
        )
    place: Any = int(rows.argmax())
    start = handmade.period_of(panel, wanted.period)
    first = panel.calendar.periods[panel.starts[place]].astype(object)
    if start is None or start < first:
        raise ParameterError(
            f"A trading day from {day(first)} to the end of the period that begins {day(panel.calendar.last)} is "
            f"expected for {wanted.sku}; {day(wanted.period)} was given. Choose a day in that range on which the shop "
            "was open."
        )
    return start
