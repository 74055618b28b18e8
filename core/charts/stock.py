"""Charts of stock and money: projected stock, why this quantity, cost parts, service against cash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
import plotly.graph_objects as go

from core.base.language import _
from core.base.types import DateArray, FloatArray
from core.charts.theme import DASHES, Palette, band, empty, faded, figure, line, nothing_here, palette, safe


@dataclass(frozen=True, slots=True, eq=False)
class StockFan:
    """Projected stock on hand of one SKU, units, each of shape (horizon,); `label` names the scenario."""

    label: str
    periods: DateArray
    low: FloatArray
    middle: FloatArray
    high: FloatArray


def projected_stock(
    fans: Sequence[StockFan], reorder_point: float, safety_stock: float, *, dark: bool = False
) -> go.Figure:
    """Stock on hand as steps with its P10–P90 band, reorder point and safety stock as lines."""
    if not fans or not len(fans[0].periods):
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    result = figure("", _("Units on hand"), dark=dark, height=400)
    for number, fan in enumerate(fans):
        colour = colours.series[number % 8]
        name = _("{label}: P10–P90").format(label=safe(fan.label))
        result.add_trace(band(fan.periods, (fan.low, fan.high), name, faded(colour, 0.16), showlegend=False))
        name = _("{label}: median, P10–P90").format(label=safe(fan.label))
        style = {"width": 2, "shape": "hv", "dash": DASHES[number % len(DASHES)]}
        middle = line(fan.periods, fan.middle, name, colour, **style)
        result.add_trace(middle.update(hovertemplate="%{y:,.0f}"))
    # fixed margins: measuring them anew means drawing twice, which a hand on a slider feels
    result.layout.margin = {"l": 62, "r": 8, "t": 62, "b": 38, "autoexpand": False}
    result.layout.xaxis.automargin, result.layout.yaxis.automargin = False, False
    _levels(result, ((reorder_point, _("Reorder point"), "dash"), (safety_stock, _("Safety stock"), "dot")), colours)
    return result


def _levels(result: go.Figure, levels: Sequence[tuple[float, str, str]], colours: Palette) -> None:
    """Lines across the whole figure: level in units, label and dash; those without a level are left out."""
    shown = [(level, label, dash) for level, label, dash in levels if np.isfinite(level)]
    across = {"xref": "paper", "yref": "y"}
    result.layout.shapes = [
        {"type": "line", "x0": 0, "x1": 1, "y0": level, "y1": level, **across,
         "line": {"color": colours.muted, "dash": dash, "width": 1.2}}
        for level, _label, dash in shown
    ]  # fmt: skip
    # one label at each end, so that they stay apart where the levels meet
    result.layout.annotations = [
        {"text": label, "x": number, "y": level, "xanchor": ("left", "right")[number], "yanchor": "bottom",
         "showarrow": False, "font": {"size": 11}, **across}
        for number, (level, label, _dash) in enumerate(shown)
    ]  # fmt: skip


def waterfall(terms: Sequence[tuple[str, float]], *, dark: bool = False) -> go.Figure:
    """Why this quantity: each term of the sum as a step, the order as the total."""
    if not terms:
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    digits = 0 if max(abs(units) for _name, units in terms) >= 10 else 1
    result = figure("", _("Units"), dark=dark, height=360)
    result.add_trace(
        go.Waterfall(
            x=["<br>".join(wrap(safe(name), 12, break_long_words=False)) for name, _units in terms],
            y=[units for _name, units in terms],
            measure=["relative"] * (len(terms) - 1) + ["total"],
            text=[f"{units:+,.{digits}f}" for _name, units in terms[:-1]] + [f"{terms[-1][1]:,.{digits}f}"],
            textposition="outside",
            cliponaxis=False,
            connector={"line": {"color": colours.grid}},
            increasing={"marker": {"color": colours.series[0]}},
            decreasing={"marker": {"color": colours.series[2]}},
            totals={"marker": {"color": colours.series[1]}},
            customdata=[safe(name) for name, _units in terms],
            hovertemplate="%{customdata}: %{text}<extra></extra>",
        )
    )
    result.update_layout(hovermode="closest", showlegend=False)
    # upright where the names would run into each other, as on a telephone
    result.update_xaxes(autotickangles=[0, 90])
    return result


def cost_parts(parts: Mapping[str, Mapping[str, float]], currency: str, *, dark: bool = False) -> go.Figure:
    """Cost per scenario stacked by its parts.

    Args:
        parts: scenario → part → money over the simulated span.
        currency: shown on the axis.
        dark: draw for a dark page.
    """
    if not parts:
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    result = figure("", _("Cost, {currency}").format(currency=safe(currency)), dark=dark, height=340)
    names = list(dict.fromkeys(name for scenario in parts.values() for name in scenario))
    patterns = ("", "/", ".", "x", "-")
    for number, name in enumerate(names):
        result.add_trace(
            go.Bar(
                x=[safe(label) for label in parts],
                y=[scenario.get(name, 0.0) for scenario in parts.values()],
                name=safe(name),
                marker={"color": colours.series[number % 8], "pattern": {"shape": patterns[number % 5], "size": 5}},
                hovertemplate="%{y:,.0f}",
            )
        )
    # a bar of one part only has to say which
    result.update_layout(barmode="stack", bargap=0.5, showlegend=True)
    return result


def exchange_curve(
    money: Sequence[float],
    fill: Sequence[float],
    labels: Sequence[str],
    marked: Mapping[str, tuple[float, float]],
    currency: str,
    *,
    dark: bool = False,
) -> go.Figure:
    """Fill rate against money in stock, one point per service level, baseline and scenario marked.

    Args:
        money: mean stock value of each point.
        fill: fill rate of each point, fraction.
        labels: what each point stands for.
        marked: name → (money, fill rate) of points to mark.
        currency: shown on the axis.
        dark: draw for a dark page.
    """
    if not len(money):
        return empty(nothing_here(), dark=dark)
    if not (np.isfinite(money) & np.isfinite(fill)).any():
        return empty(_("Without unit costs stock has no value, and without demand there is no service."), dark=dark)
    colours = palette(dark=dark)
    x_title = _("Mean stock value, {currency}").format(currency=safe(currency))
    result = figure(x_title, _("Fill rate, %"), dark=dark, height=360)
    result.add_trace(
        go.Scatter(
            x=list(money),
            y=[100 * value for value in fill],
            mode="lines+markers",
            name=_("Service levels"),
            text=[safe(label) for label in labels],
            line={"color": colours.series[0]},
            hovertemplate="%{text}: %{y:.1f} %<extra></extra>",
        )
    )
    for number, (name, (value, rate)) in enumerate(marked.items()):
        result.add_trace(
            go.Scatter(
                x=[value],
                y=[100 * rate],
                mode="markers",
                name=safe(name),
                hovertemplate="%{y:.1f} %",
                marker={
                    "size": 14,
                    "symbol": ("diamond", "star", "square")[number % 3],
                    "color": colours.series[1 + number % 7],
                },
            )
        )
    result.update_layout(hovermode="closest")
    result.update_yaxes(rangemode="normal")
    result.update_xaxes(showgrid=True)
    return result
