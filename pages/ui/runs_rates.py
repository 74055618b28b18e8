"""What other currencies are worth, for files that name them."""

import pandas as pd
import streamlit as st

from core.base.language import _
from core.report import tables_runs
from core.workflows import home
from core.workflows import settings as settings_workflow
from core.workflows.settings import Settings
from pages.ui import messages, runs_settings, session, tables
from pages.ui.text import literal


@st.cache_data(max_entries=4, show_spinner=False)
def _found(version: str, own: str, rates: dict[str, float]) -> pd.DataFrame:  # noqa: ARG001 - it depends on these
    return settings_workflow.currencies_found(session.workspace())


def show(current: Settings) -> None:
    """The rates in force, the currencies the files name without one, and a form for one rate at a time."""
    workspace = session.workspace()
    rates = settings_workflow.rates(workspace)
    found = _found(home.strip(workspace).version or "", current.currency, rates)
    asked = list(dict.fromkeys(str(code) for code in found.loc[found["rate"].isna(), "currency"]))
    st.markdown(f"**{_('Exchange rates')}**")
    text = _("Prices in another currency become {own} by these rates; without a rate they do not count. Units stay.")
    st.caption(text.format(own=current.currency))
    if asked:
        text = _("The files name {names}, and no rate is known.")
        st.warning(text.format(names=literal(", ".join(asked))), icon=":material/currency_exchange:")
    if rates:
        with st.container(width=420):
            tables.show(tables_runs.rate_table(rates, current.currency), alt=_("Exchange rates"), key="rates")
    _change(current, rates, asked)


def _change(current: Settings, rates: dict[str, float], asked: list[str]) -> None:
    codes = [
        code for code in dict.fromkeys([*asked, *rates, *settings_workflow.CURRENCIES]) if code != current.currency
    ]
    labels = {code: tables_runs.currency_label(code) for code in codes}
    with st.form("rate", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.selectbox(_("One unit of"), codes, format_func=labels.__getitem__, key="rate-currency", width=320)
        rate = st.number_input(
            _("is worth, in {own}").format(own=current.currency), 0.0, 1e9, None, format="%.6f", key="rate-value",
            width=200, help=_("0 takes the rate back."),
        )  # fmt: skip
        asked_for = st.form_submit_button(_("Save rate"), icon=":material/save:")
    if asked_for and rate is not None:
        wanted = {**rates, code: rate} if rate else {each: value for each, value in rates.items() if each != code}
        with messages.shown():
            runs_settings.save(current, wanted)
