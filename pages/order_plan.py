"""Order plan: what do I order today, from whom, and why?"""

import streamlit as st

from core.base.language import _
from pages.ui import home_banners, home_start, open_orders, plan_controls, plan_reason, plan_result, session

workspace, settings = session.workspace(), session.settings()

st.title(_("Order plan"))
st.markdown(_("What do I order today, from whom, and why?"))
open_orders.ask(workspace)

state = home_start.with_forecast(workspace)

home_banners.old_sales()
plan = plan_controls.plan_of(state.plan) if state.plan else None
plan_controls.show(plan, settings)
if plan is None:
    st.info(_("There is no order plan for the present data yet. Make it with the button above."))
    st.stop()

plan_result.show_cards(plan, settings.currency)
plan_controls.notes(plan, state)
plan_result.show_suppliers(plan, settings.currency)
st.subheader(_("What to order"))
chosen = plan_result.filtered(plan)
place = plan_result.choose_line(plan, chosen, settings.currency)
plan_result.exports(plan, settings.currency)
if place is not None:
    plan_reason.show(plan, place, settings.currency)
