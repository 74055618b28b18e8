"""Tables of the order plan, the same for the page, the exports and the command line."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from core.base.language import _

EXPORTED: Final = (
    "sku", "location", "supplier", "on_hand", "on_order", "expected_demand", "safety_stock", "reorder_point",
    "suggested_units", "order_units", "order_by", "stock_out_date", "reason",
)  # fmt: skip
"""Columns of an exported plan, in order."""


def plan_export(lines: pd.DataFrame, steps: Sequence[Sequence[tuple[str, float]]]) -> pd.DataFrame:
    """One row per SKU and location with the columns other programs rely on.

    Args:
        lines: the plan's lines.
        steps: per line, the terms that add up to the order.
    """
    table = lines.rename(columns={"trigger": "reorder_point"})
    rows = table.to_dict("records")
    table["reason"] = [reason(row, terms) for row, terms in zip(rows, steps, strict=True)]
    return table[list(EXPORTED)]


def reason(line: Mapping[str, Any], steps: Sequence[tuple[str, float]]) -> str:
    """The sum behind an order in one line of text, terms below half a unit left out.

    Example:
        >>> reason({"order_units": 12.0, "notes": ""}, [("Expected demand", 20.4), ("− On hand", -8.4)])
        '20 expected demand − 8 on hand = 12 units to order'
    """
    terms = " ".join(f"{_signed(units)} {_plain(name)}" for name, units in steps if abs(units) >= 0.5)
    terms = terms.removeprefix("+ ")
    total = _("{terms} = {units:,.0f} units to order").format(terms=terms or "0", units=float(line["order_units"]))
    return f"{total}. {line['notes']}" if line.get("notes") else total


def _plain(name: str) -> str:
    return name.lstrip("+−– ").lower()


def _signed(units: float) -> str:
    return f"{'+' if units >= 0 else '−'} {abs(units):,.0f}"
