"""One visual language for every chart: palette, template, and the few texts all charts share."""

import html
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from core.base.language import _
from core.base.types import AnyArray, DateArray, FloatArray


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one mode; the hues follow Okabe and Ito and stay apart for every kind of colour vision."""

    ink: str
    muted: str
    grid: str
    paper: str
    series: tuple[str, ...]
    good: str
    bad: str
    warn: str


LIGHT: Final = Palette(
    ink="#17212B",
    muted="#5A6875",
    grid="#E3E9EF",
    paper="#FFFFFF",
    series=("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A6C00", "#5D5D5D"),
    good="#007A58",
    bad="#B33A00",
    warn="#9A6700",
)
DARK: Final = Palette(
    ink="#E8EDF2",
    muted="#A3B0BC",
    grid="#2B3540",
    paper="#12171D",
    series=("#4FB0EE", "#F08A45", "#33C29A", "#E3A0C5", "#F2B84B", "#9AD4F5", "#D8CB4E", "#B4BCC4"),
    good="#33C29A",
    bad="#F08A45",
    warn="#F2B84B",
)
DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
HEIGHT: Final = 380
WEBGL_FROM: Final = 5_000
"""Points from which lines are drawn by the graphics card."""
LONE: Final = 6
"""Size of the dot of a value that no line reaches, pixels."""


def palette(*, dark: bool) -> Palette:
    """The colours of a mode."""
    return DARK if dark else LIGHT


def safe(text: object) -> str:
    """Text from the data shown literally: Plotly would otherwise read <b> and the like as markup."""
    return html.escape(str(text), quote=False)


def figure(x_title: str = "", y_title: str = "", *, dark: bool = False, height: int = HEIGHT) -> go.Figure:
    """An empty figure in the house style: titled axes, y from 0, legend above, exact hover."""
    colours = palette(dark=dark)
    axis: dict[str, Any] = {
        "gridcolor": colours.grid,
        "linecolor": colours.grid,
        "zerolinecolor": colours.grid,
        "title_font": {"size": 12, "color": colours.muted},
        "tickfont": {"size": 12, "color": colours.muted},
        "automargin": True,
        "separatethousands": True,
    }
    # in one go: each later update is checked anew, which is what makes building slow
    layout = {
        "template": "none",
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 36, "b": 8},
        "paper_bgcolor": colours.paper,
        "plot_bgcolor": colours.paper,
        "colorway": colours.series,
        "font": {
            "family": "Source Sans, Source Sans Pro, Noto Sans CJK SC, sans-serif",
            "size": 13,
            "color": colours.ink,
        },
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": colours.paper, "font": {"color": colours.ink}, "bordercolor": colours.grid},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.0,
            "yanchor": "bottom",
            "font": {"size": 12},
            "bgcolor": "rgba(0,0,0,0)",
        },
        "xaxis": axis | {"title": x_title, "showgrid": False},
        "yaxis": axis | {"title": y_title, "rangemode": "tozero"},
        "separators": ".,",
    }
    return go.Figure(layout=layout)


def empty(message: str, *, dark: bool = False, height: int = HEIGHT) -> go.Figure:
    """A figure that says why there is nothing to draw."""
    result = figure(dark=dark, height=height)
    result.add_annotation(
        text=safe(message), showarrow=False, font={"size": 14}, x=0.5, y=0.5, xref="paper", yref="paper"
    )
    result.update_xaxes(visible=False)
    result.update_yaxes(visible=False)
    return result


def faded(colour: str, opacity: float) -> str:
    """A hex colour with an opacity, as rgba text.

    Example:
        >>> faded("#0072B2", 0.5)
        'rgba(0,114,178,0.5)'
    """
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def dates(days: DateArray) -> AnyArray:
    """Days as the texts that Plotly takes for dates."""
    return np.asarray(days, "datetime64[D]").astype(str)


def line(days: DateArray, values: FloatArray, name: str, colour: str, **style: Any) -> Any:
    """A line over time, a gap where a value is NaN; a value between two gaps, which no line reaches, is a dot.

    Args:
        days: shape (n,).
        values: same shape.
        name: for the legend, safe already.
        colour: of the line.
        style: how it is drawn besides, e.g. width and dash.
    """
    kind = go.Scattergl if len(days) > WEBGL_FROM else go.Scatter
    known = np.isfinite(np.asarray(values, float))
    beside = np.concatenate([[False], known, [False]])
    lone = known & ~beside[:-2] & ~beside[2:]
    dots = {"mode": "lines+markers", "marker": {"size": np.where(lone, LONE, 0)}} if lone.any() else {"mode": "lines"}
    return kind(x=dates(days), y=values, name=name, line={"color": colour, **style}, hovertemplate="%{y:,.1f}", **dots)


def band(
    days: DateArray, ends: tuple[FloatArray, FloatArray], name: str, fill: str, *, width: float = 1.0, **more: Any
) -> Any:
    """The area between two lines over time; of a single period a column.

    Args:
        days: shape (n,).
        ends: the lower and the upper line, each of the same shape.
        name: for the legend, safe already.
        fill: colour of the area.
        width: days a column takes.
        more: entries of the trace besides.
    """
    x, (low, high) = dates(days), ends
    if len(days) == 1:
        # a point has no area: nothing would be seen
        half = round(720 * width)
        edge = np.asarray(days, "datetime64[m]") + np.array([-half, half])
        x, low, high = np.char.replace(edge.astype(str), "T", " "), np.repeat(low, 2), np.repeat(high, 2)
    return go.Scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        mode="lines", fill="toself", fillcolor=fill, line={"width": 0}, hoverinfo="skip", name=name, **more,
    )  # fmt: skip


def nothing_here() -> str:
    """The sentence of a chart without data."""
    return _("Nothing to show for this choice yet.")
