"""Exports of a page in one row; the files are made when they are asked for."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.base.language import _
from core.report.export import CSV_TYPE, HTML_TYPE, XLSX_TYPE, Sheet, csv_bytes, html_bytes, xlsx_bytes
from core.report.numbers import day, today


def offer(
    name: str,
    *,
    csv: Callable[[], pd.DataFrame] | None = None,
    xlsx: Callable[[], Mapping[str, Sheet]] | None = None,
    figures: Callable[[], Mapping[str, Any]] | None = None,
    more: Mapping[str, Callable[[], pd.DataFrame]] | None = None,
    title: str = "",
) -> None:
    """Download buttons for the formats given; `name` is the file name without its ending.

    `figures` become a web page that is headed by `title` and the day.
    `more` are further tables as CSV files: what is added to the file name, and the table.
    """
    makers: list[tuple[str, str, str, Callable[[], bytes]]] = []
    if xlsx is not None:
        makers.append((_("Excel workbook"), "xlsx", XLSX_TYPE, lambda: xlsx_bytes(xlsx())))
    if csv is not None:
        makers.append((_("CSV file"), "csv", CSV_TYPE, lambda: csv_bytes(csv())))
    for ending, table in (more or {}).items():
        label = _("CSV file, {what}").format(what=_(ending).replace("-", " "))
        makers.append((label, f"{ending}.csv", CSV_TYPE, partial(_csv, table)))
    if figures is not None:
        makers.append(
            (
                _("Charts as web page"),
                "html",
                HTML_TYPE,
                lambda: html_bytes(f"{title or name}, {day(today())}", figures()),
            )
        )
    with st.container(horizontal=True):
        for label, ending, kind, make in makers:
            st.download_button(
                label,
                make,
                f"{name}-{ending}" if "." in ending else f"{name}.{ending}",
                kind,
                key=f"download-{name}-{ending.replace('.', '-')}",
                on_click="ignore",
                icon=":material/download:",
            )


def _csv(table: Callable[[], pd.DataFrame]) -> bytes:
    return csv_bytes(table())
