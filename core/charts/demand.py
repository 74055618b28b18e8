"""Charts of demand and forecasts: the fan, lines over time, error by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import plotly.graph_objects as go

from core.base.language import _
from core.base.types import BoolArray, DateArray, FloatArray
from core.charts.comparison import Measure
from core.charts.theme import DASHES, band, dates, empty, faded, figure, line, nothing_here, palette, safe

MILLISECONDS_PER_DAY: Final = 86_400_000.0
FEW_STEPS: Final = 12
"""Steps ahead up to which each has its own mark on the axis, so that none stands at a half."""
BANDS: Final = ((0.025, 0.975, 0.14, "95 %"), (0.1, 0.9, 0.20, "80 %"), (0.25, 0.75, 0.28, "50 %"))


@dataclass(frozen=True, slots=True, eq=False)
class FanData:
    """What the fan chart shows, all in units per period.

    Attributes:
        periods, history: observed demand, NaN = not on sale, shape (n_periods,).
        censored: out-of-stock periods, shape (n_periods,).
        future, mean: forecast periods and expected units, shape (horizon,).
        quantiles: units by level, each of shape (horizon,).
        earlier: per model, (periods, mean) of its backtest forecasts.
        promotions: first days of periods on promotion, past or planned.
        unchanged: expected units before changes by hand, shape (horizon,); empty = there are none.
    """

    periods: DateArray
    history: FloatArray
    censored: BoolArray
    future: DateArray
    mean: FloatArray
    quantiles: Mapping[float, FloatArray]
    earlier: Mapping[str, tuple[DateArray, FloatArray]] = field(default_factory=dict)
    promotions: DateArray = field(default_factory=lambda: np.empty(0, "datetime64[D]"))
    unchanged: FloatArray = field(default_factory=lambda: np.empty(0))


def recent(data: FanData, days: int | None) -> FanData:
    """The same with the last days of history only; None = all of it."""
    if days is None or not len(data.periods):
        return data
    first = data.periods[-1] - np.timedelta64(days, "D")
    kept = data.periods > first
    earlier = {name: (when[when > first], mean[when > first]) for name, (when, mean) in data.earlier.items()}
    return replace(
        data,
        periods=data.periods[kept],
        history=data.history[kept],
        censored=data.censored[kept],
        earlier=earlier,
        promotions=data.promotions[data.promotions > first],
    )


def forecast_fan(data: FanData, *, dark: bool = False) -> go.Figure:
    """History, nested 50/80/95 % bands, backtests as thin lines, stock-outs hatched, promotions as ticks."""
    if not len(data.periods) and not len(data.future):
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    result = figure("", _("Units per period"), dark=dark, height=430)
    result.update_yaxes(tickformat=",.2~f")
    _bands(result, data, colours.series[0])
    result.add_trace(line(data.periods, data.history, _("Sold"), colours.ink, width=1.4))
    if len(data.future):
        result.add_trace(line(data.future, data.mean, _("Forecast"), colours.series[0], width=2.4, dash="dash"))
    if (before := _unchanged(data)) is not None:
        name = _("Before changes")
        result.add_trace(line(data.future, before, name, colours.muted, width=1.2, dash="dash"))
    for number, (label, (periods, mean)) in enumerate(data.earlier.items()):
        name = _("Said earlier: {model}").format(model=safe(label))
        result.add_trace(line(periods, mean, name, colours.series[2 + number % 5], width=1.2, dash="dot"))
    _stock_outs(result, data, colours.bad)
    _promotions(result, data, colours.warn)
    if len(data.periods) and len(data.future):
        result.add_vline(x=str(data.future[0]), line={"color": colours.muted, "width": 1, "dash": "dot"})
    return result


def _unchanged(data: FanData) -> FloatArray | None:
    """The forecast before changes by hand where it differs and a period to both sides, else NaN; None = nowhere."""
    if len(data.unchanged) != len(data.mean):
        return None
    differs = ~np.isclose(data.unchanged, data.mean)
    beside = np.pad(differs, 1)
    shown = beside[:-2] | differs | beside[2:]
    return np.where(shown, data.unchanged, np.nan) if differs.any() else None


def _bands(result: go.Figure, data: FanData, colour: str) -> None:
    for low, high, opacity, label in BANDS:
        if low not in data.quantiles or high not in data.quantiles:
            continue
        name = _("{share} interval").format(share=label)
        ends = (data.quantiles[low], data.quantiles[high])
        width = _period_milliseconds(data.periods) / MILLISECONDS_PER_DAY
        result.add_trace(band(data.future, ends, name, faded(colour, opacity), width=width))


def _stock_outs(result: go.Figure, data: FanData, colour: str) -> None:
    if not data.censored.any():
        return
    # as high as the chart: a bar that ends below a band would seem to measure something
    top = float(np.nanmax(np.concatenate([data.history, data.mean, *data.quantiles.values(), [1.0]])))
    result.add_trace(
        go.Bar(
            x=dates(data.periods[data.censored]),
            y=np.full(int(data.censored.sum()), top),
            width=_period_milliseconds(data.periods),
            name=_("Out of stock"),
            marker={
                "color": faded(colour, 0.08),
                "pattern": {"shape": "/", "fgcolor": faded(colour, 0.55)},
                "line": {"width": 0},
            },
            hovertemplate=_("out of stock"),
        )
    )
    result.update_layout(bargap=0)


def _period_milliseconds(periods: DateArray) -> float:
    """The usual distance between periods, as wide as a date axis wants its bars."""
    if len(periods) < 2:
        return MILLISECONDS_PER_DAY
    return float(np.median(np.diff(periods).astype(np.int64))) * MILLISECONDS_PER_DAY


def _promotions(result: go.Figure, data: FanData, colour: str) -> None:
    if not len(data.promotions):
        return
    result.add_trace(
        go.Scatter(
            x=dates(data.promotions),
            y=np.zeros(len(data.promotions)),
            mode="markers",
            name=_("Promotion"),
            marker={"symbol": "triangle-up", "color": colour, "size": 7},
            hovertemplate=_("promotion"),
        )
    )


def lines(periods: DateArray, series: Mapping[str, FloatArray], y_title: str, *, dark: bool = False) -> go.Figure:
    """Several named lines over time, told apart by colour and dash."""
    if not len(periods) or not series:
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    result = figure("", y_title, dark=dark)
    for number, (name, values) in enumerate(series.items()):
        colour = colours.series[number % len(colours.series)]
        result.add_trace(line(periods, values, safe(name), colour, width=1.6, dash=DASHES[number % len(DASHES)]))
    return result


def error_by_step(
    errors: Mapping[str, FloatArray], period: str, measure: Measure | None = None, *, dark: bool = False
) -> go.Figure:
    """The error of each model at each step ahead.

    Args:
        errors: by model, NaN = undefined, each of shape (horizon,).
        period: length of a step.
        measure: what the errors are; WAPE unless given.
        dark: colours of the dark mode.
    """
    if not errors:
        return empty(nothing_here(), dark=dark)
    shown, colours = measure or Measure(_("WAPE")), palette(dark=dark)
    titles = {"day": _("Days ahead"), "week": _("Weeks ahead"), "month": _("Months ahead")}
    result = figure(titles.get(period, _("Periods ahead")), shown.title, dark=dark)
    for number, (name, values) in enumerate(errors.items()):
        result.add_trace(
            go.Scatter(
                x=np.arange(1, len(values) + 1),
                # errors of 1e-16 would be drawn as if they told the methods apart
                y=np.round(shown.factor * values, 9),
                name=safe(name),
                mode="lines+markers",
                line={"color": colours.series[number % 8], "dash": DASHES[number % 6], "width": 1.6},
                marker={"size": 4},
                hovertemplate="%{y:.1f} %" if shown.share else "%{y:.3f}",
            )
        )
    if max(len(values) for values in errors.values()) <= FEW_STEPS:
        result.update_xaxes(dtick=1)
    return result
