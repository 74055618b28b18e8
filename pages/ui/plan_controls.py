"""What is asked of the plan, and the job that makes it anew."""

import streamlit as st

from core.base.language import _, ngettext
from core.jobs import work
from core.report.numbers import day, number
from core.workflows import planning
from core.workflows.home import State
from core.workflows.planning import PlanOptions, PlanRun
from core.workflows.settings import Settings
from pages.ui import job_panel, session
from pages.ui.text import literal

JOB = "plan-job"
LEVELS = (50.0, 99.9)


@st.cache_resource(max_entries=4, show_spinner=False)
def plan_of(run_id: str) -> PlanRun | None:
    """A plan by its key, since the newest of all may be one of other data; shared and never changed."""
    return planning.stored(session.workspace(), run_id)


def job_at_work() -> str | None:
    """A plan being made, whichever session began it, else this session's last."""
    return work.running(session.runner(), work.PLAN) or st.session_state.get(JOB)


def show(plan: PlanRun | None, settings: Settings) -> None:
    """Service level, ordering rule and budget, with the button that plans with them."""
    job_id = job_at_work()
    busy = job_id is not None and session.runner().view(job_id).running
    with st.form("plan-options", border=True):
        options = _options(plan, settings)
        label = _("Plan anew") if plan else _("Make the plan")
        if st.form_submit_button(label, type="primary", icon=":material/refresh:", disabled=busy):
            st.session_state[JOB] = work.start_plan(session.runner(), session.workspace(), options)
            session.runner().wait(st.session_state[JOB], timeout=3.0)
            st.rerun()
    job_panel.follow(job_id, key="plan-job-panel")


def _options(plan: PlanRun | None, settings: Settings) -> PlanOptions:
    request = plan.manifest["request"] if plan else {}
    level = float(plan.manifest["service_level"] if plan else settings.service_level)
    start = level_shown(level)
    rules = {key: _(label) for key, label in planning.policy_labels().items()}
    keys = list(rules)
    left, middle, right = st.columns([1, 1.4, 1])
    chosen = left.slider(
        _("Cycle service level"), *LEVELS, start, 0.1, format="%.1f%%", key="plan-level",
        help=_(
            "Chance that a replenishment cycle ends without a stock-out. Under the rule that aims at a fill rate: the "
            "share of units served from stock."
        ),
    )  # fmt: skip
    rule = middle.selectbox(
        _("Ordering rule"), keys, keys.index(request.get("policy", keys[0])), format_func=rules.__getitem__,
        key="plan-rule", help=_("How the reorder point and the quantity are set."),
    )  # fmt: skip
    # an amount of other money is none of this
    same = plan is not None and plan.manifest.get("currency", settings.currency) == settings.currency
    budget = right.number_input(
        _("Budget, {currency}").format(currency=settings.currency), min_value=0.0,
        value=request.get("budget") if same else None, step=1000.0, format="%.0f", placeholder=_("no limit"),
        key=f"plan-budget-{settings.currency}",
        help=_("The orders that save most margin per money are kept; empty means no limit."),
    )  # fmt: skip
    # left where it is, the slider stands for the exact level, which it may be too coarse to show
    return PlanOptions(level if chosen == start else chosen / 100, rule, budget)


def level_shown(level: float) -> float:
    """Where a slider of service levels stands for a level (a fraction): percent, as near as the slider gets."""
    return min(max(round(100 * level, 1), LEVELS[0]), LEVELS[1])


def notes(plan: PlanRun, state: State) -> None:
    """What a reader must know before trusting the quantities."""
    total, unknown = len(plan.lines), int(plan.manifest["series_without_stock"])
    if unknown == total:
        st.warning(
            _("There are no stock figures: the quantities assume empty shelves. Upload a stock file to change that."),
            icon=":material/inventory:",
        )
    elif unknown:
        text = _("The stock of {unknown} of {total} lines is not known; their quantities assume empty shelves.")
        st.warning(text.format(unknown=number(unknown), total=number(total)), icon=":material/inventory:")
    if left := planning.unplanned(plan):
        st.warning(literal(left, 400), icon=":material/event_busy:")
    if told := planning.stock_notes(plan):
        st.info(" ".join(told), icon=":material/inventory:")
    _outside_the_budget(plan)
    if state.forecast and plan.manifest["forecast_run"] != state.forecast:
        st.info(
            _("There is a newer forecast than the one planned with. Plan anew to use it."), icon=":material/update:"
        )
    if unknown < total:
        text = _("Plan of {as_of}; stock as of {stock}; orders count what is on hand, on order and promised.")
    else:
        text = _("Plan of {as_of}; orders count what is on order and promised.")
    st.caption(text.format(as_of=day(plan.manifest["as_of"]), stock=day(plan.manifest["stock_date"])))


def _outside_the_budget(plan: PlanRun) -> None:
    """Say which orders a budget could not count."""
    unpriced = int((plan.lines["unit_cost"].isna() & (plan.lines["order_units"] > 0)).sum())
    if unpriced and plan.manifest["request"].get("budget") is not None:
        text = ngettext(
            "The budget leaves {n} line to order out of account, since its unit cost is unknown.",
            "The budget leaves {n} lines to order out of account, since their unit costs are unknown.",
            unpriced,
        )
        st.warning(text.format(n=number(unpriced)), icon=":material/money_off:")
