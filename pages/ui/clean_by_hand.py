"""Demand corrected by hand: the list, a form for a new correction, and the way to take one back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from core.base.errors import DemandError
from core.base.language import _
from core.jobs import data
from core.report import tables_clean
from core.report.numbers import day, number
from core.workflows import adjustments
from core.workflows.adjustments import Adjustment
from core.workflows.viewing import Choices
from pages.ui import clean_history, clean_jobs, messages, session, tables
from pages.ui.text import literal


def show(version: str, *, disabled: bool) -> None:
    """What was corrected, and the form."""
    st.subheader(_("Corrected by hand"))
    st.caption(_("What a planner knows and no file says. Nothing overrules a correction; taking it back undoes it."))
    given = adjustments.adjustments(session.workspace())
    if given.empty:
        st.info(_("Nothing is corrected by hand."))
    else:
        tables.show(tables_clean.corrections(given), alt=_("Corrections by hand"), key="clean-corrections")
        _remove(given, disabled=disabled)
    st.subheader(_("A new correction"))
    _add(version, disabled=disabled)


def _remove(given: pd.DataFrame, *, disabled: bool) -> None:
    titles = {at: _title(row) for at, row in enumerate(given.to_dict("records"))}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(
            _("One correction"), list(titles), format_func=titles.__getitem__, key="clean-correction", width=380
        )
        if st.button(_("Take it back"), icon=":material/undo:", key="clean-correction-remove", disabled=disabled):
            row = given.iloc[place]
            clean_jobs.follow(
                data.start_adjustment_removal(
                    session.runner(), session.workspace(), row["sku"], row["location"], _day(row["period"])
                )
            )


def _title(row: Mapping[str, Any]) -> str:
    return f"{row['sku']} · {row['location']} · {day(_day(row['period']))} · {number(row['units'], 1)}"


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()


def _add(version: str, *, disabled: bool) -> None:
    choices = clean_history.choices_of(version)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sku, place = _series(choices)
        table = clean_history.rows_of(version, sku, place)
        first, last = _day(table["period"].iloc[0]), _day(table["period"].iloc[-1])
        when = st.date_input(
            _("Day of the period"), last, min_value=first, max_value=None, key="clean-hand-day", width=160
        )
    _present(table, when)
    with st.form("clean-hand", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        units = st.number_input(_("Demand in the period, units"), 0.0, 1e9, None, key="clean-hand-units", width=230)
        reason = st.text_input(
            _("Reason"), max_chars=adjustments.LONGEST_REASON, key="clean-hand-reason", width=380,
            placeholder=_("e.g. counted again, the export missed a day"),
        )  # fmt: skip
        if st.form_submit_button(_("Correct"), type="primary", icon=":material/edit:", disabled=disabled):
            _start(Adjustment(sku, place, when, -1.0 if units is None else units, reason), given=units is not None)


def _series(choices: Choices) -> tuple[str, str]:
    shown = {sku: clean_history.sku_label(sku, choices) for sku in choices.skus}
    sku = st.selectbox(_("SKU"), list(shown), format_func=shown.__getitem__, key="clean-hand-sku", width=300)
    places = choices.places[sku]
    if len(places) < 2:
        return sku, places[0]
    return sku, st.selectbox(_("Location"), places, key=f"clean-hand-place-{sku}", width=200)


def _present(table: pd.DataFrame, when: date) -> None:
    """What stands in the period now."""
    before = table[table["period"] <= pd.Timestamp(when)]
    if before.empty:
        return
    row = before.iloc[-1]
    text = _("Now, in the period from {day}: {imported} units imported, clean demand {clean}.")
    told = text.format(day=day(_day(row["period"])), imported=number(row["imported"], 1), clean=number(row["clean"], 1))
    st.caption(literal(told, 300))


def _start(wanted: Adjustment, *, given: bool) -> None:
    if not given:
        st.warning(_("Say how many units were wanted in the period, 0 or more."), icon=":material/edit:")
        return
    workspace = session.workspace()
    try:
        checked = adjustments.check(workspace, wanted)
    except DemandError as error:
        messages.refused(error)
        return
    clean_jobs.follow(data.start_adjustment(session.runner(), workspace, checked))
