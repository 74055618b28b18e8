"""The chart of a network that is learning."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core.base.language import _
from core.charts.comparison import SYMBOLS
from core.charts.theme import DASHES, empty, figure, nothing_here, palette, safe


def rounds_chart(checked: Mapping[str, Sequence[float]], *, dark: bool = False) -> go.Figure:
    """How far off each network still is on the last windows of the history, round by round.

    Args:
        checked: per network its deviance after each round, the first round first; lower is better.
        dark: for a dark background.
    """
    if not any(checked.values()):
        return empty(nothing_here(), dark=dark, height=230)
    colours = palette(dark=dark)
    result = figure(_("Round"), _("Deviance on the last windows"), dark=dark, height=260)
    # deviances are known up to a constant and often negative, so that an axis from zero would say nothing
    result.update_yaxes(rangemode="normal")
    result.update_xaxes(dtick=1 if max(map(len, checked.values())) <= 20 else None)
    for place, (name, values) in enumerate(checked.items()):
        result.add_trace(
            go.Scatter(
                x=list(range(1, len(values) + 1)),
                y=list(values),
                name=safe(name),
                mode="lines+markers",
                line={"color": colours.series[place % 8], "width": 1.8, "dash": DASHES[place % 6]},
                marker={"symbol": SYMBOLS[place % 10]},
                hovertemplate="%{y:,.4g}",
            )
        )
    return result
