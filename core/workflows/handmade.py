"""What planners decided by hand, in the form the clean demand is made with."""

from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa

from core.base.columns import OUTLIER_EVENT
from core.base.types import AnyArray, FloatArray
from core.clean.manual import Corrections
from core.series.coded import series_of
from core.series.panel import Panel
from core.series.trading import known_periods
from core.store import corrections
from core.store.workspace import Workspace
from core.workflows.drivers import coded, days, numbers

NONE: Final = ""


def read_corrections(workspace: Workspace) -> Corrections:
    """All demand put in by hand."""
    table = corrections.adjustments(workspace)
    return Corrections(
        skus=_texts(table["sku"]),
        locations=_texts(table["location"]),
        periods=days(table["period"]),
        units=numbers(table["units"]),
        reasons=_texts(table["reason"]),
    )


def _texts(column: pa.ChunkedArray) -> AnyArray:
    return np.array(column.to_pylist(), dtype=object)


def stock_out_choices(workspace: Workspace, skus: AnyArray, locations: AnyArray) -> AnyArray:
    """What was chosen for each series' stock-outs: "estimate", "leave" or "", shape (n_series,)."""
    chosen = corrections.stock_out_choices(workspace)
    keys = zip(skus.tolist(), locations.tolist(), strict=True)
    return np.array([chosen.get(key, NONE) for key in keys], dtype=object)


def marked_events(workspace: Workspace, version: str, panel: Panel) -> dict[str, FloatArray]:
    """The event of unusual sales that were left as they are, 0 elsewhere, flat; nothing when there are none."""
    table = corrections.marked_events(workspace, version)
    if not table.num_rows:
        return {}
    rows = series_of(coded(table["location"]), coded(table["sku"]), panel.locations, panel.skus)
    place, known = known_periods(panel.calendar, days(table["period"]))
    inside = known & (rows >= 0) & (place >= panel.starts[rows])
    event = np.zeros(len(panel.values))
    event[panel.offsets[rows[inside]] + place[inside] - panel.starts[rows[inside]]] = 1.0
    return {OUTLIER_EVENT: event}


def period_of(panel: Panel, day: Any) -> date | None:
    """First day of the trading period a day lies in; None when the shop did not trade then."""
    wanted = np.datetime64(day, "D")
    place = int(np.searchsorted(panel.calendar.periods, wanted, side="right")) - 1
    if place < 0 or wanted >= panel.calendar.every_period_after(1)[0]:
        return None
    start = panel.calendar.periods[place]
    # Weeks and months have no gaps; between two trading days the shop was closed.
    closed = panel.frequency.days == 1 and start != wanted
    return None if closed else start.astype(object)
