"""Tables as all pages show them: whole numbers with separators, as high as they need and not higher."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

ROW = 35


def show(table: pd.DataFrame, *, alt: str, key: str, rows: int = 8, columns: Mapping[str, Any] | None = None) -> None:
    """Show a table whose headers are the reader's.

    Args:
        table: what to show.
        alt: what it is, for those who hear it.
        key: unique on the page.
        rows: rows seen without scrolling.
        columns: column settings where the usual ones do not fit.
    """
    st.dataframe(
        table,
        hide_index=True,
        height=_height(table, rows),
        alt=alt,
        key=key,
        placeholder="–",
        column_config=_columns(table) | dict(columns or {}),
    )


def choose(
    table: pd.DataFrame,
    *,
    alt: str,
    key: str,
    rows: int = 8,
    columns: Mapping[str, Any] | None = None,
    start: int | None = None,
) -> int | None:
    """Show a table of which one row can be chosen; the place of the chosen row, None = none.

    Args:
        table: what to show.
        alt: what it is, for those who hear it.
        key: unique on the page.
        rows: rows seen without scrolling.
        columns: column settings where the usual ones do not fit.
        start: row chosen at first.
    """
    event = st.dataframe(
        table,
        hide_index=True,
        height=_height(table, rows),
        alt=alt,
        key=key,
        placeholder="–",
        column_config=_columns(table) | dict(columns or {}),
        on_select="rerun",
        selection_mode="single-row",
        selection_default=None if start is None else {"selection": {"rows": [start]}},
    )
    chosen = event.selection.rows
    # a filter may have shortened the table since the row was chosen
    return chosen[0] if chosen and chosen[0] < len(table) else None


def edit(table: pd.DataFrame, *, alt: str, key: str, editable: Mapping[str, Any], rows: int = 8) -> pd.DataFrame:
    """Show a table of which some columns can be changed in place; the table as it is now.

    Args:
        table: what to show; as long as it stays the same under a key, the changes stay too.
        alt: what it is, for those who hear it.
        key: unique on the page.
        editable: the columns that can be changed, with their settings.
        rows: rows seen without scrolling.
    """
    changed: pd.DataFrame = st.data_editor(
        table,
        hide_index=True,
        height=_height(table, rows),
        alt=alt,
        key=key,
        placeholder="–",
        disabled=[str(name) for name in table.columns if name not in editable],
        column_config=_columns(table) | dict(editable),
    )
    return changed


def _height(table: pd.DataFrame, rows: int) -> int:
    return ROW * (min(max(len(table), 1), rows) + 1) + 3


def _columns(table: pd.DataFrame) -> dict[str, Any]:
    """Numbers with the reader's separators, dates without a time of day."""
    settings: dict[str, Any] = {}
    for name in table.columns:
        if pd.api.types.is_datetime64_any_dtype(table[name]):
            settings[str(name)] = st.column_config.DateColumn(format="D MMM YYYY")
        elif pd.api.types.is_numeric_dtype(table[name]) and not pd.api.types.is_bool_dtype(table[name]):
            settings[str(name)] = st.column_config.NumberColumn(format="localized")
    return settings
