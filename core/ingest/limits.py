"""Terms of supply that cannot be: rows of products and suppliers files that state one are set aside."""

from typing import Any, Final

import numpy as np
import pyarrow.compute as pc

from core.base.types import FloatArray
from core.ingest.cells import Cells
from core.ingest.mapping import TableMapping

_DAYS: Final = 3_650.0
"""Ten years: what takes longer is a date or a number of another kind."""
_UNITS: Final = 1e9
"""Beyond it a number of pieces is a barcode."""
_NEVER: Final = float("inf")
HIGHEST: Final = {
    "lead_time_days": _DAYS, "lead_time_sd_days": _DAYS, "review_period_days": _DAYS, "shelf_life_days": _NEVER,
    "moq": _UNITS, "pack": _UNITS, "units_per_pack": _UNITS, "order_minimum": _NEVER, "order_cost": _NEVER,
    "unit_cost": _NEVER, "unit_price": _NEVER,
}  # fmt: skip
"""Highest possible value of each term: days, units or money. The lowest is 0, which for many files means none."""


def impossible(name: str, values: FloatArray) -> Any:
    """Which values of a term cannot be, shape of `values`; unknown ones can."""
    return (values < 0) | (values > HIGHEST[name])


def set_aside(cells: Cells, mapping: TableMapping) -> None:
    """Note a fault where a row of products or supply terms states a value that cannot be.

    Args:
        cells: typed columns.
        mapping: which column is which field.
    """
    if mapping.role not in {"products", "suppliers"}:
        return
    for name, highest in HIGHEST.items():
        index = mapping.column(name)
        if index is None:
            continue
        values = np.asarray(pc.fill_null(cells.columns[name], 0.0).to_numpy(zero_copy_only=False))
        cells.fault(values < 0, "“{value}” in column “{column}” is below 0.", index)
        cells.fault(values > highest, f"“{{value}}” in column “{{column}}” is more than {highest:,.0f}.", index)
