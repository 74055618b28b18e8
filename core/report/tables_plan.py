"""Tables of the order plan, the same for the page, the exports and the command line."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.language import _
from core.report.export import Sheet
from core.report.numbers import BLANK, day, money, number, percent
from core.report.reasons import Terms, reason

EXPORTED: Final = (
    "sku", "product_name", "location", "supplier", "on_hand", "on_order", "expected_demand", "safety_stock",
    "reorder_point", "suggested_units", "order_units", "unit_cost", "order_value", "order_by", "stock_out_date",
    "reason",
)  # fmt: skip
"""Columns of an exported plan, in order."""
WHOLE: Final = (
    "on_hand", "allocated", "on_order", "expected_demand", "safety_stock", "trigger", "suggested_units",
    "days_of_cover", "order_value",
)  # fmt: skip
"""Columns a planner reads in whole numbers; what is ordered, and in what packs, stands as it is."""
FORBIDDEN_IN_SHEETS: Final = re.compile(r"[\[\]:*?/\\']")


def plan_export(lines: pd.DataFrame, steps: Sequence[Terms]) -> pd.DataFrame:
    """One row per SKU and location with the columns other programs rely on.

    Args:
        lines: the plan's lines.
        steps: per line, the terms that add up to the order.
    """
    table = lines.rename(columns={"trigger": "reorder_point"})
    rows = table.to_dict("records")
    table["reason"] = [reason(row, terms) for row, terms in zip(rows, steps, strict=True)]
    return table[list(EXPORTED)]


def plan_table(lines: pd.DataFrame, currency: str) -> pd.DataFrame:
    """The lines of a plan as the planner reads them: whole units, days and money.

    Args:
        lines: of the plan.
        currency: of the order value.
    """
    headings = {
        "sku": _("SKU"), "product_name": _("Product"), "location": _("Location"), "order_units": _("Order"),
        "order_value": value_heading(currency), "order_by": _("Order by"), "on_hand": _("On hand"),
        "allocated": _("Promised"), "on_order": _("On order"), "expected_demand": _("Expected demand"),
        "safety_stock": _("Safety stock"), "trigger": _("Reorder point"), "suggested_units": _("Suggested"),
        "moq": _("Minimum order"), "pack": _("Pack"), "stock_out_date": _("Stock-out"),
        "days_of_cover": _("Days of cover"), "supplier": _("Supplier"),
    }  # fmt: skip
    rounded = lines.assign(**{name: lines[name].round(0) for name in WHOLE})
    # what is shown adds up: each rounded by itself, the three may be a unit apart
    rounded["safety_stock"] = rounded["trigger"] - rounded["expected_demand"]
    return rounded[shown_columns(lines, headings)].rename(columns=headings)


def shown_columns(lines: pd.DataFrame, headings: Mapping[str, str]) -> list[str]:
    """The columns with something to say: no names, categories or promised units where no file gives any."""
    silent = {
        "product_name": bool((lines["product_name"] == lines["sku"]).all()),
        "allocated": "allocated" in headings and not (lines["allocated"] > 0).any(),
        "category": "category" in headings and not lines["category"].fillna("").astype(bool).any(),
    }
    return [name for name in headings if not silent.get(name)]


def value_heading(currency: str) -> str:
    """Heading of the column of order values."""
    return _("Value, {currency}").format(currency=currency)


def supplier_table(suppliers: Sequence[Any], currency: str) -> pd.DataFrame:
    """What is ordered from each supplier, and whether its minimum order is reached, largest order first.

    Args:
        suppliers: totals of the plan.
        currency: of all money.
    """
    ranked = sorted(suppliers, key=lambda each: each.value, reverse=True)
    rows = [each for each in ranked if each.lines]
    return pd.DataFrame(
        {
            _("Supplier"): [each.supplier or _("No supplier named") for each in rows],
            _("Lines"): [each.lines for each in rows],
            _("Units"): [round(each.units) for each in rows],
            value_heading(currency): [np.nan if each.unpriced == each.lines else round(each.value) for each in rows],
            _("Minimum, {currency}").format(currency=currency): [each.minimum or np.nan for each in rows],
            _("Minimum reached"): [_reached(each) for each in rows],
        }
    )


def _reached(total: Any) -> str:
    if not total.minimum:
        return _("no minimum")
    if total.below_minimum:
        return _("{value} short").format(value=number(total.minimum - total.value))
    if total.minimum_unknown:
        return _("unknown: {n} lines without a unit cost").format(n=number(total.unpriced))
    return _("yes")


def assumptions(manifest: Mapping[str, Any], policy: str, currency: str) -> pd.DataFrame:
    """What a plan rests on, as a table of two columns.

    Args:
        manifest: of the plan's run.
        policy: label of the ordering rule.
        currency: of all money.
    """
    budget = manifest["request"]["budget"]
    rows = {
        _("Day of the plan"): day(manifest["as_of"]),
        _("Newest stock report"): day(manifest["stock_date"]),
        _("Service level"): percent(manifest["service_level"]),
        _("Ordering rule"): policy,
        _("Budget"): _("no limit") if budget is None else money(budget, currency),
        _("Lines whose stock is not known"): number(manifest["series_without_stock"]),
        _("Value of all orders"): money(manifest["total_value"], currency),
        _("Currency"): currency,
        _("Forecast used"): str(manifest["forecast_run"]),
        _("Data version"): str(manifest.get("dataset_version", BLANK)),
        _("Program version"): str(manifest.get("code_version", BLANK)),
        _("Seed"): str(manifest["seed"]),
    }
    return pd.DataFrame({_("What"): list(rows), _("Value"): list(rows.values())})


def workbook(lines: pd.DataFrame, steps: Sequence[Terms], about: pd.DataFrame) -> dict[str, Sheet]:
    """Sheets of an exported plan: all lines, the lines to order per supplier, and the assumptions.

    Args:
        lines: of the plan.
        steps: per line, the terms that add up to the order.
        about: its assumptions.
    """
    table = plan_export(lines, steps)
    sheets = {_("All lines"): Sheet(table), _("Assumptions"): Sheet(about)}
    chosen = table[table["order_units"] > 0]
    for supplier in sorted(set(chosen["supplier"])):
        title = sheet_title(supplier or _("No supplier named"), sheets)
        sheets[title] = Sheet(chosen[chosen["supplier"] == supplier])
    return sheets


def sheet_title(name: str, taken: Mapping[str, Any]) -> str:
    """A name a workbook accepts for a sheet: at most 31 characters, none forbidden, none used twice.

    Example:
        >>> sheet_title("A/B [x]", {"A B  x": 1})
        'A B  x 2'
    """
    plain = FORBIDDEN_IN_SHEETS.sub(" ", name).strip()[:31] or "-"
    used = {title.casefold() for title in taken}
    title, count = plain, 1
    while title.casefold() in used:
        count += 1
        title = f"{plain[: 30 - len(str(count))]} {count}"
    return title
