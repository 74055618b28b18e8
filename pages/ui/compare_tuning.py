"""Tuning: better settings of a method, searched on past dates that no comparison is judged by."""

import streamlit as st

from core.base.language import _
from core.jobs import work
from core.report.numbers import day, number, percent
from core.workflows import comparing, tuning
from core.workflows.tuning import Tuned, TuneRequest
from pages.ui import compare_controls, job_panel, session
from pages.ui.text import literal

JOB = "compare-tuning-job"
LEAST, MOST, USUAL = 5, 3_600, 60


def job_at_work() -> str | None:
    """A search at work, whichever session began it, else this session's last."""
    return work.running(session.runner(), work.TUNING) or st.session_state.get(JOB)


def show() -> None:
    """Which method to tune and for how long, what was tuned before, and the way back to the defaults."""
    labels, job_id, setup = comparing.labels(), job_at_work(), comparing.setup(session.workspace())
    busy = job_id is not None and session.runner().view(job_id).running
    with st.expander(_("Tune a method"), icon=":material/instant_mix:", expanded=busy):
        st.caption(
            _(
                "Tries settings at dates before those a comparison is judged by, so that the comparison stays honest. "
                "Better settings are used by comparisons and forecasts from then on."
            )
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            names = {key: labels.get(key, key) for key in tuning.tunable()}
            model = st.selectbox(_("Method"), list(names), format_func=names.__getitem__, key="tune-model", width=330)
            horizon = st.number_input(
                _("Horizon"), 1, setup.longest, min(compare_controls.usual_horizon(), setup.longest),
                key="tune-horizon", width=140,
                help=_("As far ahead as you compare; the shorter, the more history is left to search on."),
            )  # fmt: skip
            seconds = st.number_input(_("Time budget, s"), LEAST, MOST, USUAL, 15, key="tune-seconds", width=160)
            pressed = st.button(_("Tune"), key="tune-start", icon=":material/instant_mix:", disabled=busy)
        if pressed:
            request = TuneRequest(str(model), float(seconds), int(horizon))
            st.session_state[JOB] = work.start_tuning(session.runner(), session.workspace(), request)
            st.rerun()
        job_panel.follow(job_id, key="tune-job")
        for found in tuning.tuned_methods(session.workspace()).values():
            _tuned(found, labels.get(found.model, found.model))


def _tuned(found: Tuned, label: str) -> None:
    said = ", ".join(f"{name} = {value}" for name, value in found.values.items()) or _("the defaults are best")
    text = _("**{method}**, {day}: {settings}; RMSSE {gain} smaller at {folds} earlier dates, {n} settings tried.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            text.format(
                method=label, day=day(found.tuned_at), settings=literal(said), gain=percent(found.gain),
                folds=number(found.folds), n=number(found.tried),
            )
        )  # fmt: skip
        if st.button(_("Back to the defaults"), key=f"tune-reset-{found.model}", type="tertiary"):
            tuning.reset(session.workspace(), found.model)
            st.rerun()
