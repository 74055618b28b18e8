"""Tables of the Home page, the same for the page and its exports."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from core.base.language import _
from core.report.numbers import BLANK, day, money, number, percent
from core.report.tables_plan import shown_columns


def state_labels() -> dict[str, str]:
    """States of the exception list: key → words of the planner, most urgent first."""
    return {
        "stocked out": _("Stocked out"),
        "stocked out soon": _("Runs out before a delivery"),
        "excess": _("Excess"),
        "new": _("New"),
    }


def state_meanings() -> dict[str, str]:
    """What each state means, in one sentence."""
    return {
        "stocked out": _("Nothing on hand though demand is expected."),
        "stocked out soon": _("Stock runs out before an order placed today could arrive."),
        "excess": _("More than 120 days of cover, or no demand expected, beyond what the plan aims at."),
        "new": _("On sale for less than 90 days; its forecast rests on little history."),
    }


def exceptions(found: pd.DataFrame, currency: str) -> pd.DataFrame:
    """The exception list: what is wrong where, what is at stake, and what the plan does about it.

    Args:
        found: exceptions of the status.
        currency: of the money at risk.
    """
    headings = {
        "state": _("State"), "sku": _("SKU"), "product_name": _("Product"), "location": _("Location"),
        "category": _("Category"), "at_risk": risk_heading(currency), "on_hand": _("On hand"),
        "on_order": _("On order"), "expected_demand": _("Expected demand"), "days_of_cover": _("Days of cover"),
        "stock_out_date": _("Stock-out"), "order_units": _("Order"), "order_by": _("Order by"),
        "supplier": _("Supplier"),
    }  # fmt: skip
    whole = ("at_risk", "on_hand", "on_order", "expected_demand", "days_of_cover", "order_units")
    table = found.assign(state=found["state"].map(state_labels()), **{name: found[name].round(0) for name in whole})
    return table[shown_columns(found, headings)].rename(columns=headings)


def risk_heading(currency: str) -> str:
    """Heading of the column of money at risk."""
    return _("At risk, {currency}").format(currency=currency)


def key_figures(record: Mapping[str, Any], currency: str) -> pd.DataFrame:
    """The figures of the Home page as a table of two columns, for the exported workbook.

    Args:
        record: of the status.
        currency: of all money.
    """
    sold, before = _("Units sold in the last 28 days"), _("Units sold in the 28 days before")
    if record["frequency"] == "month":
        sold, before = _("Units sold in the last month"), _("Units sold in the month before")
    rows = {
        _("Data until"): day(record["data_until"]),
        _("SKUs"): number(record["skus"]),
        sold: number(record["units"]),
        before: number(record["units_before"]),
        _("Stocked out"): _count(record["stocked_out"]),
        _("Runs out before a delivery"): _count(record["soon"]),
        _("In excess"): _count(record["excess"]),
        _("Margin at risk"): money(record["margin_at_risk"], currency),
        _("Value in excess"): money(record["excess_value"], currency),
        _("Order value of the plan"): money(record["order_value"], currency),
        _("Units of the plan"): number(record["order_units"]),
        _("Stock value"): money(record["stock_value"], currency),
        _("Forecast error of the best method (WAPE)"): percent(record["wape"]),
    }
    return pd.DataFrame({_("What"): list(rows), _("Value"): list(rows.values())})


def _count(value: int | None) -> str:
    return BLANK if value is None else number(value)
