"""Tables of forecasts, the same for the page, the exports and the command line."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from core.base.language import _

EXPORTED: Final = (
    "sku", "location", "period", "model", "mean", "q05", "q10", "q25", "q50", "q75", "q90", "q95",
)  # fmt: skip
"""Columns of an exported forecast, in order."""


def forecast_export(table: pd.DataFrame) -> pd.DataFrame:
    """One row per SKU, location and trading period with the columns other programs rely on."""
    return table[list(EXPORTED)]


def periods(fan: Any) -> pd.DataFrame:
    """One row per forecast period of one scope: expected units, before changes by hand as well, and the intervals.

    Args:
        fan: what the fan chart shows.
    """
    before = {_("Before changes"): fan.unchanged} if len(fan.unchanged) else {}
    return pd.DataFrame(
        {
            _("Period"): pd.to_datetime(fan.future.astype("datetime64[s]")),
            _("Expected units"): fan.mean,
            **before,
            _("Median"): fan.quantiles[0.5],
            _("80 % from"): fan.quantiles[0.1],
            _("80 % to"): fan.quantiles[0.9],
            _("95 % from"): fan.quantiles[0.025],
            _("95 % to"): fan.quantiles[0.975],
        }
    )


def by_month(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Expected units per SKU, location and calendar month, one column per month; means may be added up.

    Args:
        table: the whole forecast, one row per series and period.
        labels: name of each method.
    """
    return _wide(table, table["period"].dt.strftime("%Y-%m"), labels)


def by_period(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Expected units per SKU and location, one column per trading period.

    Args:
        table: the whole forecast, one row per series and period.
        labels: name of each method.
    """
    return _wide(table, table["period"].dt.strftime("%Y-%m-%d"), labels)


def _wide(table: pd.DataFrame, columns: pd.Series, labels: Mapping[str, str]) -> pd.DataFrame:
    heading = columns.rename("period")
    wide = table.pivot_table(index=["sku", "location", "model"], columns=heading, values="mean", aggfunc="sum")
    wide.columns.name = None
    flat = wide.reset_index()
    flat["model"] = [labels[key] for key in flat["model"]]
    return flat.rename(columns={"sku": _("SKU"), "location": _("Location"), "model": _("Method")})


def substitutions(entries: tuple[Mapping[str, Any], ...], labels: Mapping[str, str]) -> pd.DataFrame:
    """SKUs for which another method stood in, and why."""
    return pd.DataFrame(
        {
            _("SKU"): [entry["sku"] for entry in entries],
            _("Location"): [entry["location"] for entry in entries],
            _("Wanted"): [labels[entry["wanted"]] for entry in entries],
            _("Used"): [labels[entry["used"]] for entry in entries],
            _("Why"): [entry["reason"] for entry in entries],
        }
    )
