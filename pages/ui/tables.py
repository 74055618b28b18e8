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
    numbers = {
        str(name): st.column_config.NumberColumn(format="localized")
        for name in table.columns
        if pd.api.types.is_numeric_dtype(table[name]) and not pd.api.types.is_bool_dtype(table[name])
    }
    st.dataframe(
        table,
        hide_index=True,
        height=ROW * (min(max(len(table), 1), rows) + 1) + 3,
        alt=alt,
        key=key,
        column_config=numbers | dict(columns or {}),
    )
