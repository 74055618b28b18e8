"""The commands about how files meet: what matches nothing, and links between codes of one SKU."""

from argparse import Namespace
from typing import Any

import pandas as pd

from core.base.progress import Progress
from core.command.files import content_of
from core.command.writing import write
from core.report.numbers import number
from core.workflows import importing, joining, planned_drivers, supply_orders
from core.workflows.joining import LinksDone
from core.workflows.workspace import Workspace

Answer = tuple[Any, list[str]]
_SHOWN = 20
"""Rows of a list that are printed; --json prints all."""


def fit(workspace: Workspace, _chosen: Namespace, _progress: Progress) -> Answer:
    """Tell what of the files meets no sales, what sales lack, and what would probably mend it."""
    report = joining.unmatched(workspace)
    tables = {name: getattr(report, name) for name in ("roles", "unmatched", "lacking", "suggestions")}
    unmet = report.roles[report.roles["unmet"] > 0]
    lines = [
        f"{row['role']}: {row['unmet']:,} of {row['keys']:,} keys ({row['kind']}) meet no sales."
        for row in unmet.to_dict("records")
    ]
    lines += [f"{count:,} sold keys lack {lacks}." for lacks, count in report.lacking["lacks"].value_counts().items()]
    lines += [
        f"Perhaps {row['old']} is {row['new']} ({row['kind']}, {row['confidence']:.0%}): {row['reason']}"
        for row in report.suggestions.head(_SHOWN).to_dict("records")
    ]
    return {name: _rows(table) for name, table in tables.items()}, lines or ["Everything the files name meets sales."]


def links(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """List the links in force, after those of a file were made or one was taken back.

    Raises:
        FileFormatError: there is no such file.
    """
    told: list[str] = []
    if chosen.file is not None:
        told += _told(joining.import_links(workspace, chosen.file.name, content_of(chosen.file), progress))
    if chosen.remove:
        joining.unlink(workspace, chosen.remove, progress)
        told.append(f"{chosen.remove} counts by itself again.")
    table = joining.links(workspace)
    if chosen.out is not None:
        write(chosen.out, table[["old_sku", "new_sku", "factor", "reason"]], "Links")
    lines = [f"{len(table):,} links in force."]
    lines += [
        f"{row['old_sku']} counts as {number(row['factor'], 3)} × {row['new_sku']}. {row['reason']}".rstrip()
        for row in table.to_dict("records")
    ]
    return {"links": _rows(table), "notes": told}, [*told, *lines]


def link(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Let one code count as another SKU."""
    done = joining.link(workspace, chosen.old, chosen.new, chosen.factor, chosen.reason, progress)
    return {"changed": done.changed, "rebuilt": done.rebuilt, "notes": list(done.notes)}, _told(done)


def orders(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Name orders that the newest list of open orders leaves out, after they were settled if asked for."""
    found = supply_orders.left_open(workspace)
    if found is None:
        return {"left_open": [], "settled": False}, ["No order was left open."]
    settled = chosen.arrived or chosen.cancelled
    if settled:
        wanted = supply_orders.settling(workspace, found, arrived=chosen.arrived)
        importing.import_tables(workspace, wanted, progress=progress)
    done = f"Orders no longer awaited: {len(found.lines):,}." if settled else found.sentence()
    return {"left_open": _rows(found.lines), "settled": settled}, [done]


def coverage(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Tell how much the drivers and stock reports say, after some drivers were marked as known ahead or not."""
    wanted = dict.fromkeys(chosen.known_ahead, True) | dict.fromkeys(chosen.past_only, False)
    if wanted:
        planned_drivers.mark(workspace, wanted, progress)
    proposed = {each.name for each in planned_drivers.markable(workspace) if each.proposed}
    table = joining.coverage(workspace)
    lines = [
        f"{row['driver']} ({row['source']}): {row['share']:.0%} of SKU-periods, {row['skus']:,} SKUs"
        + (", known ahead." if row["known_ahead"] else ".")
        + (" Its file has days after the last sale: mark it with --known-ahead?" if row["driver"] in proposed else "")
        for row in table.to_dict("records")
    ]
    return _rows(table.assign(proposed=table["driver"].isin(proposed))), lines or ["There are no drivers yet."]


def _told(done: LinksDone) -> list[str]:
    return [f"{done.changed:,} links changed.", *done.notes]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain values, missing ones as None, which JSON can say."""
    plain = table.astype(object).where(table.notna(), None)
    return [{str(name): _plain(value) for name, value in row.items()} for row in plain.to_dict("records")]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
