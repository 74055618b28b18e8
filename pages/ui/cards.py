"""Key figures in a row of cards that wraps on narrow screens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st


@dataclass(frozen=True, slots=True)
class Card:
    """One key figure.

    Attributes:
        label: what it is.
        value: the figure with its unit, as text.
        help: its definition, or why it is undefined.
        change: how it changed, with a sign; "" = nothing to compare with.
        better: whether "up" or "down" is good; "" when it depends.
        note: words after the change.
        trend: values over time for a small line, oldest first.
    """

    label: str
    value: str
    help: str = ""
    change: str = ""
    better: Literal["up", "down", ""] = ""
    note: str = ""
    trend: tuple[float, ...] = ()


COLOURS: dict[str, Literal["normal", "inverse", "off"]] = {"up": "normal", "down": "inverse", "": "off"}


def row(cards: Sequence[Card], *, columns: int, least_width: int = 165) -> None:
    """Draw the cards, as many beside each other as fit."""
    with st.grid(columns, min_column_width=least_width):
        for card in cards:
            st.metric(
                card.label,
                card.value.replace("$", "\\$"),
                delta=_signed(card.change or card.note) or None,
                delta_color=COLOURS[card.better] if card.change else "off",
                delta_arrow=_arrow(card.change),
                delta_description=card.note.replace("$", "\\$") if card.change and card.note else None,
                help=card.help or None,
                border=True,
                height="stretch",
                chart_data=list(card.trend) or None,
                chart_type="area",
            )


def _signed(text: str) -> str:
    """The text with the plain minus by which Streamlit tells a fall, and money that is no formula."""
    return (f"-{text[1:]}" if text.startswith("−") else text).replace("$", "\\$")


def _arrow(change: str) -> Literal["up", "down", "off"]:
    if change.startswith("+"):
        return "up"
    return "down" if change.startswith(("-", "−")) else "off"
