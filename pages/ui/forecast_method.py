"""The card of the method behind a forecast, and on demand its exact fit to one series."""

import math
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.base.language import _
from core.charts import breakdown as charts
from core.report import model_cards
from core.report.numbers import number
from core.workflows import comparing, diagnosing, fitted_method
from core.workflows.diagnosing import Diagnosis
from core.workflows.fitted_method import Learned
from core.workflows.scopes import Scope
from core.workflows.viewing import Head, ScopeView
from pages.ui import chart, messages, session, tables

LEAST = 0.001
"""Smallest p-value that is written out."""


@st.cache_resource(max_entries=128, show_spinner=False)
def _learned(run_id: str, version: str, scope: Scope, key: str, language: str, _head: Head) -> Learned:  # noqa: ARG001 - key
    return fitted_method.learned(session.workspace(), _head, scope, key)


def show(head: Head, version: str, scope: Scope, view: ScopeView) -> None:
    """What the method is, its formula, its settings and what it learned, and when it fails."""
    if not view.models:
        st.info(_("This forecast does not hold this part of the shop. Make a new one."))
        return
    labels, keys = comparing.labels(), list(view.models)
    key = keys[0]
    if len(keys) > 1:
        names = {each: _("{method} ({n})").format(method=labels[each], n=number(view.models[each])) for each in keys}
        key = st.selectbox(
            _("Method and its series"), keys, format_func=names.__getitem__, key="forecast-card", width=420
        )
    found = _learned(head.run_id, version, scope, key, session.settings().language, head)
    with st.container(border=True):
        _card(labels[key], found)
    if view.n_series == 1 and not np.isnan(view.fan.history).all():
        _exact(version, scope)


def _card(label: str, found: Learned) -> None:
    text = model_cards.card(found.key, found.family)
    drivers = {
        True: _("uses price, promotion and events"),
        False: _("knows nothing of prices and promotions"),
        None: _("uses price, promotion and events where its methods do"),
    }[found.drivers]
    st.markdown(f"#### {label}")
    st.caption(f"{found.family} · {drivers}")
    st.markdown(text.what)
    if text.formula:
        st.latex(text.formula)
    if text.fails:
        st.markdown(f":material/warning: **{_('When it fails')}** — {text.fails}")
    rows = [(_("learned"), name, value) for name, value in found.parameters.items()]
    rows += [(_("setting"), name, _told(value)) for name, value in found.settings.items()]
    if rows:
        table = pd.DataFrame(rows, columns=[_("Kind"), _("Parameter"), _("Value")])
        tables.show(table, alt=_("Settings and learned parameters"), key="forecast-parameters", rows=10)
    elif found.pooled:
        st.caption(_("It learns from all series together; nothing of it belongs to one SKU alone."))


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)


@st.cache_resource(max_entries=32, show_spinner=False)
def _diagnosis(version: str, sku: str, location: str) -> Diagnosis:  # noqa: ARG001 - the key of the cache
    return diagnosing.exact_view(session.workspace(), sku, location)


def _exact(version: str, scope: Scope) -> None:
    """The same series under an ARIMA fitted by exact maximum likelihood, when asked for."""
    if not st.toggle(
        _("Exact ARIMA fit of this series"),
        key="forecast-exact",
        help=_("Fits the ARIMA order chosen for this series by exact maximum likelihood; takes a few seconds."),
    ):
        return
    with messages.shown(), st.spinner(_("Fitting the exact likelihood")):
        found = _diagnosis(version, scope.name, scope.location)
        _show_fit(found)


def verdict(p_value: float) -> str:
    """What the Ljung–Box test says of the residuals, in a sentence; NaN = there are none."""
    if math.isnan(p_value):
        return _("The residuals are all 0: there is nothing left to explain.")
    if p_value >= diagnosing.DOUBTFUL:
        return _("The residuals look like noise.")
    return _("The residuals still hold structure that the model does not explain.")


def probability(p_value: float) -> str:
    """A p-value with the sign before it: one that would be written as 0 is told to be smaller than what is written."""
    return f"< {number(LEAST, 3)}" if p_value < LEAST else f"= {number(p_value, 3)}"


def _show_fit(found: Diagnosis) -> None:
    fit = found.fit
    st.markdown(
        _("**ARIMA {order}** — AICc {aicc}, Ljung–Box {test} (p {p}). {verdict}").format(
            order=found.order,
            aicc=number(fit.aicc, 1),
            test=number(fit.ljung_box, 1),
            p=probability(fit.p_value),
            verdict=verdict(fit.p_value),
        )
    )
    figure = charts.autocorrelations(fit.acf, fit.band, dark=session.dark())
    chart.show(figure, key="forecast-acf", alt=_("Autocorrelation of the residuals per lag"), file_name="residual-acf")
    chart.caption(_("Bars inside the shaded band are compatible with noise (95 %)."))
    with st.expander(_("Table of estimates"), icon=":material/table_chart:"):
        st.code(fit.summary, language=None)
    for note in fit.notes:
        st.caption(note)
