"""Why one line of the plan is what it is: the sum, the terms used, and where its stock goes."""

from typing import Any

import numpy as np
import streamlit as st

from core.base.language import _
from core.charts import stock
from core.charts.stock import StockFan
from core.report import reasons, tables_what_if
from core.report.numbers import day, money, number
from core.workflows import simulating
from core.workflows.planning import PlanRun
from core.workflows.simulating import Projection
from pages.ui import chart, links, messages, session, tables
from pages.ui.text import literal


@st.cache_resource(max_entries=32, show_spinner=False)
def _projection(run_id: str, sku: str, location: str) -> Projection:  # noqa: ARG001 - the run decides rule and paths
    return simulating.projection(simulating.case_of(session.workspace(), sku, location))


def show(plan: PlanRun, place: int, currency: str) -> None:
    """The panel of one line."""
    line, steps = plan.lines.loc[place].to_dict(), plan.steps[place]
    name = "" if line["product_name"] == line["sku"] else f" {literal(line['product_name'])}"
    head = _("Why {units} of {sku} at {location}?") if line["order_units"] else _("Why none of {sku} at {location}?")
    if not steps:
        head = _("Why is {sku} at {location} not planned?")
    with st.container(border=True):
        st.subheader(
            head.format(
                units=number(line["order_units"]), sku=literal(line["sku"]) + name, location=literal(line["location"])
            )
        )
        if not steps:
            st.markdown(literal(line["notes"], 400))
        else:
            _decided(plan, line, steps)
        _terms(line, currency)


def _decided(plan: PlanRun, line: dict[str, Any], steps: list[tuple[str, float]]) -> None:
    """The sum behind an order, and where the stock goes with it and without."""
    st.markdown(literal(reasons.reason(line | {"notes": ""}, steps), 400))
    left, right = st.columns(2, gap="medium")
    with left:
        _sum(line, steps)
    with right:
        _stock(plan, line)


def _sum(line: dict[str, Any], steps: list[tuple[str, float]]) -> None:
    st.markdown(f"**{_('The sum')}**")
    figure = stock.waterfall(reasons.chart_terms(steps), dark=session.dark())
    chart.show(figure, key="plan-waterfall", alt=_("Terms that add up to the order"), file_name="why-this-order")
    st.caption(literal(f"{reasons.decision(line)} {line['notes']}".strip(), 400))


def _stock(plan: PlanRun, line: dict[str, Any]) -> None:
    st.markdown(f"**{_('Where the stock goes')}**")
    with messages.shown():
        way = _projection(plan.run_id, str(line["sku"]), str(line["location"]))
        fans = [
            StockFan(label, way.periods, *np.asarray(points).T)
            for label, points in ((_("Nothing ordered"), way.untouched), (_("Rule followed"), way.following))
        ]
        figure = stock.projected_stock(fans, way.trigger, way.safety_stock, dark=session.dark())
        figure.update_layout(height=360)
        chart.show(figure, key="plan-stock", alt=_("Projected stock of this line"), file_name="projected-stock")
        text = _("Order by {order_by}; out of stock from {out} if nothing is ordered.")
        never = _("Stock lasts beyond the forecast if nothing is ordered.")
        out = day(line["stock_out_date"])
        st.caption(never if out == "–" else text.format(order_by=day(line["order_by"]), out=out))


def _terms(line: dict[str, Any], currency: str) -> None:
    rows = reasons.terms_used(line, money(line["unit_cost"], currency, 2))
    with st.expander(_("Terms used"), icon=":material/list_alt:"):
        tables.show(
            tables_what_if.two_columns(dict(rows)), alt=_("Supply terms of this line"), key="plan-terms", rows=8
        )
    links.to(
        "pages/what_if.py",
        _("What if the terms were different?"),
        ":material/tune:",
        {"sku": str(line["sku"]), "location": str(line["location"])},
    )
