"""Charts of changes by hand: weeks before and after, and whether the changes brought the forecast closer."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from core.base.language import _
from core.base.types import FloatArray
from core.charts.theme import empty, figure, nothing_here, palette, safe

MOST_TICKS: Final = 13
"""Weeks up to which each is named on the axis."""


def before_and_after(
    weeks: Sequence[str], units: tuple[FloatArray, FloatArray, FloatArray], y_title: str, *, dark: bool = False
) -> go.Figure:
    """Each week's forecast before and after a change as a pair of columns, the year before as a mark.

    Args:
        weeks: what each week is called, first to last.
        units: before, after, and sold a year before, NaN = unknown, each of shape (n_weeks,).
        y_title: what a column counts.
        dark: colours of the dark mode.
    """
    if not weeks:
        return empty(nothing_here(), dark=dark)
    before, after, last_year = units
    colours = palette(dark=dark)
    result = figure("", y_title, dark=dark, height=300)
    columns = ((before, _("Before"), colours.muted), (after, _("After"), colours.series[0]))
    for values, name, colour in columns:
        result.add_trace(
            go.Bar(x=list(weeks), y=values, name=name, marker={"color": colour}, hovertemplate="%{y:,.1f}")
        )
    if np.isfinite(last_year).any():
        mark: dict[str, Any] = {"symbol": "diamond", "size": 8, "color": colours.series[1]}
        result.add_trace(
            go.Scatter(
                x=list(weeks), y=last_year, name=_("A year before"), mode="markers", marker=mark,
                hovertemplate="%{y:,.1f}",
            )
        )  # fmt: skip
    result.update_xaxes(type="category", nticks=MOST_TICKS)
    result.update_yaxes(tickformat=",.2~f")
    result.update_layout(barmode="group")
    return result


def stairs(steps: Sequence[tuple[str, float]], *, dark: bool = False) -> go.Figure:
    """The error at each step, from the simplest forecast to the last change; steps without an error are left out.

    Args:
        steps: name and WAPE, a fraction, NaN = undefined.
        dark: colours of the dark mode.
    """
    known = [(name, 100 * error) for name, error in steps if np.isfinite(error)]
    if not known:
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    result = figure("", _("Error (WAPE), %"), dark=dark, height=300)
    errors = [error for _name, error in known]
    better = [error <= earlier for error, earlier in zip(errors[1:], errors, strict=False)]
    result.add_trace(
        go.Bar(
            x=[safe(name) for name, _error in known],
            y=errors,
            text=_told(errors),
            textposition="outside",
            cliponaxis=False,
            marker={"color": [colours.muted, *(colours.good if each else colours.bad for each in better)]},
            hovertemplate="%{y:.1f} %<extra></extra>",
        )
    )
    result.update_layout(showlegend=False, hovermode="closest")
    # room for what stands above the highest column
    result.update_yaxes(range=[0, 1.25 * max(*errors, 0.1)])
    return result


def _told(errors: Sequence[float]) -> list[str]:
    """Each error, and what the step took off it, in percentage points."""
    first = [f"{errors[0]:,.1f} %"]
    pairs = zip(errors[1:], errors, strict=False)
    return first + [f"{error:,.1f} % ({error - earlier:+,.1f})".replace("-", "−") for error, earlier in pairs]
