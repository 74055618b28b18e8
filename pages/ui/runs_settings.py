"""The shop's defaults in one form."""

import math
from collections.abc import Mapping
from dataclasses import fields, replace

import streamlit as st

from core.base.language import _
from core.jobs import data
from core.report import tables_runs
from core.workflows import home
from core.workflows import settings as settings_workflow
from core.workflows.settings import Settings
from pages.ui import job_panel, messages, session

JOB = "settings-job"
BEGUN = "settings-begun-with"
CONTROL = "set-"
SUBMIT = "FormSubmitter:settings-Save settings"
SAVED = "settings-saved"


@st.cache_data(max_entries=1, show_spinner=False)
def _countries() -> tuple[str, ...]:
    # the list also has codes of three letters, each a second name of a country that is there already
    return tuple(code for code in settings_workflow.countries() if len(code) == 2)


def show(current: Settings) -> None:
    """The form; after a change of weeks or holidays the clean demand is made anew."""
    job_panel.follow(st.session_state.get(JOB), key="settings-job-panel")
    if st.session_state.pop(SAVED, False):
        st.success(_("Saved. The next plan and what-if use these settings."), icon=":material/check_circle:")
    shown = _shown(current)
    with st.form("settings"):
        wanted = _supply(_money(_calendar(shown)))
        if st.form_submit_button(_("Save settings"), type="primary", icon=":material/save:"):
            with messages.shown():
                save(changed(current, shown, wanted))


def _shown(current: Settings) -> Settings:
    """The settings that the controls began with, which another session may have changed since.

    What was changed elsewhere is shown as soon as it can be: not in the run that saves what was typed here.
    """
    begun: Settings | None = st.session_state.get(BEGUN)
    alive = any(str(key).startswith(CONTROL) for key in st.session_state)
    if begun is not None and alive and (begun == current or st.session_state.get(SUBMIT)):
        return begun
    for key in [key for key in st.session_state if str(key).startswith(CONTROL)]:
        del st.session_state[key]
    st.session_state[BEGUN] = current
    return current


def changed(current: Settings, shown: Settings, wanted: Settings) -> Settings:
    """The settings in force with what was changed here, so that nothing changed elsewhere is taken back unseen."""
    mine = {
        field.name: getattr(wanted, field.name)
        for field in fields(Settings)
        if not _same(getattr(wanted, field.name), getattr(shown, field.name))
    }
    return replace(current, **mine)


def _same(one: object, other: object) -> bool:
    """Whether a control still says what it began with; percent and back may cost the last digit."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return one == other


def save(wanted: Settings, rates: Mapping[str, float] | None = None) -> None:
    """Store settings, and exchange rates if given; what depends on them is made anew in the background."""
    workspace = session.workspace()
    anew = settings_workflow.write(workspace, wanted, rates)
    if anew and home.has_data(workspace):
        st.session_state[JOB] = data.start_rebuild(session.runner(), workspace)
    st.session_state[SAVED] = True
    st.rerun()


def _money(current: Settings) -> Settings:
    st.markdown(f"**{_('Money')}**")
    left, middle, right = st.columns(3)
    codes = list(settings_workflow.offered(session.workspace()))
    labels = {code: tables_runs.currency_label(code) for code in codes}
    currency = left.selectbox(
        _("Currency"), codes, codes.index(current.currency) if current.currency in codes else 0,
        format_func=labels.__getitem__, key="set-currency",
        help=_("Of all prices and costs; others are converted by the exchange rates below."),
    )  # fmt: skip
    holding = middle.number_input(
        _("Holding cost per year, % of unit cost"), 0.0, 500.0, 100 * current.holding_rate_per_year, 1.0,
        format="%.0f", key="set-holding", help=_("Capital, space, ageing and loss of a year in stock."),
    )  # fmt: skip
    order_cost = right.number_input(
        _("Cost of placing an order line"), 0.0, 1e6, current.order_cost, 1.0, format="%.2f", key="set-order-cost"
    )
    return replace(current, currency=currency, holding_rate_per_year=holding / 100, order_cost=order_cost)


def _supply(current: Settings) -> Settings:
    st.markdown(f"**{_('Supply terms where no file names them')}**")
    one, two, three, four = st.columns(4)
    lead = one.number_input(
        _("Lead time, days"), 0.0, 730.0, current.default_lead_time_days, 1.0, format="%.0f", key="set-lead"
    )
    spread = two.number_input(
        _("Lead time spread, days"), 0.0, 365.0, current.default_lead_time_sd_days, 1.0, format="%.0f",
        key="set-spread", help=_("Standard deviation of the lead time."),
    )  # fmt: skip
    review = three.number_input(
        _("Review period, days"), 1.0, 365.0, current.default_review_period_days, 1.0, format="%.0f", key="set-review",
        help=_("Days between order decisions."),
    )  # fmt: skip
    level = four.number_input(
        _("Cycle service level, %"), 50.0, 99.99, 100 * current.service_level, 0.5, format="%.1f", key="set-level",
        help=_("Chance that a replenishment cycle ends without a stock-out."),
    )  # fmt: skip
    waits = st.toggle(
        _("Unmet demand waits"), value=not current.lost_sales, key="set-waits",
        help=_("On: customers wait and are served late. Off: the sale is lost."),
    )  # fmt: skip
    return replace(
        current, default_lead_time_days=lead, default_lead_time_sd_days=spread, default_review_period_days=review,
        service_level=level / 100, lost_sales=not waits,
    )  # fmt: skip


def _calendar(current: Settings) -> Settings:
    st.markdown(f"**{_('Calendar and language')}**")
    left, middle, right = st.columns(3)
    days = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
    start = left.selectbox(
        _("Weeks start on"), range(7), current.week_start, format_func=days.__getitem__, key="set-week"
    )
    names = {code: tables_runs.country_label(code) for code in ("", *_countries())}
    codes = sorted(names, key=lambda code: (code != "", names[code]))
    country = middle.selectbox(
        _("Public holidays of"), codes, codes.index(current.country) if current.country in names else 0,
        format_func=names.__getitem__, key="set-country", help=_("Known ahead to the methods that use drivers."),
    )  # fmt: skip
    languages = {code: tables_runs.language_label(code) for code in settings_workflow.languages()}
    keys = list(languages)
    language = right.selectbox(
        _("Language"), keys, keys.index(current.language) if current.language in keys else 0,
        format_func=languages.__getitem__, key="set-language",
    )  # fmt: skip
    return replace(current, week_start=start, country=country, language=language)
