"""Who bought in which group of sales, and which groupings have been handed out before."""

import base64
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.errors import StoreError
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
    at: str = field(default_factory=lambda: now().isoformat(" ", "seconds"))
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
        return _sales_by_upload(cursor)


def _sales_by_upload(cursor: Cursor) -> dict[str, tuple[int, float]]:
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


def hand_out(workspace: Workspace, leaving: HandedOut, earlier: Sequence[HandedOut]) -> None:
    """Remember that a grouping leaves the program.

    Args:
        workspace: the store.
        leaving: the grouping, with the sales as they were when it was begun.
        earlier: groupings to remember beside it.

    Raises:
        StoreError: there are other sales now, so that nobody knows which of them it was made from.
    """
    entry, others = _entry(leaving), [_entry(each) for each in earlier]
    told = ("columns", "uploads", "shown")
    kept = [each for each in others if any(each[name] != entry[name] for name in told)]

    def work(cursor: Cursor) -> None:
        if not _same_sales(_sales_by_upload(cursor), leaving.uploads):
            raise StoreError("Sales were imported or taken back while the export was made. Make it again.")
        cursor.execute(load("setting_write"), {"name": _SETTING, "value": json.dumps([*kept, entry])})
        by = ", ".join(leaving.columns)
        workspace.audited(cursor, "anonymous export", f"by {by}, groups of {leaving.k} persons or more")

    workspace.write(work)


def _same_sales(one: Mapping[str, tuple[int, float]], other: Mapping[str, tuple[int, float]]) -> bool:
    """Whether the same uploads have the same lines and, up to rounding of the sum, the same units."""
    return one.keys() == other.keys() and all(same_amount(one[key], other[key]) for key in one)


def same_amount(one: tuple[int, float], other: tuple[int, float]) -> bool:
    """Whether two uploads have the same lines and, up to rounding of the sum, the same units."""
    return one[0] == other[0] and math.isclose(one[1], other[1], rel_tol=1e-9, abs_tol=1e-6)


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
