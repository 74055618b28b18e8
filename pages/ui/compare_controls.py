"""What the Compare page is asked, the job it starts, and the comparison it shows."""

from typing import Any

import streamlit as st

from core.base.language import _, ngettext
from core.base.parameters import ParameterInfo
from core.jobs import work
from core.report.numbers import number
from core.workflows import comparing, comparing_series, datasets, home
from core.workflows.comparing import CompareRequest, Comparison, Method, Setup
from core.workflows.comparing_series import TooShort
from core.workflows.workspace import Workspace
from pages.ui import driver_switches, messages, session
from pages.ui.text import literal, periods

JOB = "compare-job-id"
MOST_FOLDS = 12
MOST_SECONDS = 86_400


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


def show(*, again: bool, disabled: bool) -> None:
    """The form, folded where there is a comparison to read already.

    Args:
        again: whether there is one.
        disabled: whether a comparison is at work.
    """
    if not again:
        _form(border=True, disabled=disabled)
        return
    again_form = st.expander(_("Compare again"), icon=":material/replay:", key="compare-again", on_change="rerun")
    # controls that nobody looks at would make every other touch of the page slower
    if again_form.open:
        with again_form:
            _form(border=False, disabled=disabled)


@st.cache_data(max_entries=4, show_spinner=False)
def _usual_horizon(version: str, terms: str) -> int:  # noqa: ARG001 - the key of the cache
    workspace = session.workspace()
    return comparing.usual_horizon(workspace, datasets.current_dataset(workspace).panel)


def usual_horizon() -> int:
    """Periods ahead unless the reader says otherwise, looked up once per state of data and settings."""
    return _usual_horizon(home.strip(session.workspace()).version or "", repr(session.settings()))


@session.fragment()
def _form(*, border: bool, disabled: bool) -> None:
    """Methods by group, horizon, past dates, time limits, settings, and the button that starts the job."""
    with messages.shown(), st.container(border=border):
        setup = comparing.setup(session.workspace())
        request = _request(setup, comparing.methods())
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.button(
                _("Compare"), type="primary", icon=":material/play_arrow:", disabled=disabled, key="compare-start"
            )
            text = _("Every method forecasts all {n} series at several past dates and is held against what then sold.")
            st.caption(text.format(n=number(setup.n_series)))
        if pressed:
            st.session_state[JOB] = work.start_comparison(session.runner(), session.workspace(), request)
            st.rerun()


def _request(setup: Setup, methods: tuple[Method, ...]) -> CompareRequest:
    chosen = _methods(methods)
    with st.grid(4, min_column_width=200, vertical_alignment="bottom"):
        horizon = st.number_input(
            _("Horizon, {periods}").format(periods=periods(setup.frequency)), 1, setup.longest,
            min(usual_horizon(), setup.longest), key="compare-horizon",
            help=_(
                "How far ahead each forecast looks, in periods the shop is open. Unless you change it: as long as the "
                "stock of most SKUs must last, lead time plus review period, and four weeks at least."
            ),
        )  # fmt: skip
        folds = st.number_input(
            _("Past dates"), 1, MOST_FOLDS, 3, key="compare-folds",
            help=_("Forecasts are made at this many dates in the past, one horizon apart."),
        )  # fmt: skip
        limit = st.number_input(
            _("Time limit per method, s"), 0, MOST_SECONDS, 0, 10, key="compare-limit",
            help=_("A method that takes longer costs its row and the others go on. 0 = no limit."),
        )  # fmt: skip
        together = st.number_input(
            _("Time limit in all, s"), 0, MOST_SECONDS, 0, 30, key="compare-limit-total",
            help=_("Cheap methods come first; those not begun by then cost their rows. 0 = no limit."),
        )  # fmt: skip
    off = driver_switches.choose("compare-drivers")
    plan = _plan(setup)
    settings = _settings(methods)
    return CompareRequest(
        chosen, int(horizon), int(folds), settings={key: settings[key] for key in chosen if key in settings},
        max_seconds=float(limit) or None, max_seconds_total=float(together) or None, without=off, **plan,
    )  # fmt: skip


def _methods(methods: tuple[Method, ...]) -> tuple[str, ...]:
    """The methods chosen, a row of them per group; slow ones and those that use drivers carry a sign.

    The seasonal naive is no choice: it goes with whatever is chosen.
    """
    groups: dict[str, list[Method]] = {}
    for each in (method for method in methods if method.key != comparing.BASELINE):
        groups.setdefault(each.family, []).append(each)
    chosen: list[str] = []
    for family, members in groups.items():
        labels = {each.key: _marked(each) for each in members}
        found = st.pills(
            family[:1].upper() + family[1:], list(labels), selection_mode="multi", format_func=labels.__getitem__,
            default=[each.key for each in members if each.default], key=f"compare-group-{members[0].key}", wrap=True,
        )  # fmt: skip
        chosen += found
    st.caption(
        _(
            ":material/sell: uses price, promotion and events · :material/hourglass_top: slow, minutes instead of "
            "seconds. The seasonal naive, which repeats last week or year, is always among them: what others must "
            "beat. With none chosen, the quick ones are compared."
        )
    )
    # combinations alone stand for those of the quick methods, the seasonal naive among these
    singles = set(chosen) - comparing.combination_labels().keys()
    return (comparing.BASELINE, *chosen) if singles else tuple(chosen)


def _marked(method: Method) -> str:
    signs = [":material/sell:"] * bool(method.drivers) + [":material/hourglass_top:"] * method.slow
    return " ".join([method.label, *signs])


