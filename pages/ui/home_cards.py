"""The key figures of the Home page."""

from core.base.language import _
from core.report.numbers import BLANK, change, compact, money, number, percent
from core.workflows.home import Status
from pages.ui import cards
from pages.ui.cards import Card

MILLION = 1e6


def show(status: Status, currency: str) -> None:
    """Six cards: sales, the states of stock, the money in them, and today's order."""
    cards.row(
        [_sold(status), _out(status), _soon(status), _excess(status, currency), _risk(status, currency),
         _order(status, currency)],
        columns=3,
    )  # fmt: skip


def facts(status: Status, currency: str) -> str:
    """What stands behind the cards, in one line."""
    parts = [
        _("{series} SKU × location series, {skus} SKUs").format(series=number(status.series), skus=number(status.skus))
    ]
    if status.stock_value is not None:
        parts.append(_("stock worth {value}").format(value=money(status.stock_value, currency)))
    if status.wape is not None:
        parts.append(_("forecast error of the best method (WAPE) {wape}").format(wape=percent(status.wape)))
    return " · ".join(parts).replace("$", "\\$")


def _sold(status: Status) -> Card:
    growth = status.units / status.units_before - 1 if status.units_before > 0 else None
    monthly = status.frequency == "month"
    label = _("Sold last month") if monthly else _("Units sold, 28 days")
    meaning = _("Clean demand of the last 28 days, against the 28 days before; the line is units per week.")
    if monthly:
        meaning = _("Clean demand of the last month, against the month before; the line is units per month.")
    return Card(
        label,
        _short(status.units),
        meaning,
        change="" if growth is None else change(growth),
        better="up" if growth else "",
        note=_("vs before") if growth is not None else "",
        trend=tuple(status.weekly),
    )


def _short(units: float) -> str:
    """Units as a card has room for."""
    return compact(units) if units >= MILLION else number(units)


def _out(status: Status) -> Card:
    meaning = _("SKUs at a location with nothing on hand though demand is expected.")
    return _counted(_("Stocked out"), status.stocked_out, meaning)


def _soon(status: Status) -> Card:
    meaning = _("SKUs at a location whose stock runs out before an order placed today could arrive.")
    return _counted(_("About to run out"), status.soon, meaning)


def _counted(label: str, count: int | None, meaning: str) -> Card:
    if count is None:
        return Card(label, BLANK, _("No order plan yet, or no stock figures."))
    return Card(label, number(count), meaning, note=_("SKU × location"))


def _excess(status: Status, currency: str) -> Card:
    label = _("In excess")
    meaning = _("Stock beyond what the plan aims at, for SKUs with more than 120 days of cover or no demand.")
    if not status.excess or status.excess_value is None:
        return _counted(label, status.excess, meaning)
    note = _("{count} SKU × location").format(count=number(status.excess))
    return Card(label, money(status.excess_value, currency), meaning, note=note)


def _risk(status: Status, currency: str) -> Card:
    label = _("Margin at risk")
    if status.margin_at_risk is None:
        return Card(label, BLANK, _("No order plan yet, or costs and prices are unknown."))
    meaning = _("Margin expected to be lost over lead time and review period if nothing is ordered today.")
    return Card(label, money(status.margin_at_risk, currency), meaning, note=_("if nothing is ordered"))


def _order(status: Status, currency: str) -> Card:
    label = _("To order today")
    if status.order_units is None:
        return Card(label, BLANK, _("No order plan yet."))
    note = _("see the order plan")
    if status.order_value is None:
        exact = _("{n} units").format(n=number(status.order_units))
        units = _("{n} units").format(n=_short(status.order_units or 0.0))
        about = _("All orders of the newest plan, {units}; unit costs are unknown.").format(units=exact)
        return Card(label, units, about, note=note)
    meaning = _("Value of all orders of the newest plan at unit cost.")
    return Card(label, money(status.order_value, currency), meaning, note=note)
