"""The sidebar: pages in the order of the work."""

import streamlit as st

from core.base.language import _
from pages.ui import session, status_strip


def run() -> None:
    """Draw the sidebar and the page chosen."""
    session.settings()
    page = st.navigation(
        {
            "": [st.Page("pages/home.py", title=_("Home"), icon=":material/home:", default=True)],
            _("Data"): [
                st.Page("pages/upload.py", title=_("Upload"), icon=":material/upload_file:"),
                st.Page("pages/clean.py", title=_("Clean"), icon=":material/cleaning_services:"),
            ],
            _("Forecast"): [
                st.Page("pages/segments.py", title=_("Segments"), icon=":material/category:"),
                st.Page("pages/compare.py", title=_("Compare models"), icon=":material/leaderboard:"),
                st.Page("pages/forecast.py", title=_("Forecast"), icon=":material/show_chart:"),
            ],
            _("Inventory"): [
                st.Page("pages/order_plan.py", title=_("Order plan"), icon=":material/shopping_cart:"),
                st.Page("pages/what_if.py", title=_("What-if"), icon=":material/tune:"),
            ],
            _("Manage"): [
                st.Page("pages/runs.py", title=_("Runs & settings"), icon=":material/settings:"),
            ],
        },
        expanded=True,
    )
    status_strip.show()
    page.run()
