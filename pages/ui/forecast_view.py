"""One scope of the forecast in figures, as a chart and as a table, and its exports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from core.base.language import _, ngettext
from core.charts import demand
from core.charts.demand import FanData
from core.report import tables_forecast, tables_overrides
from core.report.export import SHEET_ROWS, Sheet
from core.report.numbers import BLANK, change, compact, day, number, percent
from core.workflows import comparing, overrides, value_added, viewing
from core.workflows.scopes import Scope
from core.workflows.viewing import Head, Outlook, ScopeView
from pages.ui import cards, chart, downloads, forecast_scope, session, tables
from pages.ui.cards import Card

SPANS = {"quarter": 92, "year": 366, "all": None}
BANDS = {"50 %": (0.25, 0.75), "80 %": (0.1, 0.9), "95 %": (0.025, 0.975)}
PICTURES = ("png", "svg")
MILLION = 1e6
FEW = 10.0
"""Units per period below which numbers are shown to two decimals."""
APART = 0.05
"""Share of the forecast by which the mean of its paths may differ without a word."""
MOST_COLUMNS = 16_000
"""Periods a sheet holds side by side."""


def show_cards(view: ScopeView, frequency: str) -> None:
    """Units in the next weeks and over the whole horizon with their 80 % range, last year, and the method's record."""
    monthly = frequency == "month"
    found = [_expected(_("Until {day}").format(day=day(view.whole.until if view.whole else None)), view.whole)]
    before = _("Same time last year")
    if view.near is None or view.near.complete:
        found.insert(0, _expected(_("Next month") if monthly else _("Next four weeks"), view.near))
        before = _("Same month last year") if monthly else _("Same weeks last year")
    found += [_last_year(before, view.near), _method(view)]
    cards.row(found, columns=len(found), least_width=200)
    _reckoned(view.whole)


def _reckoned(outlook: Outlook | None) -> None:
    """What orders reckon with, where the paths behind them expect clearly more or less than the line."""
    if outlook is None or outlook.drawn is None or abs(outlook.drawn - outlook.mean) <= max(APART * outlook.mean, 1.0):
        return
    text = _(
        "Orders reckon with {drawn} units until {day}, not {mean}: their sample paths leave room for rare surges, and "
        "for items that have hardly sold or gone quiet to sell after all."
    )
    mean, drawn = number(outlook.mean), number(outlook.drawn)
    st.caption(text.format(drawn=drawn, mean=mean, day=day(outlook.until)))


def _expected(label: str, outlook: Outlook | None) -> Card:
    if outlook is None:
        return Card(label, BLANK, _("This forecast does not hold this part of the shop. Make a new one."))
    about = _("Expected units until {day}. The 80 % range is that of the sum, from joint sample paths.")
    digits = 1 if 0 < outlook.mean < 20 else 0
    exact = _("80 % range {low} to {high}").format(low=number(outlook.low, digits), high=number(outlook.high, digits))
    # a card cuts what is longer; the whole numbers stand in its help then
    large = max(outlook.mean, outlook.high or 0.0) >= MILLION
    span = _("80 % range {low} to {high}").format(low=compact(outlook.low), high=compact(outlook.high))
    helps = about.format(day=day(outlook.until))
    known = outlook.low is not None
    return Card(
        label,
        _("{n} units").format(n=number(outlook.mean, digits)),
        f"{helps} {exact}." if large and known else helps,
        note=_("range no longer stored") if not known else span if large else exact,
    )


def _last_year(label: str, outlook: Outlook | None) -> Card:
    if outlook is None or outlook.last_year is None:
        return Card(label, BLANK, _("There is no history of that time."))
    return Card(
        label,
        _("{n} units").format(n=number(outlook.last_year)),
        _("Sold a year before the time of the first card; stock-outs count as sold."),
        change="" if outlook.growth is None else change(outlook.growth),
        note=_("forecast against it"),
    )


def _method(view: ScopeView) -> Card:
    labels = comparing.labels()
    names = [labels[key] for key in view.models]
    value = percent(view.wape) if view.wape is not None else BLANK
    about = _("Absolute error of what these methods said at past dates about this very sum, as a share of units sold.")
    if view.wape is None:
        about = _("These methods have not been compared on this data, or nothing sold at the dates compared.")
    note = names[0] if len(names) == 1 else _("{n} methods").format(n=number(len(names))) if names else ""
    return Card(_("Error at past dates (WAPE)"), value, about, note=note)


