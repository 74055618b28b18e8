"""What a scope's forecast is made of, and how it stands against last year."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from core.base.calendar import Frequency
from core.base.columns import PROMOTION
from core.base.language import _, ngettext
from core.base.types import FloatArray
from core.charts import breakdown as charts
from core.charts.breakdown import PartsData
from core.report.numbers import change, number, percent
from core.workflows import comparing, decomposing
from core.workflows.decomposing import Breakdown
from core.workflows.scopes import Scope
from core.workflows.viewing import Head, ScopeView
from pages.ui import chart, session

SHOWN_EFFECTS = 3
"""Promotions and events that get a band of their own."""


@st.cache_resource(max_entries=128, show_spinner=False)
def _breakdown(run_id: str, version: str, scope: Scope, _head: Head, _view: ScopeView) -> Breakdown:  # noqa: ARG001 - key
    return decomposing.breakdown(session.workspace(), _head, scope, _view)


def breakdown_of(head: Head, version: str, scope: Scope, view: ScopeView) -> Breakdown:
    """The scope taken apart, kept for as long as forecast and data are the same."""
    return _breakdown(head.run_id, version, scope, head, view)


def effect_label(name: str) -> str:
    """What an effect is called: promotions, or the event's own name."""
    known = {PROMOTION: _("Promotion"), decomposing.BY_HAND: _("Changed by hand")}
    return known.get(name) or name.split(":", 1)[-1].replace("_", " ").capitalize()


def show_parts(head: Head, version: str, scope: Scope, view: ScopeView) -> None:
    """Level, season, effects and remainder under one another, and what they make of the forecast."""
    found = breakdown_of(head, version, scope, view)
    figure = parts_figure(found, dark=session.dark())
    alt = _("Demand and forecast taken apart into level, season, promotions, events and remainder")
    chart.show(figure, key="forecast-parts", alt=alt, file_name="forecast-parts")
    if found.method:
        text = _(
            "As {method} sees it: its level is what it expected on average for the season ahead, the season what it "
            "expected beyond that, the remainder what it missed one period ahead."
        ).format(method=comparing.labels()[found.method])
    else:
        text = _("Classical decomposition: ratios to a moving average; what no part explains is the remainder.")
    chart.caption(f"{text} {_shares(found)}")


def parts_figure(found: Breakdown, *, dark: bool = False) -> Any:
    """The chart of the parts."""
    parts = {_("Season"): found.parts.season, **_largest(found.parts.effects), _("Remainder"): found.parts.remainder}
    data = PartsData(found.periods, found.n_known, found.units, found.parts.level, parts)
    return charts.parts_chart(data, dark=dark)


def _largest(effects: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The effects that move most units by what they are called, the others added up."""
    ordered = sorted(effects, key=lambda name: -float(np.nansum(np.abs(effects[name]))))
    found = {effect_label(name): effects[name] for name in ordered[:SHOWN_EFFECTS]}
    rest = [effects[name] for name in ordered[SHOWN_EFFECTS:]]
    return found | ({_("Other events"): np.sum(rest, axis=0)} if rest else {})


def _shares(found: Breakdown) -> str:
    """What the forecast is made of, in a sentence; "" without a forecast."""
    sums = decomposing.shares(found)
    total = sum(sums.values())
    if not total > 0:
        return ""
    names = {"level": _("level"), "season": _("season"), "remainder": _("remainder")}
    told = [
        f"{names.get(name) or effect_label(name)} {percent(units / total)}"
        for name, units in sums.items()
        if abs(units) >= 0.0005 * total
    ]
    return _("Of the forecast: {parts}.").format(parts=", ".join(told))


def year_figure(view: ScopeView, frequency: str, *, dark: bool = False) -> Any:
    """The chart of this year and the last."""
    found = decomposing.year_over_year(view.fan, Frequency(frequency))
    title = _("Units per week") if frequency in ("day", "week") else _("Units per period")
    return charts.year_over_year(found.periods, (found.sold, found.expected, found.before), title, dark=dark)


def show_year(view: ScopeView, frequency: str) -> None:
    """The last year and the forecast beside the year before."""
    found = decomposing.year_over_year(view.fan, Frequency(frequency))
    alt = _("Sales and forecast beside the same weeks a year before")
    figure = year_figure(view, frequency, dark=session.dark())
    chart.show(figure, key="forecast-year", alt=alt, file_name="forecast-year")
    monthly = frequency == Frequency.MONTH
    if both := _growth(found.sold, found.before, monthly=monthly):
        past = _("Sold against the year before: {share}.").format(share=both)
        ahead = _growth(found.expected, found.before, monthly=monthly)
        text = past if not ahead else f"{past} " + _("Forecast against the year before: {share}.").format(share=ahead)
        chart.caption(text)
    else:
        chart.caption(_("Weeks are set beside those 52 weeks earlier, months beside the same month."))


def _growth(now: Any, before: Any, *, monthly: bool) -> str:
    """Change of the sum where both years are known, with its sign; "" where they are not."""
    both = ~np.isnan(now) & ~np.isnan(before)
    if not both.any() or not before[both].sum() > 0:
        return ""
    growth = float(now[both].sum() / before[both].sum() - 1)
    n = int(both.sum())
    if monthly:
        over = ngettext("{share} over {n} month", "{share} over {n} months", n)
    else:
        over = ngettext("{share} over {n} week", "{share} over {n} weeks", n)
    return over.format(share=change(growth), n=number(n))
