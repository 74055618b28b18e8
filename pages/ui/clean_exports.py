"""Files of the Clean page: clean demand, every change, and the quality report as a web page."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.base import language
from core.base.language import _
from core.charts import history
from core.charts.history import RowsData
from core.report import tables_clean
from core.report.export import HTML_TYPE, Sheet
from core.report.numbers import day, number
from core.report.quality_page import Part, page_bytes
from core.workflows import cleaning, history_rows, home, priorities
from core.workflows.cleaning import CleanReport
from pages.ui import downloads, session

EXCEL_ROWS = 250_000


def offer(report: CleanReport) -> None:
    """Everything as files, made when they are asked for."""
    workspace, labels = session.workspace(), {rule.key: rule.label for rule in report.rules}

    def clean() -> pd.DataFrame:
        return tables_clean.demand(cleaning.clean_demand(workspace))

    def audit() -> pd.DataFrame:
        return tables_clean.findings(cleaning.findings(workspace), labels)

    st.subheader(_("Exports"))
    small = report.cells <= EXCEL_ROWS
    st.caption(_("Clean demand has {rows} rows, one per SKU, location and period.").format(rows=number(report.cells)))
    with st.container(horizontal=True):
        downloads.offer(
            "clean-demand", csv=clean, xlsx=(lambda: {_("Clean demand"): Sheet(clean())}) if small else None
        )
        downloads.offer("cleaning-changes", csv=audit, xlsx=lambda: {_("What the rules changed"): _effects(report)})
        st.download_button(
            _("Quality report"), _report_maker(report), "quality-report.html", HTML_TYPE,
            key="download-quality-report-html", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    if not small:
        st.caption(_("That is too much for an Excel workbook one would like to open; take the CSV file."))


def _effects(report: CleanReport) -> Sheet:
    table = tables_clean.effects(report.rules, report, report.imported_units)
    return Sheet(table, percent=(_("Share of units"),))


def _report_maker(report: CleanReport) -> Callable[[], bytes]:
    """Makes the quality report when it is asked for, away from the page and in its language."""
    workspace, spoken = session.workspace(), session.settings().language

    def make() -> bytes:
        language.use(spoken)
        table = tables_clean.by_grain(history_rows.history_rows(workspace).table(), "month")
        issues = priorities.table(priorities.fix_first(workspace))
        until = _("Sales until {day}").format(day=day(home.strip(workspace).data_until))
        notes = " ".join(report.notes)
        return page_bytes(
            _("Data quality"),
            [
                Part(_("Scores"), until, tables_clean.dimensions(report.quality)),
                Part(_("Fix these first"), "", tables_clean.fix_first(issues)),
                Part(_("What the history says"), notes, tables_clean.states(report.states)),
                Part(_("History in rows"), _("By month, units"), tables_clean.history_total(table), _chart(table)),
                Part(
                    _("What the rules changed"), "", tables_clean.effects(report.rules, report, report.imported_units)
                ),
            ],
        )

    return make


def _chart(table: pd.DataFrame) -> object:
    units = {name: table[name].to_numpy(float) for name in table.columns if name != "period"}
    terms = {label: units[name] for name, label in tables_clean.row_names().items()}
    periods = table["period"].to_numpy("datetime64[D]")
    return history.history_rows(RowsData(periods, units["imported"], units["clean"], terms, units["promotions"]))
