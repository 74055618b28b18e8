"""Who bought in which group of sales, and which groupings have been handed out before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import pandas as pd

from core.store.clock import now
from core.store.sql import Cursor, load
from core.store.workspace import Workspace

_SETTING: Final = "anonymous_exports"
_TIMES: Final = ("day", "week", "month")
_OTHERS: Final = ("location", "channel", "category", "sku")


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A grouping that left the program.

    Attributes:
        columns: what was grouped by.
        k: persons that every group had at least.
        uploads: the sales it was made from: lines and units per upload.
        at: when, UTC, ISO.
    """

    columns: tuple[str, ...]
    k: int
    uploads: Mapping[str, tuple[int, float]]
    at: str


def persons_by_group(workspace: Workspace, columns: Sequence[str]) -> pd.DataFrame:
    """Sales per group, upload and person.

    Args:
        workspace: the store.
        columns: what to group by, as in `core.report.anonymous.GROUPINGS`.

    Returns:
        The columns, then `upload_id`, `customer` (pseudonym; None where nobody knows), `order_id` (where there is no
        customer), `lines`, `units` and `revenue`.
    """
    time = next((name for name in columns if name in _TIMES), "")
    wanted: dict[str, str | bool] = {name: name in columns for name in _OTHERS}
    with workspace.cursor() as cursor:
        found = cursor.execute(load("persons_by_group"), wanted | {"time": time or "day", "timed": bool(time)}).df()
    rows = found.rename(columns={"moment": time} if time else {})
    return rows[[*columns, "upload_id", "customer", "order_id", "lines", "units", "revenue"]]


def sales_by_upload(workspace: Workspace) -> dict[str, tuple[int, float]]:
    """Lines and units of every upload with sales: what tells the same data from changed ones."""
    with workspace.cursor() as cursor:
        return {key: (int(n), float(units)) for key, n, units in cursor.execute(load("sales_by_upload")).fetchall()}


def handed_out(workspace: Workspace) -> list[HandedOut]:
    """Groupings that left the program, oldest first."""
    with workspace.cursor() as cursor:
        stored = dict(cursor.execute(load("settings")).fetchall())
    entries = json.loads(stored.get(_SETTING, "[]"))
    return [
        HandedOut(
            tuple(each["columns"]), each["k"], {key: (n, u) for key, (n, u) in each["uploads"].items()}, each["at"]
        )
        for each in entries
    ]


def hand_out(workspace: Workspace, columns: Sequence[str], k: int, earlier: Sequence[HandedOut]) -> None:
    """Remember that a grouping of the present sales leaves the program.

    Args:
        workspace: the store.
        columns: what it is grouped by.
        k: persons every group has at least.
        earlier: groupings to remember beside it.
    """
    entry = HandedOut(tuple(columns), k, sales_by_upload(workspace), now().isoformat(" ", "seconds"))
    same = [(each.columns, each.uploads) == (entry.columns, entry.uploads) for each in earlier]
    kept = [asdict(each) for each, again in zip(earlier, same, strict=True) if not again]

    def work(cursor: Cursor) -> None:
        cursor.execute(load("setting_write"), {"name": _SETTING, "value": json.dumps([*kept, asdict(entry)])})
        workspace.audited(cursor, "anonymous export", f"by {', '.join(columns)}, groups of {k} persons or more")

    workspace.write(work)
