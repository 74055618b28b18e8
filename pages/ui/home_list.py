"""The exception list: filters, the table, and the ways onward from a chosen row."""

import pandas as pd
import streamlit as st

from core.base.language import _
from core.report import tables_home
from core.report.export import Sheet
from core.report.numbers import number
from core.workflows.home import Status
from pages.ui import downloads, links, messages, tables
from pages.ui.text import literal


def show(status: Status, currency: str) -> None:
    """What needs attention, most urgent and most money first."""
    st.subheader(_("What needs attention"))
    found = status.exceptions
    if status.stocked_out is None:
        messages.needs(
            _("**What runs out is not known:** no stock was ever reported. The order plan assumes empty shelves."),
            "pages/upload.py", _("Upload a stock file"), ":material/upload_file:",
        )  # fmt: skip
    if found.empty and status.stocked_out is None:
        return
    if found.empty:
        st.success(_("Nothing needs you today: every SKU with known stock is covered."), icon=":material/check_circle:")
        return
    chosen = _filtered(found)
    if chosen.empty:
        st.info(_("No SKU matches these filters."), icon=":material/filter_alt_off:")
        return
    row = tables.choose(
        tables_home.exceptions(chosen, currency),
        alt=_("SKUs that need attention, most urgent first"),
        key="home-exceptions",
        rows=12,
        columns={_("SKU"): st.column_config.TextColumn(pinned=True)},
    )
    _onward(chosen, row)
    _exports(status, chosen, currency)


def _filtered(found: pd.DataFrame) -> pd.DataFrame:
    counts = found["state"].value_counts()
    labels = {
        state: f"{label} · {number(int(counts[state]))}"
        for state, label in tables_home.state_labels().items()
        if state in counts
    }
    meanings = zip(tables_home.state_labels().values(), tables_home.state_meanings().values(), strict=True)
    with st.container(horizontal=True):
        states = st.pills(
            _("State"),
            list(labels),
            selection_mode="multi",
            format_func=labels.__getitem__,
            key="home-states",
            help="  \n".join(f"{label}: {text}" for label, text in meanings),
            persist_state="session",
            wrap=True,
        )
        location = _pick(found, "location", _("Location"), _("All locations"))
        category = _pick(found, "category", _("Category"), _("All categories"))
    mask = found["state"].isin(states) if states else pd.Series(data=True, index=found.index)
    for name, value in (("location", location), ("category", category)):
        mask &= (found[name] == value) | (value is None)
    return found[mask].reset_index(drop=True)


def _pick(found: pd.DataFrame, column: str, label: str, every: str) -> str | None:
    values = sorted({str(value) for value in found[column].dropna() if str(value)})
    if len(values) < 2:
        return None
    return st.selectbox(
        label, values, index=None, placeholder=every, key=f"home-{column}", width=220, persist_state="session"
    )


def _onward(chosen: pd.DataFrame, row: int | None) -> None:
    if row is None:
        st.caption(_("Choose a row to see its order and to play a what-if."))
        return
    line = chosen.iloc[row]
    query = {"sku": str(line["sku"]), "location": str(line["location"])}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(line['sku'])}** · {literal(line['location'])}", width="content")
        links.to("pages/order_plan.py", _("Its order, and why"), ":material/shopping_cart:", query)
        links.to("pages/what_if.py", _("What if…"), ":material/tune:", query)


def _exports(status: Status, chosen: pd.DataFrame, currency: str) -> None:
    table = tables_home.exceptions(chosen, currency)
    downloads.offer(
        "stockcast-exceptions",
        csv=lambda: table,
        xlsx=lambda: {
            _("Exceptions"): Sheet(table),
            _("Key figures"): Sheet(tables_home.key_figures(status.record(), currency)),
        },
    )
