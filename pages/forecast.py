"""Forecast: what will sell, and how sure are we?"""

from functools import partial

import streamlit as st

from core.base.language import _
from core.workflows import home, viewing
from pages.ui import (
    compare_tables,
    forecast_controls,
    forecast_more,
    forecast_new_items,
    forecast_scope,
    forecast_view,
    job_panel,
    messages,
    session,
)

workspace = session.workspace()
session.settings()

st.title(_("Forecast"))
st.markdown(_("What will sell, and how sure are we?"))

messages.with_data()

head = viewing.newest(workspace)
job_id = forecast_controls.job_at_work()
forecast_controls.show(head, job_id)
forecast_new_items.show()
job_panel.follow(job_id, key="forecast-job", partial=compare_tables.show_landed)
if head is None:
    st.info(_("There is no forecast yet. Make it with the button above; it takes about a minute."))
    st.stop()

forecast_controls.show_age(head)
version = home.strip(workspace).version or ""
with messages.shown():
    scope = forecast_scope.choose(version, head.run_id)
    view = forecast_scope.view_of(head, version, scope)
    frequency = forecast_scope.frequency(version)
    forecast_view.show_cards(view, frequency)
    forecast_view.show_chart(view, scope)
    forecast_view.show_notes(view)
    forecast_more.show(head, version, scope, view, frequency)
    charts = partial(forecast_more.figures, head, version, scope, view, frequency)
    forecast_view.exports(view, head, scope, charts)
