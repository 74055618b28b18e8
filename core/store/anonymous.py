"""Who bought in which group of sales, and which groupings have been handed out before."""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.types import BoolArray, frozen
from core.store.clock import now
from core.store.sql import Cursor, load
from core.store.workspace import Workspace

_SETTING: Final = "anonymous_exports"
_TIMES: Final = ("day", "week", "month")
_OTHERS: Final = ("location", "channel", "category", "sku")


@dataclass(frozen=True, slots=True, eq=False)
class HandedOut:
    """A grouping that left the program.

    Attributes:
        columns: what was grouped by.
        k: persons that every group had at least.
        uploads: the sales it was made from: lines and units per upload.
        at: when, UTC, ISO.
        shown: which of its groups were shown, in their order; None where that was not written down.
    """

    columns: tuple[str, ...]
    k: int
    uploads: Mapping[str, tuple[int, float]]
    at: str
    shown: BoolArray | None = None


def persons_by_group(workspace: Workspace, columns: Sequence[str]) -> pd.DataFrame:
    """Sales per group, upload and person.

    Args:
        workspace: the store.
        columns: what to group by, as in `core.report.anonymous.GROUPINGS`.

    Returns:
        The columns (for days also `week` and `month`), then `upload_id`, `customer` (pseudonym; None where nobody
        knows), `order_id` (where there is no customer), `lines`, `units` and `revenue`.
    """
    time = next((name for name in columns if name in _TIMES), "")
    wanted: dict[str, str | bool] = {name: name in columns for name in _OTHERS}
    with workspace.cursor() as cursor:
        found = cursor.execute(load("persons_by_group"), wanted | {"time": time or "day", "timed": bool(time)}).df()
    rows = found.rename(columns={"moment": time} if time else {})
    coarser = {}
    if time == "day":
        coarser = {name: rows["day"].dt.to_period(name[0].upper()).dt.start_time for name in ("week", "month")}
    kept = [*columns, *coarser, "upload_id", "customer", "order_id", "lines", "units", "revenue"]
    return rows.assign(**coarser)[kept]


def sales_by_upload(workspace: Workspace) -> dict[str, tuple[int, float]]:
    """Lines and units of every upload with sales: what tells the same data from changed ones."""
    with workspace.cursor() as cursor:
        return {key: (int(n), float(units)) for key, n, units in cursor.execute(load("sales_by_upload")).fetchall()}


def handed_out(workspace: Workspace) -> list[HandedOut]:
    """Groupings that left the program, oldest first."""
    with workspace.cursor() as cursor:
        stored = dict(cursor.execute(load("settings")).fetchall())
    return [
        HandedOut(
            tuple(each["columns"]), each["k"], {key: (n, u) for key, (n, u) in each["uploads"].items()}, each["at"],
            _unpacked(each.get("shown")),
        )
        for each in json.loads(stored.get(_SETTING, "[]"))
    ]  # fmt: skip


def hand_out(
    workspace: Workspace, columns: Sequence[str], k: int, shown: BoolArray, earlier: Sequence[HandedOut]
) -> None:
    """Remember that a grouping of the present sales leaves the program.

    Args:
        workspace: the store.
        columns: what it is grouped by.
        k: persons every group has at least.
        shown: see HandedOut.
        earlier: groupings to remember beside it.
    """
    entry = _entry(HandedOut(tuple(columns), k, sales_by_upload(workspace), now().isoformat(" ", "seconds"), shown))
    others = [_entry(each) for each in earlier]
    told = ("columns", "uploads", "shown")
    kept = [each for each in others if any(each[name] != entry[name] for name in told)]

    def work(cursor: Cursor) -> None:
        cursor.execute(load("setting_write"), {"name": _SETTING, "value": json.dumps([*kept, entry])})
        workspace.audited(cursor, "anonymous export", f"by {', '.join(columns)}, groups of {k} persons or more")

    workspace.write(work)


def _entry(each: HandedOut) -> dict[str, Any]:
    """What is stored of a grouping; one bit per group, since there may be millions."""
    shown = None
    if each.shown is not None:
        bits = zlib.compress(np.packbits(each.shown).tobytes())
        shown = [int(each.shown.size), base64.b64encode(bits).decode()]
    return asdict(replace(each, shown=None)) | {"shown": shown}


def _unpacked(shown: tuple[int, str] | None) -> BoolArray | None:
    if shown is None:
        return None
    bits = np.frombuffer(zlib.decompress(base64.b64decode(shown[1])), np.uint8)
    return frozen(np.unpackbits(bits, count=shown[0]).astype(bool))
