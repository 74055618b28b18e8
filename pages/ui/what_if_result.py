"""What a scenario does to service, stock and cost: cards, charts and the table of measures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from core.base.errors import DemandError
from core.base.language import _
from core.charts import stock
from core.charts.stock import StockFan
from core.report import tables_what_if
from core.report.export import Sheet
from core.report.numbers import number, percent, undefined
from core.report.tables_what_if import Pair
from core.workflows import simulating
from core.workflows.simulating import WhatIf
from pages.ui import cards, chart, downloads, messages, tables, what_if_levers, what_if_scope
from pages.ui.cards import Card
from pages.ui.text import literal
from pages.ui.what_if_scope import Scope

SHOWN = (
    "fill_rate", "cycle_service_level", "stock_out_days", "total_cost", "average_units", "average_value", "turns",
    "orders",
)  # fmt: skip
LEAST_WIDTH = 170
"""Pixels of a card: two fit on a telephone; three beside the controls, which leaves room for what was before."""
ROUGH = 300
"""Paths below which an outcome is called rough."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One what-if as the page shows it.

    Attributes:
        scope: what was played.
        played: baseline and scenario.
        before, after, gap: every measure with its simulation error, and the difference with its own.
        currency: of all money.
        dark: draw for a dark page.
    """

    scope: Scope
    played: WhatIf
    before: Mapping[str, Pair]
    after: Mapping[str, Pair]
    gap: Mapping[str, Pair]
    currency: str
    dark: bool


def play(scope: Scope, scenario: simulating.Scenario, currency: str, *, dark: bool) -> Shown | None:
    """Play the scenario; None, with the reason on the page, when its terms are impossible."""
    key = (scope.sku, scope.location)
    case = what_if_scope.case_of(key, scope.key)
    try:
        played = simulating.play(case, scenario, what_if_scope.baseline_of(key, scope.key))
    except DemandError as error:
        messages.refused(error)
        return None
    before, after = simulating.measures(played.baseline), simulating.measures(played.scenario)
    return Shown(scope, played, before, after, simulating.differences(played), currency, dark)


def show_cards(shown: Shown) -> None:
    """Eight measures of the scenario, each against the baseline."""
    infos = {info.name: info for info in tables_what_if.measure_infos()}
    cards.row([_card(infos[name], shown) for name in SHOWN], columns=4, least_width=LEAST_WIDTH)
    text = _("Played on {paths} demand paths over {days} days; ± is the simulation error.")
    rough = _(" Few paths: take the figures as rough.") if shown.played.n_paths < ROUGH else ""
    result = shown.played.scenario.result
    st.caption(text.format(paths=number(shown.played.n_paths), days=number(result.days)) + rough + _unreported(shown))
    if text := simulating.not_played(shown.played.case):
        st.warning(literal(text, 400), icon=":material/event_busy:")


def _unreported(shown: Shown) -> str:
    """What a reader must know of stock nobody reported, as a sentence to add; "" for nothing."""
    on_hand = shown.played.case.opening.on_hand
    unknown = int(np.isnan(on_hand).sum())
    if not unknown:
        return ""
    if unknown == len(on_hand):
        return " " + _("No stock was ever reported, so it begins with empty shelves.")
    text = _("The stock of {unknown} of {total} series is not known; they begin with empty shelves.")
    return " " + text.format(unknown=number(unknown), total=number(len(on_hand)))


def _card(info: tables_what_if.MeasureInfo, shown: Shown) -> Card:
    value, error = shown.after[info.name]
    before = shown.before[info.name][0]
    gap, gap_error = shown.gap[info.name]
    moved = gap is not None and np.isfinite(gap) and abs(gap) > 2 * float(gap_error or 0) and abs(gap) > 1e-9
    reason = shown.played.scenario.result.reasons.get(info.name, "")
    spread = tables_what_if.shown(error, info.kind, shown.currency)
    was = tables_what_if.shown(before, info.kind, shown.currency)
    told = _("Baseline: {value}.").format(value=was) if moved else ""
    short = {"cycle_service_level": _("Cycle service"), "average_value": _("Stock value")}
    return Card(
        short.get(info.name, info.label),
        tables_what_if.shown(value, info.kind, shown.currency),
        " ".join(part for part in (info.meaning, "" if undefined(error) else f"± {spread}.", told, reason) if part),
        change=tables_what_if.difference(gap, info.kind, shown.currency) if moved else "",
        better=info.good,  # type: ignore[arg-type]
        note=_("was {value}").format(value=was) if moved else "" if undefined(value) else _("as in the baseline"),
    )


def figures(shown: Shown) -> dict[str, Any]:
    """Every chart by title; the fan of projected stock only when one SKU is played."""
    return {label: make(shown) for label, make in _makers(shown).items()}


def show_chart(shown: Shown) -> None:
    """One chart at a time: drawing all of them at each move of a slider would make the hand wait."""
    makers = _makers(shown)
    titles = list(makers)
    title = st.segmented_control(
        _("Chart"), titles, default=titles[0], required=True, key=f"what-if-chart-{len(titles)}",
        label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    chart.show(makers[title](shown), key=f"what-if-{titles.index(title)}", alt=title, file_name="what-if")
    missing = shown.played.scenario.result.reasons.get("total_cost", "")
    if missing and makers[title] is _costs:
        st.caption(literal(_("Parts that are not drawn are not known: {reason}.").format(reason=missing), 300))


def _makers(shown: Shown) -> dict[str, Callable[[Shown], Any]]:
    makers: dict[str, Callable[[Shown], Any]] = {_("Cost by part"): _costs, _("Service against cash"): _curve}
    return {_("Projected stock"): _fan, **makers} if len(shown.played.baseline.result.fan) else makers


def _costs(shown: Shown) -> Any:
    parts = {
        _("Baseline"): tables_what_if.cost_parts(shown.before),
        _("Scenario"): tables_what_if.cost_parts(shown.after),
    }
    return stock.cost_parts(parts, shown.currency, dark=shown.dark)


def _curve(shown: Shown) -> Any:
    key = (shown.scope.sku, shown.scope.location)
    case = shown.played.case
    whole = case is what_if_scope.case_of(key, shown.scope.key)
    # kept for the scope; of fewer series, since the scenario moved some out of reach, drawn anew
    levels, money, fill = what_if_scope.curve_of(key, shown.scope.key) if whole else simulating.curve(case)
    marked = {
        label: (float(values["average_value"][0] or 0), float(values["fill_rate"][0] or 0))
        for label, values in ((_("Baseline"), shown.before), (_("Scenario"), shown.after))
    }
    labels = [percent(level, 0) for level in levels]
    return stock.exchange_curve(money, fill, labels, marked, shown.currency, dark=shown.dark)


def _fan(shown: Shown) -> Any:
    outcomes = [(_("Baseline"), shown.played.baseline)]
    if what_if_levers.moved(shown.played.scenario.scenario):
        outcomes.append((_("Scenario"), shown.played.scenario))
    fans = [
        StockFan(label, outcome.result.periods, *np.asarray(outcome.result.fan[0]).T) for label, outcome in outcomes
    ]
    settings = shown.played.scenario.settings
    return stock.projected_stock(fans, float(settings.trigger[0]), float(settings.safety_stock[0]), dark=shown.dark)


def show_table(shown: Shown) -> None:
    """Every measure with its simulation error."""
    table = tables_what_if.results(shown.before, shown.after, shown.gap, shown.currency)
    tables.show(table, alt=_("Every measure of baseline and scenario"), key="what-if-measures", rows=14)


def exports(shown: Shown) -> None:
    """Assumptions and results as a workbook, the charts as a web page."""
    about = tables_what_if.two_columns(
        {
            _("Played on"): shown.scope.label,
            **what_if_levers.described(shown.played.scenario.scenario, shown.played.case),
            _("Demand paths"): number(shown.played.n_paths),
            _("Days"): number(shown.played.scenario.result.days),
            _("Seed"): str(shown.played.case.options.seed),
            _("Currency"): shown.currency,
            _("Forecast used"): shown.scope.key[0],
        }
    )
    downloads.offer(
        "stockcast-what-if",
        xlsx=lambda: {
            _("Assumptions"): Sheet(about),
            _("Results"): Sheet(tables_what_if.results_export(shown.before, shown.after, shown.currency)),
        },
        figures=lambda: figures(shown),
        title=f"{_('What-if')}: {shown.scope.label}",
    )
