"""Charts that judge methods: is the uncertainty true, and how far are forecasts from what then sold."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from core.base.language import _
from core.base.types import FloatArray
from core.charts.comparison import SYMBOLS
from core.charts.theme import DASHES, WEBGL_FROM, empty, faded, figure, nothing_here, palette, safe


def calibration(points: Mapping[str, tuple[FloatArray, FloatArray]], *, dark: bool = False) -> go.Figure:
    """Share of outcomes at or below each forecast quantile against the share that should be; honest = the diagonal.

    Args:
        points: nominal and observed shares by method, fractions, each of shape (n_levels,).
        dark: colours of the dark mode.
    """
    known = {name: pair for name, pair in points.items() if np.isfinite(pair[1]).any()}
    if not known:
        return empty(_("Compare again to see how true the uncertainty of each method is."), dark=dark)
    colours = palette(dark=dark)
    result = figure(_("Share that should lie below, %"), _("Share that lay below, %"), dark=dark)
    diagonal = {"color": colours.muted, "width": 1, "dash": "dot"}
    result.add_trace(
        go.Scatter(x=[0, 100], y=[0, 100], mode="lines", name=_("Honest"), line=diagonal, hoverinfo="skip")
    )
    for number, (name, (nominal, observed)) in enumerate(known.items()):
        colour = colours.series[number % 8]
        result.add_trace(
            go.Scatter(
                x=100 * nominal,
                y=100 * observed,
                name=safe(name),
                mode="lines+markers",
                line={"color": colour, "width": 1.6, "dash": DASHES[number % 6]},
                marker={"size": 7, "symbol": SYMBOLS[number % 10]},
                hovertemplate="%{y:.1f} %",
            )
        )
    result.update_xaxes(range=[0, 100], showgrid=True, dtick=20)
    result.update_yaxes(range=[0, 100], dtick=20)
    return result


def actual_against_forecast(
    forecast: FloatArray, actual: FloatArray, names: list[str], *, dark: bool = False
) -> go.Figure:
    """Each series at each past date as a point: units forecast to the right, units sold upward.

    Args:
        forecast: units expected over the horizon, shape (n,).
        actual: units sold over the horizon, shape (n,).
        names: of the points, for the hover.
        dark: colours of the dark mode.
    """
    if not len(forecast):
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    top = max(float(np.max(forecast)), float(np.max(actual)), 1.0)
    result = figure(_("Forecast, units over the horizon"), _("Sold, units over the horizon"), dark=dark)
    kind = go.Scattergl if len(forecast) > WEBGL_FROM else go.Scatter
    edges = [0.0, top * 1.05]
    result.add_trace(
        go.Scatter(x=edges, y=edges, mode="lines", line={"color": colours.muted, "dash": "dot"}, hoverinfo="skip")
    )
    result.add_trace(
        kind(
            x=forecast,
            y=actual,
            mode="markers",
            text=[safe(name) for name in names],
            marker={"size": 6, "color": faded(colours.series[0], 0.5)},
            hovertemplate="%{text}: %{x:,.0f} → %{y:,.0f}<extra></extra>",
        )
    )
    result.update_layout(hovermode="closest", showlegend=False)
    result.update_xaxes(showgrid=True, rangemode="tozero")
    return result
