"""What the Compare page is asked, the job it starts, and the comparison it shows."""

from typing import Any

import streamlit as st

from core.base.language import _
from core.base.parameters import ParameterInfo
from core.jobs import work
from core.report.numbers import number
from core.workflows import comparing, home
from core.workflows.comparing import CompareRequest, Comparison, Method, Setup
from core.workflows.workspace import Workspace
from pages.ui import session

JOB = "compare-job-id"
MOST_FOLDS = 12


@st.cache_resource(max_entries=4, show_spinner=False)
def _comparison(run_id: str, version: str) -> Comparison | None:  # noqa: ARG001 - a run never changes
    return comparing.latest(session.workspace(), version)


def newest(workspace: Workspace) -> Comparison | None:
    """The newest comparison of the present data, else of older data; shared and never changed."""
    found = comparing.newest_run(workspace, home.strip(workspace).version or "")
    return _comparison(found.run_id, found.version) if found else None


def job_at_work() -> str | None:
    """A comparison at work, whichever session began it, else this session's last."""
    return work.running(session.runner(), work.COMPARISON) or st.session_state.get(JOB)


def show(*, disabled: bool) -> None:
    """The form: methods, horizon, folds, settings per method, and the button that starts the job.

    Raises:
        DemandError: a setting is out of range.
    """
    setup, methods = comparing.setup(session.workspace()), comparing.methods()
    with st.form("compare", border=True):
        request = _request(setup, methods)
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.form_submit_button(
                _("Compare"), type="primary", icon=":material/play_arrow:", disabled=disabled
            )
            text = _("Every method forecasts all {n} series at several past dates and is held against what then sold.")
            st.caption(text.format(n=number(setup.n_series)))
    if pressed:
        st.session_state[JOB] = work.start_comparison(session.runner(), session.workspace(), request)
        st.rerun()


def _request(setup: Setup, methods: tuple[Method, ...]) -> CompareRequest:
    slow, grouped = _("{method} (slow)"), _("{method} · {family}")
    labels = {
        each.key: grouped.format(method=slow.format(method=each.label) if each.slow else each.label, family=each.family)
        for each in methods
    }
    units = {"day": _("days"), "week": _("weeks"), "month": _("months")}
    left, middle, right = st.columns([2.6, 1, 1])
    chosen = left.multiselect(
        _("Methods"), list(labels), [each.key for each in methods if each.default], key="compare-models",
        format_func=labels.__getitem__,
        placeholder=_("All quick methods"), wrap=True,
        help=_("Seasonal naive repeats last week or year: what others must beat."),
    )  # fmt: skip
    horizon = middle.number_input(
        _("Horizon, {periods}").format(periods=units[setup.frequency]), 1, setup.longest, setup.horizon,
        key="compare-horizon", help=_("How far ahead each forecast looks, in periods the shop is open."),
    )  # fmt: skip
    folds = right.number_input(
        _("Past dates"), 1, MOST_FOLDS, 3, key="compare-folds",
        help=_("Forecasts are made at this many dates in the past, one horizon apart."),
    )  # fmt: skip
    settings = _settings(methods)
    return CompareRequest(
        tuple(chosen), int(horizon), int(folds), settings={key: settings[key] for key in chosen if key in settings}
    )


def _settings(methods: tuple[Method, ...]) -> dict[str, dict[str, Any]]:
    """Values that differ from the defaults, per method."""
    changed: dict[str, dict[str, Any]] = {}
    with st.expander(_("Settings of each method"), icon=":material/tune:"):
        for method in methods:
            if not method.settings:
                continue
            st.markdown(f"**{method.label}**")
            with st.grid(3, min_column_width=210, vertical_alignment="bottom"):
                values = {info.name: _control(method.key, info) for info in method.settings}
            other = {info.name: values[info.name] for info in method.settings if values[info.name] != info.default}
            if other:
                changed[method.key] = other
    return changed


def _control(owner: str, info: ParameterInfo) -> Any:
    """The control a setting's declaration asks for."""
    key = f"compare-{owner}-{info.name}"
    label = f"{_(info.label)}, {_(info.unit)}" if info.unit else _(info.label)
    about = _(info.help) if info.help else None
    if isinstance(info.default, bool):
        return st.checkbox(label, info.default, key=key, help=about)
    if info.choices:
        words = {choice: _(choice).capitalize() for choice in info.choices}
        place = info.choices.index(info.default)
        return st.selectbox(label, info.choices, place, format_func=words.__getitem__, key=key, help=about)
    kind = type(info.default)
    low = None if info.low is None else kind(info.low)
    high = None if info.high is None else kind(info.high)
    if kind is int:
        return st.number_input(label, low, high, info.default, key=key, help=about)
    fine = info.high is not None and info.high <= 1
    return st.number_input(
        label, low, high, info.default, 0.05 if fine else 1.0, "%.3f" if fine else "%.2f", key=key, help=about
    )


def show_age(comparison: Comparison) -> None:
    """A banner when the comparison saw other data than what is in force."""
    if comparison.version != home.strip(session.workspace()).version:
        st.warning(
            _("This comparison was made from older data. Compare again to see how the methods do on the present data."),
            icon=":material/update:",
        )
