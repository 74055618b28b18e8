"""The key figures of the Home page."""

from core.base.language import _, ngettext
from core.report.numbers import compact, money, number, percent
from core.workflows.home import Status
from pages.ui import cards
from pages.ui.cards import Card

NO_PLAN = "–"


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
    change = status.units / status.units_before - 1 if status.units_before > 0 else None
    return Card(
        _("Units sold, 28 days"),
        compact(status.units) if status.units >= 1e6 else number(status.units),
        _("Clean demand of the last 28 days, against the 28 days before; the line is units per week."),
        change="" if change is None else f"{'+' if change >= 0 else '−'}{percent(abs(change))}",
        better="up",
        note=_("vs before") if change is not None else "",
        trend=tuple(status.weekly),
    )


def _count(value: int | None, what: str) -> tuple[str, str]:
    return (NO_PLAN, _("No order plan yet.")) if value is None else (number(value), what)


def _out(status: Status) -> Card:
    value, meaning = _count(status.stocked_out, _("SKUs at a location with nothing on hand though demand is expected."))
    return Card(_("Stocked out"), value, meaning, note=_("SKU × location"))


def _soon(status: Status) -> Card:
    value, meaning = _count(
        status.soon, _("SKUs at a location whose stock runs out before an order placed today could arrive.")
    )
    return Card(_("About to run out"), value, meaning, note=_("SKU × location"))


def _excess(status: Status, currency: str) -> Card:
    meaning = _("Stock beyond what the plan aims at, for SKUs with more than 120 days of cover or no demand.")
    if status.excess is None:
        return Card(_("In excess"), NO_PLAN, _("No order plan yet."))
    value = money(status.excess_value, currency) if status.excess_value is not None else number(status.excess)
    lines = ngettext("{count} SKU × location", "{count} SKU × location", status.excess)
    return Card(_("In excess"), value, meaning, note=lines.format(count=number(status.excess)))


def _risk(status: Status, currency: str) -> Card:
    meaning = _("Margin expected to be lost over lead time and review period if nothing is ordered today.")
    why = meaning if status.margin_at_risk is not None else _("No order plan yet, or costs and prices are unknown.")
    return Card(_("Margin at risk"), money(status.margin_at_risk, currency), why, note=_("if nothing is ordered"))


def _order(status: Status, currency: str) -> Card:
    meaning = _("Value of all orders of the newest plan at unit cost.")
    why = meaning if status.order_value is not None else _("No order plan yet, or unit costs are unknown.")
    return Card(_("To order today"), money(status.order_value, currency), why, note=_("see the order plan"))