@session.fragment()
def show_chart(view: ScopeView, scope: Scope) -> None:
    """The fan chart: as much history as asked for, the intervals chosen, what was said at past dates, the numbers."""
    spans = {"quarter": _("3 months"), "year": _("1 year"), "all": _("All")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        span = st.segmented_control(
            _("History"), list(spans), default="quarter", required=True, format_func=spans.__getitem__,
            key="history", bind="query-params",
        )  # fmt: skip
        bands = st.pills(_("Intervals"), list(BANDS), selection_mode="multi", default=list(BANDS), key="intervals")
        picture = st.segmented_control(
            _("Picture"), list(PICTURES), default="png", required=True, format_func=str.upper, key="picture",
            help=_("What the camera of the chart saves. SVG stays sharp at any size; the web page is below."),
        )  # fmt: skip
        earlier = st.toggle(
            _("Forecasts of past dates"), key="past", bind="query-params", disabled=not view.fan.earlier,
            help=_("What the method said at earlier dates, beside what then sold."),
        )  # fmt: skip
    shown = with_bands(demand.recent(view.fan, SPANS[span or "quarter"]), bands)
    figure = demand.forecast_fan(shown if earlier else replace(shown, earlier={}), dark=session.dark())
    alt = _("Demand of {scope} and its forecast with 50, 80 and 95 % intervals").format(
        scope=forecast_scope.called(scope)
    )
    chart.show(figure, key="forecast-fan", alt=alt, file_name="forecast", picture=picture or "png")
    text = _("Shaded: where half, 80 % and 95 % of the outcomes of a single period are expected.") if bands else ""
    if len(shown.promotions):
        text += " " + _("Triangles mark promotions, past and planned.")
    if shown.censored.any():
        text += " " + _("Hatched: out of stock, so demand was higher than sales.")
    text += _by_hand(view)
    chart.caption(text.strip() or _("Expected units only."))
    _numbers(view)


def _by_hand(view: ScopeView) -> str:
    """How many changes by hand the forecast shown holds, as a sentence with a space before it; "" = none."""
    if not view.changes:
        return ""
    text = ngettext("With {n} change by hand", "With {n} changes by hand", view.changes).format(n=number(view.changes))
    return f" {text}; " + _("the thin dashed line is the forecast before.") if len(view.fan.unchanged) else f" {text}."


def with_bands(fan: FanData, bands: Sequence[str]) -> FanData:
    """The same with the quantiles of the intervals chosen only."""
    kept = {level for band in bands for level in BANDS[band]}
    return replace(fan, quantiles={level: values for level, values in fan.quantiles.items() if level in kept})


def show_notes(view: ScopeView) -> None:
    """The end of sale of a SKU, and SKUs for which another method stood in."""
    if view.ends is not None:
        st.caption(_end_of_sale(view.ends, over=bool(view.ends <= view.fan.future[0])))
    if not view.substitutions:
        return
    with st.expander(
        ngettext(
            "One series is forecast by another method than wanted",
            "{n} series are forecast by another method than wanted",
            len(view.substitutions),
        ).format(n=number(len(view.substitutions))),
        icon=":material/swap_horiz:",
    ):
        table = tables_forecast.substitutions(view.substitutions, comparing.labels())
        tables.show(table, alt=_("Series with another method than wanted, and why"), key="forecast-substitutions")


def _end_of_sale(ends: Any, *, over: bool) -> str:
    if over:
        return _("Past its end of sale, {day}: nothing is expected any more.").format(day=day(ends))
    return _("Its sale ends on {day}: nothing is expected from then on.").format(day=day(ends))


def _numbers(view: ScopeView) -> None:
    """The numbers of the chart."""
    if not len(view.fan.future) or not st.toggle(_("Show the numbers"), key="numbers", bind="query-params"):
        return
    table = tables_forecast.periods(view.fan)
    table = table.assign(**table.iloc[:, 1:].round(1 if view.fan.mean.max() >= FEW else 2))
    tables.show(table, alt=_("Forecast per period"), key="forecast-numbers", rows=12)


def exports(view: ScopeView, head: Head, scope: Scope, figures: Callable[[], Mapping[str, Any]]) -> None:
    """All series as a long or a wide file, the part shown and all series as a workbook, the charts as a page.

    Args:
        view: the scope shown.
        head: the forecast.
        scope: what is looked at.
        figures: charts of the page besides the fan, by title; made when asked for.
    """
    workspace, labels = session.workspace(), comparing.labels()
    heading = tables_overrides.scope_label(scope.level, scope.name, scope.location)

    def workbook() -> dict[str, Sheet]:
        whole = viewing.export_table(workspace, head)
        sheets = {_("Shown"): Sheet(tables_forecast.periods(view.fan), note=heading)}
        sheets |= {_("By month"): Sheet(tables_forecast.by_month(whole, labels))}
        if len(view.fan.future) <= MOST_COLUMNS:
            sheets |= {_("By period"): Sheet(tables_forecast.by_period(whole, labels))}
        if len(whole) <= SHEET_ROWS:
            sheets |= {_("All series"): Sheet(tables_forecast.forecast_export(whole))}
        if changes := overrides.listing(workspace):
            judged = value_added.outcome(workspace).by_change
            sheets |= {_("Changes by hand"): Sheet(tables_overrides.listing(changes, overrides.reasons(), judged))}
        return sheets

    downloads.offer(
        "forecast",
        csv=lambda: tables_forecast.forecast_export(viewing.export_table(workspace, head)),
        xlsx=workbook,
        figures=lambda: {heading: demand.forecast_fan(view.fan), **figures()},
        title=_("Forecast"),
        more={"wide": lambda: tables_forecast.by_period(viewing.export_table(workspace, head), labels)},
    )
    st.caption(
        _(
            "Files and workbook hold all series: long with a row per period and its quantiles, wide with a column per "
            "period; the web page holds the charts shown."
        )
    )
