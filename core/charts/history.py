"""Charts of how the history came about: imported units become clean demand, and what each period of a SKU was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go

from core.base.language import _
from core.base.types import AnyArray, DateArray, FloatArray
from core.charts.theme import Palette, dates, empty, faded, figure, line, nothing_here, palette, safe

WEEK_MILLISECONDS: Final = 7 * 86_400_000.0
LOWER_SHARE: Final = 0.3
"""Share of the height for what was added and taken away."""


@dataclass(frozen=True, slots=True, eq=False)
class RowsData:
    """The rows of a history, all in units per period and of shape (n_periods,).

    Attributes:
        periods: first day of each, datetime64[D].
        imported, clean: the first and the last row.
        terms: what was added (> 0) or taken away (< 0) between the two, by name; terms of nothing but 0 are not drawn.
        promotions: part of `clean` above what is usual without promotion.
    """

    periods: DateArray
    imported: FloatArray
    clean: FloatArray
    terms: Mapping[str, FloatArray]
    promotions: FloatArray


def history_rows(data: RowsData, *, dark: bool = False) -> go.Figure:
    """Imported and clean units as lines, promotions shaded; below, what was added and taken away, stacked."""
    if not len(data.periods):
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    drawn = {name: units for name, units in data.terms.items() if np.any(units != 0)}
    result = figure("", _("Units"), dark=dark, height=470 if drawn else 360)
    result.update_layout(legend={"traceorder": "normal"})
    _promoted(result, data, colours)
    result.add_trace(line(data.periods, data.imported, _("Imported"), colours.series[1], width=1.2, dash="dot"))
    result.add_trace(line(data.periods, data.clean, _("Clean demand"), colours.series[0], width=1.8))
    if drawn:
        _terms(result, data.periods, drawn, colours)
    return result


def _promoted(result: go.Figure, data: RowsData, colours: Palette) -> None:
    """The part of clean demand that promotions added, as an area under the line."""
    if not np.any(data.promotions > 0):
        return
    x = dates(data.periods)
    plain: dict[str, Any] = {"mode": "lines", "line": {"width": 0}}
    usual = data.clean - data.promotions
    result.add_trace(go.Scatter(x=x, y=usual, showlegend=False, hoverinfo="skip", **plain))
    result.add_trace(
        go.Scatter(
            x=x,
            y=data.clean,
            name=_("of which promotions added"),
            legendrank=1100,
            fill="tonexty",
            fillcolor=faded(colours.warn, 0.35),
            customdata=data.promotions,
            hovertemplate="%{customdata:,.1f}",
            **plain,
        )
    )


def _terms(result: go.Figure, periods: DateArray, drawn: Mapping[str, FloatArray], colours: Palette) -> None:
    """Signed bars on an axis of their own: most changes are far smaller than the demand they change."""
    axis = result.layout.yaxis.to_plotly_json()
    result.update_layout(
        yaxis={"domain": [LOWER_SHARE + 0.08, 1.0]},
        yaxis2=axis | {"domain": [0.0, LOWER_SHARE], "title": axis["title"] | {"text": _("Put on or taken off")}},
        xaxis={"anchor": "y2"},
        barmode="relative",
        bargap=0.1,
    )
    hues = colours.series[2:] + colours.series[:1]
    patterns = ("", "/", "\\", "x", ".", "-", "+")
    for place, (name, units) in enumerate(drawn.items()):
        marker = {
            "color": hues[place % len(hues)],
            "line": {"width": 0},
            "pattern": {"shape": patterns[place % len(patterns)], "size": 5, "fillmode": "overlay"},
        }
        values = np.where(units == 0, np.nan, units)
        bars = {"name": safe(name), "marker": marker, "yaxis": "y2", "legendrank": 1200}
        result.add_trace(go.Bar(x=dates(periods), y=values, hovertemplate="%{y:+,.1f}", **bars))


@dataclass(frozen=True, slots=True, eq=False)
class CalendarData:
    """The periods of one SKU in one span, each array n_periods long.

    Attributes:
        frequency: day, week or month.
        periods: first day of each, datetime64[D].
        units: clean demand, NaN = unknown.
        kinds: state of each period, one of the keys of `looks`.
        told: a sentence per period for the reader who points at it.
        looks: per state in the order of the legend: its name and how it is drawn, one of sold, nothing, absent, out,
            inferred, suspected.
    """

    frequency: str
    periods: DateArray
    units: FloatArray
    kinds: AnyArray
    told: AnyArray
    looks: Mapping[str, tuple[str, str]]


def shelf_calendar(data: CalendarData, *, dark: bool = False) -> go.Figure:
    """One field per period: what was sold is filled, an empty shelf is hatched, a guess is hatched more lightly.

    Days stand in columns of weeks, weeks and months in a row per year.
    """
    if not len(data.periods):
        return empty(nothing_here(), dark=dark, height=230)
    colours = palette(dark=dark)
    result = figure(dark=dark, height=270)
    x, y, width, rows = _grid(data)
    for kind, (name, look) in data.looks.items():
        chosen = data.kinds == kind
        if not chosen.any():
            continue
        result.add_trace(
            go.Bar(
                x=x[chosen],
                y=np.full(int(chosen.sum()), 0.88),
                base=y[chosen] - 0.44,
                width=width,
                name=name,
                marker=_marker(look, data.units[chosen], colours),
                customdata=data.told[chosen],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    result.update_layout(barmode="overlay", hovermode="closest")
    result.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=rows, range=[len(rows) - 0.5, -0.5], showgrid=False, zeroline=False
    )
    result.update_xaxes(title=_months_title(data.frequency))
    return result


def _months_title(frequency: str) -> str:
    return {"day": "", "week": _("Week of the year"), "month": _("Month of the year")}[frequency]


def _grid(data: CalendarData) -> tuple[AnyArray, FloatArray, float, list[str]]:
    """Where each period stands: x, y, the width of a field on the x axis, and the names of the rows."""
    days = np.asarray(data.periods, "datetime64[D]")
    if data.frequency == "day":
        weekday = (days.astype(np.int64) + 3) % 7
        names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
        mondays = days - weekday.astype("timedelta64[D]")
        return dates(mondays), weekday.astype(np.float64), 0.9 * WEEK_MILLISECONDS, names
    years = days.astype("datetime64[Y]")
    rows = np.unique(years)
    y = np.searchsorted(rows, years).astype(np.float64)
    months = days.astype("datetime64[M]").astype(np.int64) % 12
    weeks = (days - years.astype("datetime64[D]")).astype(np.int64) // 7
    return (weeks if data.frequency == "week" else months) + 1, y, 0.9, rows.astype(str).tolist()


def _marker(look: str, units: FloatArray, colours: Palette) -> dict[str, Any]:
    """How fields of a state are filled; units sold show in the depth of the colour."""
    outline = {"color": colours.grid, "width": 1}
    if look == "sold":
        top = max(float(np.nanmax(units)), 1.0)
        depth = 0.3 + 0.7 * np.sqrt(np.clip(units / top, 0.0, 1.0))
        return {"color": [faded(colours.series[0], round(float(share), 3)) for share in depth], "line": {"width": 0}}
    if look == "nothing":
        return {"color": colours.paper, "line": outline}
    if look == "absent":
        dots = {"shape": ".", "size": 6, "fgcolor": colours.muted, "solidity": 0.15}
        return {"color": colours.grid, "line": outline, "pattern": dots}
    hue, strength = {"out": (colours.bad, 0.5), "inferred": (colours.warn, 0.35), "suspected": (colours.warn, 0.1)}[
        look
    ]
    shape = "/" if look == "out" else "\\"
    pattern = {"shape": shape, "size": 5, "fgcolor": hue, "solidity": 0.45 if look != "suspected" else 0.25}
    return {"color": faded(hue, strength), "pattern": pattern, "line": {"color": hue, "width": 0.5}}
