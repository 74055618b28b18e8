"""Charts that compare: accuracy against time, shares, heat-maps, groups of SKUs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import plotly.graph_objects as go

from core.base.language import _
from core.base.types import AnyArray, FloatArray, IntArray
from core.charts.theme import WEBGL_FROM, empty, faded, figure, nothing_here, palette, safe

MOST_TICKS: Final = 12
"""Whole numbers an axis can name one by one."""
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "x", "star", "hexagon", "pentagon", "bowtie")


@dataclass(frozen=True, slots=True)
class Measure:
    """What an axis of errors shows.

    Attributes:
        label: name of the metric.
        share: whether it is a fraction, shown in percent.
    """

    label: str
    share: bool = True

    @property
    def title(self) -> str:
        """Axis title with the unit."""
        return f"{self.label}, %" if self.share else self.label

    @property
    def factor(self) -> float:
        """By what values are multiplied to be drawn."""
        return 100.0 if self.share else 1.0


def accuracy_against_time(
    labels: Sequence[str],
    errors: Sequence[float],
    seconds: Sequence[float],
    measure: Measure | None = None,
    *,
    dark: bool = False,
) -> go.Figure:
    """Each model as a point: its error upward, fit time to the right on a logarithmic scale.

    Args:
        labels: names of the models.
        errors: of each, NaN = undefined.
        seconds: fit time of each.
        measure: what the errors are; WAPE unless given.
        dark: colours of the dark mode.
    """
    known = [place for place in range(len(labels)) if np.isfinite(errors[place])]
    if not known:
        return empty(nothing_here(), dark=dark)
    shown, colours = measure or Measure(_("WAPE")), palette(dark=dark)
    result = figure(_("Fit time, seconds (logarithmic)"), shown.title, dark=dark)
    hover = ("%{y:.1f} %" if shown.share else "%{y:.3f}") + ", %{x:.2f} s"
    for number, place in enumerate(known):
        result.add_trace(
            go.Scatter(
                x=[max(seconds[place], 1e-3)],
                y=[shown.factor * errors[place]],
                mode="markers",
                name=safe(labels[place]),
                marker={"size": 12, "color": colours.series[number % 8], "symbol": SYMBOLS[number % 10]},
                hovertemplate=hover,
            )
        )
    result.update_xaxes(type="log", showgrid=True, dtick=1)
    # from zero upward the points of good methods would lie on one another
    result.update_yaxes(rangemode="normal")
    result.update_layout(hovermode="closest")
    return result


def heat_map(
    values: FloatArray,
    rows: Sequence[str],
    columns: Sequence[str],
    unit: str,
    *,
    digits: int = 1,
    dark: bool = False,
) -> go.Figure:
    """A table of numbers as shades, undefined cells left blank; the numbers stand in the cells."""
    if not values.size:
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    result = figure(dark=dark, height=max(220, 90 + 34 * len(rows)))
    result.add_trace(
        go.Heatmap(
            z=values,
            x=[safe(text) for text in columns],
            y=[safe(text) for text in rows],
            # Not full strength, so that the figures stay readable on the darkest cell.
            colorscale=[[0, colours.paper], [1, faded(colours.series[0], 0.6)]],
            textfont={"color": colours.ink},
            texttemplate=f"%{{z:,.{digits}f}}",
            showscale=False,
            hovertemplate="%{y} · %{x}: %{z:,.2f} " + unit + "<extra></extra>",
            xgap=2,
            ygap=2,
        )
    )
    result.update_layout(hovermode="closest")
    result.update_xaxes(type="category", side="top", ticks="")
    result.update_yaxes(type="category", autorange="reversed", ticks="", showgrid=False)
    return result


def group_profile(values: FloatArray, rows: Sequence[str], columns: Sequence[str], *, dark: bool = False) -> go.Figure:
    """How each group differs from the average SKU, in standard deviations; blue below, orange above."""
    if not values.size:
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    result = figure(dark=dark, height=max(240, 110 + 36 * len(rows)))
    result.add_trace(
        go.Heatmap(
            z=np.round(values, 1) + 0.0,  # + 0.0 turns −0.0 into 0.0
            x=[safe(text) for text in columns],
            y=[safe(text) for text in rows],
            zmid=0,
            zmin=-2,
            zmax=2,
            colorscale=[
                [0, faded(colours.series[0], 0.65)],
                [0.5, faded(colours.series[0], 0.0)],
                [0.5, faded(colours.series[1], 0.0)],
                [1, faded(colours.series[1], 0.65)],
            ],
            textfont={"color": colours.ink},
            texttemplate="%{z:+.1f}",
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="%{y} · %{x}: %{z:+.1f}<extra></extra>",
        )
    )
    result.update_layout(hovermode="closest")
    result.update_xaxes(type="category", side="top", tickangle=-30, ticks="")
    result.update_yaxes(type="category", autorange="reversed", ticks="", showgrid=False)
    return result


def sku_map(xy: FloatArray, labels: IntArray, names: Sequence[str], skus: AnyArray, *, dark: bool = False) -> go.Figure:
    """SKUs as points on the two main directions of their features, one colour and shape per group."""
    if not len(xy):
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    result = figure(_("First main direction"), _("Second main direction"), dark=dark, height=430)
    kind = go.Scattergl if len(xy) > WEBGL_FROM else go.Scatter
    for number, name in enumerate(names):
        inside = labels == number
        result.add_trace(
            kind(
                x=xy[inside, 0],
                y=xy[inside, 1],
                mode="markers",
                name=safe(name),
                text=[safe(sku) for sku in skus[inside]],
                marker={
                    "size": 7,
                    "symbol": SYMBOLS[number % 10],
                    "color": colours.series[number % 8],
                    "opacity": 0.85,
                },
                hovertemplate="%{text}<extra></extra>",
            )
        )
    result.update_layout(hovermode="closest")
    result.update_xaxes(showgrid=True)
    result.update_yaxes(rangemode="normal")
    return result


def silhouettes(by_k: Mapping[int, float], suggested: int, *, dark: bool = False) -> go.Figure:
    """Mean silhouette per number of groups; the suggested one is marked."""
    if not by_k:
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    result = figure(_("Number of groups"), _("Mean silhouette"), dark=dark, height=300)
    result.add_trace(
        go.Bar(
            x=list(by_k),
            y=list(by_k.values()),
            hovertemplate="%{y:.3f}<extra></extra>",
            text=[_("suggested") if k == suggested else "" for k in by_k],
            textposition="outside",
            cliponaxis=False,
            marker={"color": [colours.series[0] if k == suggested else faded(colours.series[0], 0.35) for k in by_k]},
        )
    )
    result.update_xaxes(dtick=1)
    return result


def pareto(amounts: FloatArray, a_end: int, b_end: int, unit: str, *, dark: bool = False) -> go.Figure:
    """Running share of the total over SKUs from largest to smallest, with the ends of A and B."""
    total = float(np.nansum(amounts))
    if total <= 0:
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    # from no SKU at all, so that a shop of one has a curve too
    running = np.concatenate([[0.0], 100 * np.cumsum(np.sort(np.nan_to_num(amounts))[::-1]) / total])
    result = figure(_("SKUs, largest first"), _("Share of {unit}, %").format(unit=unit), dark=dark, height=330)
    result.add_trace(
        go.Scatter(
            x=np.arange(len(running)),
            y=running,
            mode="lines",
            fill="tozeroy",
            name=_("Running share"),
            line={"color": colours.series[0], "width": 2},
            fillcolor=faded(colours.series[0], 0.12),
            hovertemplate="%{y:.1f} %",
        )
    )
    for begin, end, label in ((0, a_end, "A"), (a_end, b_end, "B")):
        # a class without SKUs ends nowhere
        if end > begin:
            result.add_vline(
                x=end,
                line={"color": colours.muted, "dash": "dot", "width": 1},
                annotation_text=_("end of {label}").format(label=label),
                annotation_position="bottom right",
            )
    result.update_layout(showlegend=False)
    if len(running) <= MOST_TICKS:
        result.update_xaxes(dtick=1)
    return result
