"""Several lines of a stock table about one SKU, location and day: bins and lots add up, earlier counts do not."""

import numpy as np
import pandas as pd

from core.ingest import dates
from core.ingest.cells import Cells
from core.ingest.mapping import TableMapping
from core.ingest.tables import RawTable

_KEY = ["stock_date", "sku", "location"]


def settle(cells: Cells, table: RawTable, mapping: TableMapping) -> None:
    """Set aside lines of a SKU, location and day that must not be added to its others.

    Args:
        cells: typed columns of a stock table; faults are noted in it.
        table: where they came from, for the times of the counts.
        mapping: its columns, the date order decided.
    """
    keys = pd.DataFrame({name: cells.columns[name].to_pandas() for name in _KEY})
    rows = np.flatnonzero(keys.duplicated(keep=False))
    if not rows.size:
        return
    keys = keys.iloc[rows]
    earlier, repeated = np.zeros((2, cells.wrong.size), bool)
    place = mapping.column("stock_date")
    if place is not None:
        times = dates.moments(table.columns.column(place).take(rows), mapping.date_order)[0].to_pandas()
        latest = times.groupby([keys[name].to_numpy() for name in _KEY], dropna=False).transform("max")
        earlier[rows] = times < latest
    repeated[rows] = table.columns.take(rows).to_pandas().duplicated()
    cells.fault(earlier, "A later count of the same day holds.")
    cells.fault(repeated, "The line repeats another one word for word.")
