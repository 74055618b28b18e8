"""Tables of the Segments page: the groups, the nine boxes, every SKU with its classes."""

from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.language import _
from core.base.types import FloatArray, IntArray

ABC: Final = ("A", "B", "C")
XYZ: Final = ("X", "Y", "Z")


def class_labels() -> dict[str, str]:
    """What each demand class is called."""
    return {
        "smooth": _("Smooth"),
        "intermittent": _("Intermittent"),
        "erratic": _("Erratic"),
        "lumpy": _("Lumpy"),
        "no demand": _("No demand"),
    }


def feature_labels() -> dict[str, str]:
    """Short name of each feature, for headings and charts."""
    return {
        "volume": _("Volume"),
        "zero_share": _("No-sale share"),
        "variation": _("Variation"),
        "interval": _("Sales gap"),
        "trend": _("Trend"),
        "weekend": _("Weekend share"),
        "weekly_season": _("Weekday pattern"),
        "yearly_season": _("Yearly season"),
        "summer": _("Summer share"),
        "winter": _("Winter share"),
        "promotion": _("Promotion"),
    }


def basis_label(basis: str) -> str:
    """What ABC ranks by, as a noun."""
    return _("revenue") if basis == "revenue" else _("units")


def nine_boxes(table: pd.DataFrame, amounts: FloatArray) -> tuple[IntArray, FloatArray]:
    """SKUs per ABC row and XYZ column, and each box's fraction of the amounts, both of shape (3, 3)."""
    row = pd.Categorical(table["abc"], ABC).codes
    column = pd.Categorical(table["xyz"], XYZ).codes
    counts = np.zeros((3, 3), np.int64)
    shares = np.zeros((3, 3))
    np.add.at(counts, (row, column), 1)
    np.add.at(shares, (row, column), amounts)
    total = shares.sum()
    return counts, shares / total if total > 0 else shares


def segments(table: pd.DataFrame) -> pd.DataFrame:
    """One row per SKU with its group and classes, largest first."""
    ordered = table.sort_values(["revenue", "units"], ascending=False, na_position="last")
    names = {
        "sku": _("SKU"), "product_name": _("Product"), "group": _("Group"), "abc": _("ABC"), "xyz": _("XYZ"),
        "demand_class": _("Demand"), "units": _("Units, last year"), "revenue": _("Revenue, last year"),
    }  # fmt: skip
    labels = class_labels()
    shown = ordered[list(names)].assign(
        demand_class=[labels[key] for key in ordered["demand_class"]],
        units=ordered["units"].round(1),
        revenue=ordered["revenue"].round(0),
    )
    if (shown["product_name"] == shown["sku"]).all():
        # A shop whose files name no products would otherwise read every SKU twice.
        names.pop("product_name")
    if shown["revenue"].isna().all():
        names.pop("revenue")
    return shown[list(names)].rename(columns=names)


def features(table: pd.DataFrame) -> pd.DataFrame:
    """One row per SKU with the features the groups were made from."""
    labels = feature_labels()
    kept = [name for name in labels if name in table.columns]
    return table[["sku", "group", *kept]].rename(columns={"sku": _("SKU"), "group": _("Group"), **labels})


def groups(result: Any) -> pd.DataFrame:
    """One row per group: SKUs, its share of the amounts ABC ranks by, and what sets it apart.

    Args:
        result: a SegmentResult.
    """
    total = float(result.amounts.sum())
    sums = pd.Series(result.amounts).groupby(result.table["group"].to_numpy()).sum()
    counts = result.table["group"].value_counts()
    names = [str(name) for name in result.grouping.names]
    return pd.DataFrame(
        {
            _("Group"): names,
            _("SKUs"): [int(counts[name]) for name in names],
            _("Share of {amount}").format(amount=basis_label(result.basis)): [
                float(sums[name]) / total if total > 0 else np.nan for name in names
            ],
            _("What sets it apart"): [text[:1].upper() + text[1:] for text in result.grouping.descriptions],
        }
    )
