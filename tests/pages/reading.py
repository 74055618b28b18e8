"""What a page shows when it was run without a browser."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest


def texts(elements: Iterable[Any]) -> str:
    """What the elements say, one after the other, without the escapes of markdown."""
    return " ".join(str(each.value) for each in elements).replace("\\", "")


def metrics(at: AppTest) -> dict[str, str]:
    """Value of each card by its label."""
    return {each.label: each.value for each in at.metric}


def table_with(at: AppTest, column: str) -> pd.DataFrame:
    """The first table on the page that has this column."""
    return next(each.value for each in at.dataframe if column in each.value.columns)
