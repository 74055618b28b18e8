"""Tables of forecasts, the same for the page, the exports and the command line."""

from typing import Final

import pandas as pd

EXPORTED: Final = (
    "sku", "location", "period", "model", "mean", "q05", "q10", "q25", "q50", "q75", "q90", "q95",
)  # fmt: skip
"""Columns of an exported forecast, in order."""


def forecast_export(table: pd.DataFrame) -> pd.DataFrame:
    """One row per SKU, location and trading period with the columns other programs rely on."""
    return table[list(EXPORTED)]
