"""Segments: which items deserve which treatment?"""

import streamlit as st

from core.base.language import _
from core.workflows import home
from pages.ui import messages, segment_charts, segment_controls, segment_tables, session

workspace = session.workspace()
session.settings()

st.title(_("Segments"))
st.markdown(_("Which items deserve which treatment?"))

messages.with_data()

version = home.strip(workspace).version or ""
with messages.shown():
    request = segment_controls.choose()
    result = segment_controls.result_of(version, request)
    segment_tables.show_cards(result)

    st.subheader(_("Value and evenness"))
    segment_charts.show_boxes(result, dark=session.dark())

    st.subheader(_("Groups that sell alike"))
    segment_tables.show_groups(result)
    segment_charts.show_groups(result, dark=session.dark())

    st.subheader(_("Every SKU"))
    segment_tables.show_skus(result)
    segment_tables.exports(result, lambda: segment_charts.figures(result))
    segment_controls.offer_keeping(request, result)