def _plan(setup: Setup) -> dict[str, Any]:
    """How the past dates are judged, where it is not as usual."""
    with (
        st.expander(_("How past dates are judged"), icon=":material/rule:"),
        st.grid(4, min_column_width=200, vertical_alignment="bottom"),
    ):
        window = st.number_input(
            _("Periods learned from"), 0, 36_500, 0, key="compare-window",
            help=_("0 = all that was known at each past date; else only the last so many periods (a sliding window)."),
        )  # fmt: skip
        gap = st.number_input(
            _("Periods until data arrives"), 0, max(setup.longest, 1), 0, key="compare-gap",
            help=_("Periods between the last one known and the first one forecast."),
        )  # fmt: skip
        refit = st.toggle(
            _("Learn each time anew"), value=True, key="compare-refit",
            help=_("Off: what was learned at the first date is brought up to date, which is quicker."),
        )  # fmt: skip
        judges = {comparing.RMSSE: _("RMSSE"), comparing.COST: _("Replayed cost")}
        judge = st.selectbox(
            _("Champions by"), list(judges), format_func=judges.__getitem__, key="compare-judge",
            help=_("By RMSSE, the method with the best mean; by cost, the one whose stock would have cost least."),
        )  # fmt: skip
    return {"window": int(window) or None, "gap": int(gap), "refit": refit, "judge": str(judge)}


def _settings(methods: tuple[Method, ...]) -> dict[str, dict[str, Any]]:
    """Values that differ from the defaults, per method; the controls of one method at a time are drawn."""
    having = {method.key: method for method in methods if method.settings}
    box = st.expander(_("Settings of each method"), icon=":material/tune:", key="compare-settings", on_change="rerun")
    if box.open:
        with box:
            labels = {key: method.label for key, method in having.items()}
            named = st.selectbox(
                _("Method"), list(labels), format_func=labels.__getitem__, key="compare-settings-of", width=330,
                persist_state="page",
            )  # fmt: skip
            _controls(having[named])
    changed = {key: _changed(method) for key, method in having.items()}
    changed = {key: values for key, values in changed.items() if values}
    if box.open and changed:
        box.caption(_("Changed: {methods}.").format(methods=", ".join(having[key].label for key in changed)))
    return changed


def _controls(method: Method) -> None:
    switches = [info for info in method.settings if isinstance(info.default, bool)]
    others = [info for info in method.settings if info not in switches]
    if others:
        with st.grid(3, min_column_width=210, vertical_alignment="bottom"):
            for info in others:
                _control(method.key, info)
    # their names are sentences, which a third of the width would cut
    for info in switches:
        _control(method.key, info)


def _changed(method: Method) -> dict[str, Any]:
    """Settings of a method that are not left at their defaults, whether or not their controls are in sight."""
    values = {info.name: st.session_state.get(_key(method.key, info), info.default) for info in method.settings}
    return {info.name: values[info.name] for info in method.settings if values[info.name] != info.default}


def _key(owner: str, info: ParameterInfo) -> str:
    return f"compare-{owner}-{info.name}"


def _control(owner: str, info: ParameterInfo) -> None:
    """The control a setting's declaration asks for."""
    label = f"{_(info.label)}, {_(info.unit)}" if info.unit else _(info.label)
    about: dict[str, Any] = {
        "key": _key(owner, info), "help": _(info.help) if info.help else None, "persist_state": "page",
    }  # fmt: skip
    kind = type(info.default)
    low = None if info.low is None else kind(info.low)
    high = None if info.high is None else kind(info.high)
    if kind is bool:
        st.checkbox(label, info.default, **about)
    elif info.choices:
        words = {choice: _(choice).replace("_", " ").capitalize() for choice in info.choices}
        place = info.choices.index(info.default)
        st.selectbox(label, info.choices, place, format_func=words.__getitem__, **about)
    elif kind is int:
        st.number_input(label, low, high, info.default, **about)
    else:
        fine = info.high is not None and info.high <= 1
        step, digits = (0.05, "%.3f") if fine else (1.0, "%.2f")
        st.number_input(label, low, high, info.default, step, digits, **about)


def show_age(comparison: Comparison) -> None:
    """A banner when the comparison saw other data than what is in force."""
    if comparison.version != home.strip(session.workspace()).version:
        st.warning(
            _("This comparison was made from older data. Compare again to see how the methods do on the present data."),
            icon=":material/update:",
        )


@st.cache_data(max_entries=2, show_spinner=False)
def _too_short(version: str, language: str) -> tuple[TooShort, ...]:  # noqa: ARG001 - the key of the cache
    return comparing_series.too_short(session.workspace())


def show_too_short(version: str) -> None:
    """Which series have too little history for which methods; nothing when all have enough."""
    found = _too_short(version, session.settings().language)
    if not found:
        return
    most = max(each.n_series for each in found)
    title = ngettext("{n} series is too short for some methods", "{n} series are too short for some methods", most)
    with st.expander(title.format(n=number(most)), icon=":material/history_toggle_off:"):
        for each in found:
            text = ngettext(
                "**{needed} observed periods needed** by {methods}: {n} series has fewer, {skus}.",
                "**{needed} observed periods needed** by {methods}: {n} series have fewer, for example {skus}.",
                each.n_series,
            )
            skus = ", ".join(literal(sku, 60) for sku in each.skus[:5])
            methods = ", ".join(each.methods)
            st.markdown(text.format(needed=each.needed, methods=methods, n=number(each.n_series), skus=skus))
        st.caption(_("There the seasonal naive or another simple method stands in, and the note of the row says so."))
