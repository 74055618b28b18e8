"""Files of the Clean page: clean demand, every change, and the quality report as a web page."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.base import language
from core.base.language import _
from core.report import tables_clean
from core.report.export import HTML_TYPE, Sheet
from core.report.numbers import day, number
from core.report.quality_page import Part, page_bytes
from core.workflows import cleaning, history_rows, home, priorities
from core.workflows.cleaning import CleanReport
from pages.ui import clean_history, downloads, session

EXCEL_ROWS = 250_000


def offer(report: CleanReport) -> None:
    """Everything as files, made when they are asked for."""
    workspace, labels = session.workspace(), {rule.key: rule.label for rule in report.rules}

    def clean() -> pd.DataFrame:
        return tables_clean.demand(cleaning.clean_demand(workspace))

    def audit() -> pd.DataFrame:
        return tables_clean.findings(cleaning.findings(workspace), labels)

    def workbook() -> dict[str, Sheet]:
        whole, changes = {_("What the rules changed"): _effects(report)}, audit()
        return whole | ({_("Every change"): Sheet(changes)} if len(changes) <= EXCEL_ROWS else {})

    st.subheader(_("Exports"))
    small = report.cells <= EXCEL_ROWS
    st.caption(_("Clean demand has {rows} rows, one per SKU, location and period.").format(rows=number(report.cells)))
    demand, changes, quality = st.columns(3)
    with demand.container(border=True, height="stretch"):
        st.markdown(f"**{_('Clean demand')}**")
        downloads.offer(
            "clean-demand", csv=clean, xlsx=(lambda: {_("Clean demand"): Sheet(clean())}) if small else None
        )
        if not small:
            st.caption(_("That is too much for an Excel workbook one would like to open; take the CSV file."))
    with changes.container(border=True, height="stretch"):
        st.markdown(f"**{_('Every change, with its reason')}**")
        downloads.offer("cleaning-changes", csv=audit, xlsx=workbook)
    with quality.container(border=True, height="stretch"):
        st.markdown(f"**{_('Quality report')}**")
        st.download_button(
            _("Web page"), report_maker(report), "quality-report.html", HTML_TYPE,
            key="download-quality-report-html", on_click="ignore", icon=":material/download:",
        )  # fmt: skip


def _effects(report: CleanReport) -> Sheet:
    table = tables_clean.effects(report.rules, report, report.imported_units)
    return Sheet(table, percent=(_("Share of units"),))


def report_maker(report: CleanReport) -> Callable[[], bytes]:
    """Makes the quality report when it is asked for, away from the page and in its language."""
    workspace, settings = session.workspace(), session.settings()
    spoken, currency = settings.language, settings.currency

    def make() -> bytes:
        language.use(spoken)
        table = tables_clean.by_grain(history_rows.history_rows(workspace).table(), "month")
        found = tables_clean.issues(report.quality.issues)
        ranked = tables_clean.fix_first(priorities.table(priorities.fix_first(workspace)))
        chart = clean_history.rows_figure(table, dark=False)
        until = _("Sales until {day}").format(day=day(home.strip(workspace).data_until))
        states = tables_clean.states({key: share / 100.0 for key, share in report.states.items()})
        return page_bytes(
            _("Data quality"),
            [
                Part(_("Scores"), until, tables_clean.dimensions(report.quality)),
                Part(_("Fix these first"), _("Money in {currency}").format(currency=currency), ranked),
                Part(_("Everything that was found"), "", found, shares=(_("Share of units"),)),
                Part(_("What the history says"), " ".join(report.notes), states, shares=(_("Share"),)),
                Part(_("History in rows"), _("By month, units"), tables_clean.history_total(table), chart),
                Part(_("What the rules changed"), "", _effects(report).table, shares=(_("Share of units"),)),
            ],
        )

    return make
