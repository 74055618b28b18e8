"""The Clean page's history: before and after, the states of the SKU-periods, what was set aside, and the exports."""

import pandas as pd
import streamlit as st

from core.base.language import _
from core.base.types import FloatArray
from core.charts import demand
from core.report import tables_clean, tables_upload
from core.report.export import Sheet
from core.report.numbers import number
from core.workflows import cleaning
from core.workflows.cleaning import CleanReport
from pages.ui import chart, downloads, session, tables

ALL = ""
EXCEL_ROWS = 250_000


@st.cache_data(max_entries=2, show_spinner=False)
def findings(version: str) -> pd.DataFrame:  # noqa: ARG001 - the key of the cache
    """Every change the recipe made."""
    return cleaning.findings(session.workspace())


@st.cache_data(max_entries=2, show_spinner=False)
def _skus(version: str) -> list[str]:  # noqa: ARG001 - the key of the cache
    return cleaning.skus(session.workspace())


@st.cache_data(max_entries=64, show_spinner=False)
def _history(version: str, sku: str) -> tuple[FloatArray, FloatArray]:  # noqa: ARG001 - the key of the cache
    return cleaning.before_after(session.workspace(), sku)


def show_chart(version: str, report: CleanReport) -> None:
    """Units as imported and after cleaning, of all SKUs or of one."""
    known = _skus(version)
    sku = st.selectbox(
        _("Show"),
        [ALL, *known],
        format_func=_shown,
        key="clean-sku",
        width=300,
        bind="query-params",
    )
    before, after = (report.before, report.after) if not sku else _history(version, sku)
    figure = demand.before_after(report.periods, before, after, dark=session.dark())
    chart.show(figure, key="clean-chart", alt=_("Units as imported and after cleaning"), file_name="before-after")
    chart.caption(_("Where the two lines differ, a rule changed something; the table below says which."))


def _shown(sku: str) -> str:
    return sku or _("All SKUs together")


def show_states(report: CleanReport) -> None:
    """How much of the history is demand, and how much is silence of which kind."""
    st.subheader(_("What the history says"))
    tables.show(
        tables_clean.states(report.states),
        alt=_("Share of the SKU-periods in each state"),
        key="clean-states",
        columns={
            _("State"): st.column_config.TextColumn(width="small"),
            _("Share"): st.column_config.ProgressColumn(min_value=0, max_value=100, format="%.1f %%", width="medium"),
        },
    )


def show_not_products(version: str) -> None:
    """Codes set aside because they are no product, and lines refused at import."""
    table = tables_clean.not_products(findings(version))
    aside = cleaning.set_aside(session.workspace())
    if len(table):
        st.subheader(_("Set aside: no products"))
        tables.show(table, alt=_("Codes that are no product"), key="clean-not-products")
    if len(aside):
        st.subheader(_("Set aside at import"))
        tables.show(tables_upload.rejected_lines(aside), alt=_("Lines that could not be read"), key="clean-set-aside")


def exports(report: CleanReport) -> None:
    """Clean demand and every change, as files."""
    workspace, labels = session.workspace(), {rule.key: rule.label for rule in report.rules}

    def clean() -> pd.DataFrame:
        return tables_clean.demand(cleaning.clean_demand(workspace))

    def audit() -> pd.DataFrame:
        return tables_clean.findings(cleaning.findings(workspace), labels)

    def effects() -> Sheet:
        table = tables_clean.effects(report.rules, report, report.imported_units)
        return Sheet(table, percent=(_("Share of units"),))

    st.subheader(_("Exports"))
    small = report.cells <= EXCEL_ROWS
    st.caption(_("Clean demand has {rows} rows, one per SKU, location and period.").format(rows=number(report.cells)))
    with st.container(horizontal=True):
        downloads.offer(
            "clean-demand", csv=clean, xlsx=(lambda: {_("Clean demand"): Sheet(clean())}) if small else None
        )
        downloads.offer("cleaning-changes", csv=audit, xlsx=lambda: {_("What the rules changed"): effects()})
    if not small:
        st.caption(_("That is too much for an Excel workbook one would like to open; take the CSV file."))
