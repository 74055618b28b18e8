"""The data-quality report as one web page that needs neither this app nor the network to be opened."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.language import _, current
from core.report.numbers import number, percent, undefined

STYLE: Final = (
    "body{font-family:sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem;color:#17212B}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "th,td{border-bottom:1px solid #D5DDE5;padding:.35rem .6rem;text-align:left;vertical-align:top}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
)
DIGITS: Final = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the report.

    Attributes:
        heading: its title.
        note: a sentence under it, "" for none.
        table: figures, None for none.
        figure: a chart, None for none.
        shares: columns of the table that hold fractions to be shown as percent.
    """

    heading: str
    note: str = ""
    table: pd.DataFrame | None = None
    figure: Any = None
    shares: tuple[str, ...] = ()


def page_bytes(title: str, parts: Sequence[Part]) -> bytes:
    """The page as UTF-8; every text of the data stands in it as text, never as markup."""
    first = next((place for place, part in enumerate(parts) if part.figure is not None), None)
    drawn = [_section(part, with_library=place == first) for place, part in enumerate(parts)]
    head = f'<!doctype html><html lang="{html.escape(current().split("_")[0])}"><meta charset="utf-8">'
    name = f"<title>{html.escape(title)}</title><style>{STYLE}</style><h1>{html.escape(title)}</h1>"
    return (head + name + "".join(drawn) + "</html>").encode()


def _section(part: Part, *, with_library: bool) -> str:
    """One section; the first chart brings the chart library along, inside the page."""
    note = f"<p>{html.escape(part.note)}</p>" if part.note else ""
    table = _table(part.table, part.shares) if part.table is not None else ""
    chart = part.figure.to_html(full_html=False, include_plotlyjs=with_library) if part.figure is not None else ""
    return f"<h2>{html.escape(part.heading)}</h2>{note}{table}{chart}"


def _table(table: pd.DataFrame, shares: Sequence[str]) -> str:
    if table.empty:
        return f"<p>{html.escape(_('None.'))}</p>"
    numeric = [pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind) for kind in table.dtypes]
    head = "".join(_cell("th", str(name), right) for name, right in zip(table.columns, numeric, strict=True))
    columns = [
        [percent(value, 2) if name in shares else _shown(value) for value in table[name]] for name in table.columns
    ]
    rows = (
        "".join(_cell("td", text, right) for text, right in zip(row, numeric, strict=True))
        for row in zip(*columns, strict=True)
    )
    return f"<table><tr>{head}</tr>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _cell(tag: str, text: str, right: Any) -> str:
    return f"<{tag}{' class=n' if right else ''}>{html.escape(text)}</{tag}>"


def _shown(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return _("yes") if value else _("no")
    if isinstance(value, int | float | np.number) or value is None:
        whole = undefined(value) or float(value or 0).is_integer()
        return number(None if value is None else float(value), 0 if whole else DIGITS)
    return str(value)
