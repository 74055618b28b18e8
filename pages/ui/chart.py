"""Shows a figure of core.charts with export buttons and an alternative text."""

from typing import Any

import streamlit as st

from core.base.language import _


def show(figure: Any, *, key: str, alt: str, file_name: str, picture: str = "png") -> None:
    """Draw the figure; its own toolbar saves a sharp PNG (or SVG), the camera of the browser needs no server."""
    st.plotly_chart(
        figure,
        key=key,
        theme=None,
        alt=alt,
        config={
            "displaylogo": False,
            "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
            "toImageButtonOptions": {"format": picture, "filename": file_name, "scale": 3},
        },
    )


def caption(text: str) -> None:
    """A sentence under a chart that says how to read it."""
    st.caption(text, help=_("Hover for exact numbers; the camera saves the chart as a picture."))
