"""Home: what needs me today?"""

import streamlit as st

from core.base.language import _
from core.workflows import home
from pages.ui import home_banners, home_cards, home_list, home_start, job_panel, messages, session

workspace, settings = session.workspace(), session.settings()

st.title(_("Home"))
st.markdown(_("What needs me today?"))
home_banners.lost_loads()

messages.with_data()

state, job_id = home.state_of(workspace), home_start.job_at_work()
with messages.shown():
    status = home_start.status_of(state)
    home_banners.old_sales()
    home_cards.show(status, settings.currency)
    st.caption(home_cards.facts(status, settings.currency))
    if state.plan:
        job_panel.follow(job_id, key="home-job")
        home_list.show(status, settings.currency)
    else:
        home_start.offer(state, job_id)
    messages.noticed(_("Noticed"), status.notes)
