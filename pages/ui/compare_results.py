"""A finished comparison: figures, leaderboard, champions, charts and files; a touch of its controls draws it alone."""

import streamlit as st

from core.base.language import _
from core.report import tables_compare
from core.workflows.comparing import Comparison
from pages.ui import compare_charts, compare_metrics, compare_pins, compare_tables, messages, session


@session.fragment()
def show(comparison: Comparison, version: str) -> None:
    """Everything that is told of a comparison, by the score chosen."""
    compare_tables.show_cards(comparison)
    st.subheader(_("Leaderboard"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = compare_metrics.choose(comparison)
        scope = compare_metrics.scope(comparison)
    st.caption(tables_compare.score_help()[metric])
    compare_tables.show_leaderboard(comparison, metric, scope)
    st.subheader(_("Champions"))
    compare_tables.show_champions(comparison)
    compare_pins.show(comparison, version)
    st.subheader(_("Where the errors are"))
    with messages.shown():
        compare_charts.show(comparison, metric, version)
    compare_tables.exports(comparison, lambda: compare_charts.figures(comparison, metric))
