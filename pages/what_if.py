"""What-if: what happens to service and cash if…?"""

import streamlit as st

from core.base.language import _
from core.workflows.settings import Settings
from pages.ui import home_start, messages, session, what_if_levers, what_if_result, what_if_saved, what_if_scope
from pages.ui.what_if_scope import Scope

workspace, settings = session.workspace(), session.settings()

st.title(_("What-if"))
st.markdown(_("What happens to service and cash if the terms change?"))

state = home_start.with_forecast(workspace)


@session.fragment()
def live(scope: Scope, settings: Settings) -> None:
    """Sliders and what they change; nothing else of the page runs while a slider moves."""
    left, right = st.columns([1, 2.7], gap="large")
    with left:
        scenario = what_if_levers.choose(what_if_scope.case_of((scope.sku, scope.location), scope.key))
    with right:
        shown = what_if_result.play(scope, scenario, settings.currency, dark=session.dark())
        if shown is None:
            return
        # the chart takes the browser longest, so it is sent first and stands below all the same
        above = st.container()
        what_if_result.show_chart(shown)
        with above:
            what_if_result.show_cards(shown)
        # made only while it is open: a moving slider would wait for it otherwise
        more = st.expander(_("All measures, exports and saving"), key="what-if-more", on_change="rerun")
        if more.open:
            with more:
                what_if_result.show_table(shown)
                what_if_result.exports(shown)
                what_if_saved.offer(shown)


with messages.shown():
    live(what_if_scope.choose(state, settings), settings)
what_if_saved.compare(settings.currency)
