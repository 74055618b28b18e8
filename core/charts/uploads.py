"""Charts of a file about to be imported."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.base.calendar import Frequency
from core.base.language import _
from core.charts.theme import empty, figure, nothing_here, palette

LOWER_SHARE = 0.42
"""Share of the height for the SKUs sold."""


def grain(days: pd.Series) -> Frequency:
    """Length of the periods a table states by their dates: without it, a monthly table would seem full of holes.

    Args:
        days: dates that have rows, each once, rising.

    Returns:
        Months where no month has two dates, weeks where dates lie whole weeks apart, else days.
    """
    months = days.dt.to_period("M")
    if len(days) > 1 and months.is_unique and days.diff().median().days > 7:
        return Frequency.MONTH
    steps = days.diff().dropna().dt.days
    return Frequency.WEEK if len(steps) and (steps % 7 == 0).all() else Frequency.DAY


def upload_days(days: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """Rows per period of the table, and below the SKUs that sold in it; periods without rows count as 0.

    Args:
        days: day, rows, skus.
        dark: for a dark background.
    """
    if days.empty:
        return empty(nothing_here(), dark=dark)
    known = _every_period(days)
    every = known.index
    colours = palette(dark=dark)
    result = figure("", _("Rows"), dark=dark, height=300)
    axis = result.layout.yaxis.to_plotly_json()
    result.update_layout(
        yaxis={"domain": [LOWER_SHARE + 0.1, 1.0]},
        yaxis2=axis | {"domain": [0.0, LOWER_SHARE], "title": axis["title"] | {"text": _("SKUs")}},
        xaxis={"anchor": "y2"},
        showlegend=False,
    )
    x = np.asarray(every, "datetime64[D]").astype(str)
    style: dict[str, Any] = {"mode": "lines+markers" if len(x) < 3 else "lines", "hovertemplate": "%{y:,.0f}"}
    drawn = ((_("Rows"), "rows", "y", colours.series[0]), (_("SKUs"), "skus", "y2", colours.series[1]))
    for name, column, place, colour in drawn:
        result.add_trace(
            go.Scatter(x=x, y=known[column], name=name, yaxis=place, line={"color": colour, "width": 1.4}, **style)
        )
    return result


def _every_period(days: pd.DataFrame) -> pd.DataFrame:
    """Rows and SKUs by the date of the period, those without rows included."""
    length, dates = grain(days["day"]), days["day"]
    if length is Frequency.MONTH:
        months = dates.dt.to_period("M")
        known = days.set_index(months)[["rows", "skus"]]
        return known.reindex(pd.period_range(months.iloc[0], months.iloc[-1]), fill_value=0).to_timestamp()
    step = f"{7 if length is Frequency.WEEK else 1}D"
    every = pd.date_range(dates.iloc[0], dates.iloc[-1], freq=step)
    return days.set_index("day")[["rows", "skus"]].reindex(every, fill_value=0)
