"""Clean demand as it comes out of the store: millions of rows, read once, in pieces, without sorting them again."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from core.base.errors import NoDataError
from core.base.types import AnyArray, BoolArray, DateArray, FloatArray, IntArray
from core.store.sql import Cursor, batches, load
from core.store.workspace import Workspace

_NUMBERS: Final = ("units", "imported_units", "returned_units", "revenue", "lost_units")


@dataclass(frozen=True, slots=True, eq=False)
class DemandRows:
    """Demand of a dataset version, ordered by location, SKU and period.

    Attributes:
        skus, locations: of each series, shape (n_series,).
        offsets: series i owns rows offsets[i]:offsets[i + 1], shape (n_series + 1,).
        calendar: first day of each period in which any series has a row, ascending, datetime64[D].
        units: demand, units per period, NaN = not on sale, shape (n_rows,).
        censored: out of stock, demand was at least `units`, shape (n_rows,).
        imported_units: units before cleaning, NaN = unknown, shape (n_rows,).
        returned_units: units that came back, NaN = unknown, shape (n_rows,).
        revenue: money, NaN = unknown, shape (n_rows,).
        lost_units: sales lost to an empty shelf, estimated mean, NaN = none estimated, shape (n_rows,).
    """

    skus: AnyArray
    locations: AnyArray
    offsets: IntArray
    calendar: DateArray
    units: FloatArray
    censored: BoolArray
    imported_units: FloatArray
    returned_units: FloatArray
    revenue: FloatArray
    lost_units: FloatArray


def load_demand(workspace: Workspace, version: str) -> DemandRows:
    """The demand of a dataset version.

    Raises:
        NoDataError: the version is not stored (any more).
    """
    with workspace.cursor() as cursor:
        # One transaction, so that series and values are of the same moment.
        cursor.begin()
        series = cursor.execute(load("demand_series"), {"version": version}).fetchnumpy()
        calendar = cursor.execute(load("demand_periods"), {"version": version}).fetchnumpy()["period"]
        offsets = np.concatenate([[0], np.cumsum(series["n"])]).astype(np.int64)
        # Clean demand is stored in order, and to see that takes a tenth of the time that sorting it again would.
        order = _Order(offsets, np.asarray(series["first_row"], np.int64))
        values = _values(cursor, "demand_values", version, order)
        if not order.kept:
            values = _values(cursor, "demand_sorted", version, order)
        cursor.commit()
    if len(series["sku"]) == 0:
        raise NoDataError("The clean data asked for is not in the workspace. Clean the sales again.")
    return DemandRows(
        skus=np.asarray(series["sku"], dtype=object),
        locations=np.asarray(series["location"], dtype=object),
        offsets=offsets,
        calendar=np.asarray(calendar).astype("datetime64[D]"),
        **values,
    )


class _Order:
    """Watches whether rows come by location, SKU and period."""

    def __init__(self, offsets: IntArray, first_rows: IntArray) -> None:
        """`first_rows`: place in the table of each series' first row, in the order that is wanted."""
        self.kept = True
        self.offsets: Final = offsets
        self._first_rows: Final = first_rows
        self._rows = 0
        self._last: tuple[Any, Any] = (-1, 0)

    def watch(self, batch: pa.RecordBatch) -> None:
        """Look at the next rows: places must rise, series begin where theirs does, and days rise within each."""
        place, day = batch.column("place").to_numpy(), batch.column("period").cast(pa.int32()).to_numpy()
        series = slice(*np.searchsorted(self.offsets[:-1], [self._rows, self._rows + len(batch)]))
        begins = self.offsets[:-1][series] - self._rows
        later = np.diff(day, prepend=self._last[1]) > 0
        later[begins] = True
        rising = np.diff(place, prepend=self._last[0]) > 0
        self.kept &= bool(later.all() and rising.all() and (place[begins] == self._first_rows[series]).all())
        self._rows, self._last = self._rows + len(batch), (place[-1], day[-1])


def _values(cursor: Cursor, question: str, version: str, order: _Order) -> dict[str, AnyArray]:
    """The columns of the answer by name; numbers nobody gave take no memory: one NaN stands for all rows."""
    n_rows = int(order.offsets[-1])
    columns: dict[str, AnyArray] = {name: np.broadcast_to(np.nan, n_rows) for name in _NUMBERS}
    columns["censored"] = np.empty(n_rows, bool)
    first = 0
    for batch in batches(cursor, question, {"version": version}):
        order.watch(batch)
        for name, column in columns.items():
            given = batch.column(name)
            if given.null_count == len(batch):
                continue
            if not column.flags.writeable:
                columns[name] = np.full(n_rows, np.nan)
            columns[name][first : first + len(batch)] = given.to_numpy(zero_copy_only=False)
        first += len(batch)
    return columns
