"""The commands by which a planner decides: demand corrected by hand or in stock-outs, like-items, pinned methods."""

from argparse import Namespace
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from core.base.errors import ParameterError
from core.base.progress import Progress
from core.workflows import adjustments, like_items, pinning, stock_outs
from core.workflows.adjustments import Adjustment
from core.workflows.pinning import Pin
from core.workflows.workspace import Workspace

Answer = tuple[Any, list[str]]
AS_RULE: Final = "as-rule"


def correct(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Set the demand of one period by hand, or take that back; without arguments only list what was set."""
    if chosen.take_back:
        sku, day = _arguments(chosen.what, ("SKU", "DAY"))
        adjustments.remove_adjustment(workspace, sku, chosen.location, day_of(day), progress)
    elif chosen.what:
        sku, day, units = _arguments(chosen.what, ("SKU", "DAY", "UNITS"))
        wanted = Adjustment(sku, chosen.location, day_of(day), _units(units), chosen.reason)
        adjustments.adjust_all(workspace, [wanted], progress)
    table = adjustments.adjustments(workspace)
    rows = [
        {"sku": sku, "location": location, "period": f"{period:%Y-%m-%d}", "units": units, "reason": reason}
        for sku, location, period, units, reason in table.iloc[:, :5].itertuples(index=False)
    ]
    lines = [
        f"{row['sku']} at {row['location']}, {row['period']}: {row['units']:g} units. {row['reason']}" for row in rows
    ]
    return rows, lines or ["Nothing was corrected by hand."]


def like(workspace: Workspace, chosen: Namespace, _progress: Progress) -> Answer:
    """Forecast one SKU like another, propose likes for one, or take that back; then list what was chosen."""
    if chosen.take_back:
        like_items.take_back(workspace, *_arguments(chosen.what, ("SKU",)))
    elif len(chosen.what) == 1:
        table = like_items.proposals(workspace, chosen.what[0])
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        lines = [f"{row['like_sku']} {row['product_name']} ({row['likeness']:.0%}): {row['reason']}" for row in rows]
        return rows, lines or [f"Nothing is known of {chosen.what[0]} that other SKUs could be compared with."]
    elif chosen.what:
        sku, like_sku = _arguments(chosen.what, ("SKU", "LIKE"))
        like_items.choose(workspace, sku, like_sku, chosen.multiplier, chosen.reason)
    table = like_items.like_items(workspace)[["sku", "like_sku", "multiplier", "reason"]]
    rows = table.to_dict("records")
    lines = [f"{row['sku']} is forecast as {row['multiplier']:g} × {row['like_sku']}. {row['reason']}" for row in rows]
    return rows, lines or ["No SKU is forecast like another one."]


def pin(workspace: Workspace, chosen: Namespace, _progress: Progress) -> Answer:
    """Pin a method for a part of the shop, or take that back; then list what is pinned."""
    if chosen.take_off:
        pinning.unpin(workspace, *_arguments(chosen.what, ("CUT", "NAME")))
    elif chosen.what:
        pinning.pin(workspace, Pin(*_arguments(chosen.what, ("CUT", "NAME", "METHOD"))))
    found = pinning.pins_of(workspace)
    lines = [f"{each.dimension} {each.segment} is forecast by {each.model}." for each in found]
    return [asdict(each) for each in found], lines or ["No method is pinned."]


def _arguments(given: list[str], names: tuple[str, ...]) -> list[str]:
    if len(given) != len(names):
        raise ParameterError(f"{' '.join(names)} are expected; {len(given):,} arguments were given. Try --help.")
    return given


def day_of(text: str) -> date:
    """A day as it is typed.

    Raises:
        ParameterError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise ParameterError(f"A day such as 2026-03-31 is expected; {text[:40]!r} was given.") from wrong


def _units(text: str) -> float:
    try:
        return float(text)
    except ValueError as wrong:
        raise ParameterError(f"A number of units is expected; {text[:40]!r} was given.") from wrong


def stock_out_demand(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Estimate the demand of stock-outs or leave it unknown, for all SKUs or for one."""
    choice = stock_outs.AS_RULE if chosen.choice == AS_RULE else chosen.choice
    if chosen.sku:
        stock_outs.choose_all(workspace, {(chosen.sku, chosen.location): choice}, progress)
        return {"sku": chosen.sku, "choice": chosen.choice}, [f"{chosen.sku}: {chosen.choice}."]
    if choice == stock_outs.AS_RULE:
        raise ParameterError("Name a SKU with --sku: for all SKUs it is either estimate or leave.")
    stock_outs.switch(workspace, estimate=choice == stock_outs.ESTIMATE, progress=progress)
    return {"sku": None, "choice": chosen.choice}, [f"All SKUs without a choice of their own: {chosen.choice}."]
