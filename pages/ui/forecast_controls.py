"""How the forecast is made: by which methods, how far ahead, and the job that makes it."""

import streamlit as st

from core.base.language import _, ngettext
from core.jobs import work
from core.report.numbers import day, local, number
from core.workflows import comparing, forecasting, home
from core.workflows.forecasting import ForecastRequest
from core.workflows.viewing import Head
from pages.ui import compare_pins, driver_switches, session
from pages.ui.text import literal, periods

JOB = "forecast-job-id"
LONGEST = 730


def job_at_work() -> str | None:
    """A forecast being made, whichever session began it, else this session's last."""
    return work.running(session.runner(), work.FORECAST) or st.session_state.get(JOB)


def show(head: Head | None, job_id: str | None) -> None:
    """Method, horizon and the button; folded away once there is a forecast."""
    busy = job_id is not None and session.runner().view(job_id).running
    label = _("Make a forecast") if head is None else _("Make a new forecast")
    with (
        st.expander(label, expanded=head is None, icon=":material/tune:"),
        st.form("forecast", border=False),
    ):
        request = _request()
        pressed = st.form_submit_button(_("Make forecast"), type="primary", icon=":material/play_arrow:", disabled=busy)
    if pressed:
        st.session_state[JOB] = work.start_forecast(session.runner(), session.workspace(), request)
        st.rerun()


def _request() -> ForecastRequest:
    setup = comparing.setup(session.workspace())
    names = forecasting.best_labels() | {method.key: method.label for method in comparing.methods()}
    left, right = st.columns([2, 1])
    model = left.selectbox(
        _("Methods"), list(names), format_func=names.__getitem__, key="forecast-model",
        help=_("The best are those of the newest comparison; without one, the quick methods are compared first."),
    )  # fmt: skip
    horizon = right.number_input(
        _("Horizon, {periods}").format(periods=periods(setup.frequency)), 1, LONGEST, None,
        key="forecast-horizon", placeholder=_("automatic"),
        help=_("Calendar periods ahead. Automatic: three months or more, as far as the longest lead time asks for."),
    )  # fmt: skip
    compared = comparing.newest_run(session.workspace(), home.strip(session.workspace()).version or "")
    off = compared.manifest["request"].get("without", ()) if compared else ()
    off = driver_switches.choose("forecast-drivers", off)
    ways = forecasting.reconciliation_labels()
    way = st.selectbox(
        _("How levels are made to agree"), list(ways), format_func=ways.__getitem__, key="forecast-reconciliation",
        help=_("SKUs, categories, locations and the total always add up exactly; this says which of them gives way."),
    )  # fmt: skip
    return ForecastRequest(model or forecasting.BEST, horizon, reconciliation=str(way), without=off)


def show_age(head: Head) -> None:
    """When and from what it was made; a banner when the data has changed since."""
    if not head.current:
        st.warning(
            _("This forecast was made from older data. Make a new one to plan with the present data."),
            icon=":material/update:",
        )
    labels = comparing.labels()
    most_first = sorted(head.manifest["models"].items(), key=lambda pair: -pair[1])
    used = ", ".join(_("{method} ({n})").format(method=labels.get(key, key), n=number(n)) for key, n in most_first)
    text = _("Made on {day} from {paths} sample paths per series. Methods and their series: {used}.").format(
        day=day(local(head.created_at)), paths=number(head.manifest["n_paths"]), used=used
    )
    way = head.manifest.get("reconciliation", {}).get("method", "")
    if way in (ways := forecasting.reconciliation_labels()):
        text += " " + _("Levels agree by: {way}.").format(way=ways[way])
    if n := len(head.manifest.get("overrides", ())):
        text += " " + ngettext("With {n} change by hand.", "With {n} changes by hand.", n).format(n=number(n))
    text += compare_pins.told(head.manifest.get("pins", []))
    st.caption(text + driver_switches.told(head.manifest.get("without", ())))
    if season := head.manifest.get("season", ""):
        st.info(literal(season, 600), icon=":material/event_upcoming:")
    if missing := head.manifest.get("unplanned", ()):
        with st.expander(_("Plans that end before the forecast does"), icon=":material/event_busy:"):
            st.markdown("\n".join(f"- {literal(each, 600)}" for each in missing))
