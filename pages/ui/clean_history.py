"""The Clean page's history in rows, from imported units to clean demand, and the calendar of one SKU."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.base.language import _
from core.charts import history
from core.charts.history import CalendarData, RowsData
from core.report import tables_clean
from core.workflows import history_rows, shelf, stock_outs, viewing
from core.workflows.viewing import Choices
from pages.ui import chart, clean_sections, downloads, session, tables
from pages.ui.clean_sections import PLACE, SKU
from pages.ui.text import literal

ALL = ""
ADDRESS, SEEN = "sku", "clean-address"
MANY = 200
"""Days from which the history is shown by week unless the reader wants days."""


# The values are shared and never changed: a copy per visit would cost more than it protects.
@st.cache_resource(max_entries=2, show_spinner=False)
def choices_of(version: str) -> Choices:  # noqa: ARG001 - the key of the cache
    """SKUs with their names and locations."""
    return viewing.choices(session.workspace())


@st.cache_data(max_entries=64, show_spinner=False)
def rows_of(version: str, sku: str, place: str) -> pd.DataFrame:  # noqa: ARG001 - the key of the cache
    """The history in rows of a scope; "" = all."""
    return history_rows.history_rows(session.workspace(), sku or None, place or None).table()


@st.cache_data(max_entries=4, show_spinner=False)
def suspicions_of(version: str) -> pd.DataFrame:  # noqa: ARG001 - the key of the cache
    """Stretches without a sale that chance hardly explains."""
    return stock_outs.suspected(session.workspace())


@st.cache_data(max_entries=64, show_spinner=False)
def _shelf(version: str, sku: str, place: str) -> pd.DataFrame:
    return shelf.shelf(session.workspace(), sku, place, suspicions_of(version)).table()


def sku_label(sku: str, choices: Choices) -> str:
    """The SKU with its name where a file gives one."""
    name = choices.names.get(sku, sku)
    return sku if name == sku else f"{sku} · {name}"


def show(version: str) -> None:
    """Chart, sums and figures of the scope chosen, and of one SKU its calendar."""
    choices = choices_of(version)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sku, place = _scope(choices)
        table = rows_of(version, sku, place)
        names = tables_clean.grains(choices.frequency)
        start = "week" if choices.frequency == "day" and len(table) > MANY else choices.frequency
        st.session_state.setdefault("clean-grain", start)
        grain = st.segmented_control(
            _("Add up to"), list(names), format_func=names.__getitem__, required=True, key="clean-grain"
        )
    _rows(tables_clean.by_grain(table, grain or start), dark=session.dark())
    if sku:
        _calendar(version, sku, place, choices)
    else:
        st.caption(_("Choose a SKU to see its calendar: sold, nothing sold, not on sale, out of stock."))


def _scope(choices: Choices) -> tuple[str, str]:
    """SKU and location chosen; "" = all."""
    shown = {ALL: _("All SKUs together")} | {sku: sku_label(sku, choices) for sku in choices.skus}
    _arrive(choices)
    sku = st.selectbox(_("Show"), list(shown), format_func=shown.__getitem__, key=SKU, width=300, persist_state="page")
    _write(sku)
    places = choices.places[sku] if sku else choices.locations
    if len(places) < 2:
        return sku, ALL
    every = {ALL: _("All locations")} | {place: place for place in places}
    place = st.selectbox(
        _("Location"), list(every), format_func=every.__getitem__, key=PLACE, width=200, persist_state="page"
    )
    return sku, place


def _arrive(choices: Choices) -> None:
    """Turn the control to the SKU an address names, once per address."""
    asked = st.query_params.get(ADDRESS)
    if asked in choices.places and asked != st.session_state.get(SEEN):
        st.session_state[SKU] = asked


def _write(sku: str) -> None:
    """Let the address name the SKU shown, so that it can be passed on."""
    st.session_state[SEEN] = sku
    if sku and st.query_params.get(ADDRESS) != sku:
        st.query_params[ADDRESS] = sku
    elif not sku and ADDRESS in st.query_params:
        del st.query_params[ADDRESS]


def rows_figure(table: pd.DataFrame, *, dark: bool) -> Any:
    """The history in rows as a chart."""
    units = {name: table[name].to_numpy(float) for name in table.columns if name != "period"}
    data = RowsData(
        periods=table["period"].to_numpy("datetime64[D]"),
        imported=units["imported"],
        clean=units["clean"],
        terms={label: units[name] for name, label in tables_clean.row_names().items()},
        promotions=units["promotions"],
    )
    return history.history_rows(data, dark=dark)


def _rows(table: pd.DataFrame, *, dark: bool) -> None:
    """The rows as a chart, as one sum, and period by period."""
    figure = rows_figure(table, dark=dark)
    chart.show(figure, key="clean-chart", alt=_("History in rows, from imported to clean"), file_name="history-in-rows")
    chart.caption(_("Imported plus everything put on or taken off below is clean demand, in each period."))
    tables.show(
        tables_clean.history_total(table), alt=_("From imported units to clean demand"), key="clean-rows-total", rows=9
    )
    with st.expander(_("Figures per period"), icon=":material/table:", key="clean-rows-box"):
        shown = tables_clean.history(table)
        tables.show(shown, alt=_("History in rows per period"), key="clean-rows")
        downloads.offer("history-in-rows", csv=lambda: shown)


def _calendar(version: str, sku: str, place: str, choices: Choices) -> None:
    """What each period of the SKU was; a guess is hatched and says how sure it is."""
    st.subheader(_("Calendar of {sku}").format(sku=literal(sku, 80)))
    places = choices.places[sku]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        where = place or places[0]
        if not place and len(places) > 1:
            where = st.selectbox(_("Shelf at"), places, key=f"clean-shelf-{sku}", width=200)
        table = _shelf(version, sku, where)
        table = _year(table) if choices.frequency == "day" else table
    looks = tables_clean.shelf_states()
    data = CalendarData(
        frequency=choices.frequency,
        periods=table["period"].to_numpy("datetime64[D]"),
        units=table["units"].to_numpy(float),
        kinds=table["state"].to_numpy(object),
        told=np.array(tables_clean.shelf_told(table), dtype=object),
        looks=looks,
    )
    figure = history.shelf_calendar(data, dark=session.dark())
    chart.show(figure, key="clean-calendar", alt=_("What each period of the SKU was"), file_name="calendar")
    chart.caption(
        _("Where no field is drawn the shop was closed. “Perhaps out of stock” is a guess from sales that stopped.")
    )
    with st.expander(_("The calendar as a table"), icon=":material/table:", key="clean-calendar-box"):
        tables.show(tables_clean.shelf(table), alt=_("Periods of the SKU"), key="clean-calendar-table")


def _year(table: pd.DataFrame) -> pd.DataFrame:
    """The periods of one year, the latest unless another is chosen."""
    years = table["period"].dt.year
    known = sorted(years.unique().tolist(), reverse=True)
    chosen = st.selectbox(_("Year"), known, key="clean-year", width=130, persist_state="page")
    return table[years == chosen].reset_index(drop=True)


def look_at(sku: str, place: str, key: str) -> None:
    """A button that opens the history at this SKU."""
    text = _("Look at {sku} in the history").format(sku=literal(sku, 60))
    view = {SKU: sku, PLACE: place}
    clean_sections.link(clean_sections.HISTORY, text, ":material/calendar_month:", key=key, view=view)
