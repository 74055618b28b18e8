"""Charts of a file about to be imported."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.base.language import _
from core.charts.theme import empty, figure, nothing_here, palette

LOWER_SHARE = 0.42
"""Share of the height for the SKUs sold."""


def upload_days(days: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """Rows per day, and below the SKUs that sold on it; days without rows count as 0.

    Args:
        days: day, rows, skus.
        dark: for a dark background.
    """
    if days.empty:
        return empty(nothing_here(), dark=dark)
    every = pd.date_range(days["day"].iloc[0], days["day"].iloc[-1])
    known = days.set_index("day")[["rows", "skus"]].reindex(every, fill_value=0)
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
