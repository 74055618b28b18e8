"""Charts of what a forecast is made of, against last year, and against an earlier forecast."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from core.base.language import _
from core.base.types import DateArray, FloatArray
from core.charts.theme import DASHES, Palette, band, empty, faded, figure, line, nothing_here, palette, safe

ROW: Final = 120
"""Height of one part, pixels."""
GAP: Final = 0.035


@dataclass(frozen=True, slots=True, eq=False)
class PartsData:
    """Demand and forecast taken apart, in units per period and of shape (n_periods,).

    Attributes:
        periods: first day of each.
        n_known: how many of them are past; the others are forecast.
        units: sold or forecast.
        level: without season, promotions and events.
        parts: what comes on top, by name; parts of nothing but 0 are not drawn.
    """

    periods: DateArray
    n_known: int
    units: FloatArray
    level: FloatArray
    parts: Mapping[str, FloatArray]


def parts_chart(data: PartsData, *, dark: bool = False) -> go.Figure:
    """Units with their level on top, below it each part on an axis of its own; where the forecast begins, a line."""
    if not len(data.periods) or np.isnan(data.level).all():
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    drawn = {name: values for name, values in data.parts.items() if np.nansum(np.abs(values)) > 0}
    result = figure("", _("Units"), dark=dark, height=240 + ROW * len(drawn))
    result.add_trace(line(data.periods, data.units, _("Sold and forecast"), colours.muted, width=1.0))
    result.add_trace(line(data.periods, data.level, _("Level and trend"), colours.series[0], width=2.2))
    for number, (name, values) in enumerate(drawn.items()):
        axis = f"y{number + 2}"
        trace = line(data.periods, values, safe(name), colours.series[1 + number % 7], width=1.2)
        result.add_trace(trace.update(yaxis=axis, fill="tozeroy", fillcolor=faded(trace.line.color, 0.15)))
    _stack(result, list(drawn), colours)
    if 0 < data.n_known < len(data.periods):
        edge = str(data.periods[data.n_known])
        result.add_vline(x=edge, line={"color": colours.muted, "width": 1, "dash": "dot"})
    return result


def _stack(result: go.Figure, names: list[str], colours: Palette) -> None:
    """Give the first axis the upper part and each part a band of its own below."""
    share = ROW / (240 + ROW * len(names))
    layout: dict[str, Any] = {"yaxis": {"domain": [min(share * len(names) + GAP, 0.95) if names else 0.0, 1.0]}}
    for number, name in enumerate(names):
        top = share * (len(names) - number)
        title = {"text": safe(name), "font": {"size": 12, "color": colours.muted}}
        layout[f"yaxis{number + 2}"] = {
            "domain": [top - share + GAP, top],
            "anchor": "x",
            "title": title,
            "gridcolor": colours.grid,
            "zerolinecolor": colours.muted,
            "tickfont": {"size": 11, "color": colours.muted},
            "automargin": True,
            "nticks": 4,
            "tickformat": ",.2~f",
        }
    layout["yaxis"]["tickformat"] = ",.2~f"
    layout["xaxis"] = {"anchor": f"y{len(names) + 1}" if names else "y"}
    result.update_layout(layout)


def year_over_year(
    periods: DateArray, lines: tuple[FloatArray, FloatArray, FloatArray], y_title: str, *, dark: bool = False
) -> go.Figure:
    """This year's sales and forecast beside the year before, at the dates of this year.

    Args:
        periods: first day of each week or month, shape (n,).
        lines: sold, expected, and sold a year before, NaN = unknown, each of shape (n,).
        y_title: what one point counts.
        dark: colours of the dark mode.
    """
    sold, expected, before = lines
    if not len(periods) or np.isnan(before).all():
        return empty(_("There is no history a year before these weeks."), dark=dark)
    colours = palette(dark=dark)
    result = figure("", y_title, dark=dark)
    result.update_yaxes(tickformat=",.2~f")
    result.add_trace(line(periods, before, _("A year before"), colours.series[1], width=1.6, dash="dot"))
    result.add_trace(line(periods, sold, _("Sold"), colours.ink, width=1.8))
    result.add_trace(line(periods, expected, _("Forecast"), colours.series[0], width=2.4, dash="dash"))
    return result


def two_versions(
    periods: DateArray,
    means: tuple[FloatArray, FloatArray],
    inner: tuple[FloatArray, FloatArray],
    *,
    dark: bool = False,
) -> go.Figure:
    """An earlier forecast as a dotted line over the newer one and its 80 % interval.

    Args:
        periods: first day of each shared period, shape (n,).
        means: expected units of the newer and of the earlier forecast, each of shape (n,).
        inner: ends of the central 80 % of the newer one, the lower first, each of shape (n,).
        dark: colours of the dark mode.
    """
    if not len(periods):
        return empty(_("The two forecasts have no period in common."), dark=dark)
    colours = palette(dark=dark)
    result = figure("", _("Units per period"), dark=dark)
    result.update_yaxes(tickformat=",.2~f")
    name = _("80 % interval of the newer one")
    result.add_trace(band(periods, inner, name, faded(colours.series[0], 0.2)))
    result.add_trace(line(periods, means[0], _("Newer forecast"), colours.series[0], width=2.4, dash="dash"))
    result.add_trace(line(periods, means[1], _("Earlier forecast"), colours.series[1], width=2.0, dash="dot"))
    return result


def autocorrelations(values: FloatArray, band: float, *, dark: bool = False) -> go.Figure:
    """Autocorrelation of residuals per lag as bars; within the shaded band they are compatible with noise.

    Args:
        values: at lags 0, 1, …, shape (n_lags + 1,).
        band: half its height.
        dark: colours of the dark mode.
    """
    if len(values) < 2:
        return empty(nothing_here(), dark=dark)
    if not np.isfinite(values[1:]).any():
        return empty(_("The residuals are all 0: nothing is left that could go together."), dark=dark)
    colours = palette(dark=dark)
    result = figure(_("Lag, periods"), _("Autocorrelation of the residuals"), dark=dark, height=280)
    result.add_trace(
        go.Bar(x=np.arange(1, len(values)), y=values[1:], marker={"color": colours.series[0]}, hovertemplate="%{y:.2f}")
    )
    result.add_hrect(y0=-band, y1=band, fillcolor=faded(colours.muted, 0.18), line_width=0)
    result.update_layout(showlegend=False)
    # the band must be seen whole, or bars inside it would look large
    edge = 1.2 * max(float(np.nanmax(np.abs(values[1:]))), band)
    result.update_yaxes(range=[-edge, edge])
    return result


def series_lines(
    periods: DateArray, sold: FloatArray, said: Mapping[str, tuple[DateArray, FloatArray]], *, dark: bool = False
) -> go.Figure:
    """What was sold and what each method had said about it at past dates, a gap between dates.

    Args:
        periods: first day of each, shape (n_periods,).
        sold: units per period, NaN = not observed, shape (n_periods,).
        said: days and expected units by method.
        dark: colours of the dark mode.
    """
    if not len(periods) or not said:
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    result = figure("", _("Units per period"), dark=dark)
    result.add_trace(line(periods, sold, _("Sold"), colours.ink, width=1.6))
    for number, (name, (days, units)) in enumerate(said.items()):
        style = {"width": 1.8, "dash": DASHES[1 + number % 5]}
        result.add_trace(line(days, units, safe(name), colours.series[number % 8], **style))
    return result
