"""Charts of the nine ABC×XYZ boxes."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.base.language import ngettext
from core.base.types import FloatArray, IntArray
from core.charts.theme import empty, faded, figure, nothing_here, palette


def nine_boxes(
    counts: IntArray, shares: FloatArray, rows: Sequence[str], columns: Sequence[str], *, dark: bool = False
) -> go.Figure:
    """How many SKUs and how much of the total each box holds; the shade is the share.

    Args:
        counts: SKUs, shape (n_rows, n_columns).
        shares: fraction of revenue or units, same shape.
        rows: what each row is, from A to C.
        columns: what each column is, from X to Z.
        dark: whether the reader sees the dark theme.
    """
    if not counts.sum():
        return empty(nothing_here(), dark=dark)
    colours = palette(dark=dark)
    result = figure(dark=dark, height=330)
    text = [
        [
            ngettext("{n:,} SKU<br>{share:.1%}", "{n:,} SKUs<br>{share:.1%}", int(n)).format(n=int(n), share=share)
            for n, share in zip(*pair, strict=True)
        ]
        for pair in zip(counts, shares, strict=True)
    ]
    result.add_trace(
        go.Heatmap(
            z=np.sqrt(shares),
            x=list(columns),
            y=list(rows),
            text=text,
            texttemplate="%{text}",
            textfont={"size": 14, "color": colours.ink},
            # Half strength, so that the figures stay readable on the darkest box.
            colorscale=[[0, faded(colours.series[0], 0.04)], [1, faded(colours.series[0], 0.55)]],
            zmin=0,
            zmax=1,
            showscale=False,
            hovertemplate="%{y} · %{x}<br>%{text}<extra></extra>",
            xgap=3,
            ygap=3,
        )
    )
    result.update_layout(hovermode="closest")
    result.update_xaxes(type="category", side="top", ticks="", showline=False)
    result.update_yaxes(type="category", autorange="reversed", ticks="", showline=False, showgrid=False)
    return result
