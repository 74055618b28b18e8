"""The sections of the Clean page, each drawn only while it is open, and the ways from one to another."""

from typing import Any

import streamlit as st

from core.base.language import _

KEY = "clean-section"
FIRST, HISTORY, RULES, STOCK_OUTS, BY_HAND = "first", "history", "rules", "stock-outs", "by-hand"
SKU, PLACE, RULE = "clean-sku", "clean-place", "clean-rule"
CLOSER = {
    "stock_outs": STOCK_OUTS,
    "stock_out_demand": STOCK_OUTS,
    "suspected_stock_outs": STOCK_OUTS,
    "manual": BY_HAND,
}
"""Issues that have a section of their own; all others are settled in the rules."""


def names() -> dict[str, str]:
    """The sections in the order of the work."""
    return {
        FIRST: _("Fix first"), HISTORY: _("History"), RULES: _("Rules"), STOCK_OUTS: _("Stock-outs"),
        BY_HAND: _("By hand"),
    }  # fmt: skip


def tabs() -> dict[str, Any]:
    """One tab per section; the open one stands in the address."""
    labels = names()
    drawn = st.tabs(list(labels.values()), key=KEY, on_change="rerun", bind="query-params")
    return dict(zip(labels, drawn, strict=True))


def go(label: str, view: dict[str, str]) -> None:
    """Open a section at a place; for callbacks, so the label comes in the language it was drawn in."""
    st.session_state[KEY] = label
    st.session_state.update(view)


def link(section: str, text: str, icon: str, *, key: str, view: dict[str, str] | None = None) -> None:
    """A button that opens another section."""
    st.button(text, icon=icon, key=key, on_click=go, args=(names()[section], view or {}))
