"""The sliders of a what-if, and the scenario they stand for."""

import numpy as np
import streamlit as st

from core.base.language import _
from core.workflows import planning
from core.workflows.simulating import Scenario, SimulationCase
from pages.ui.plan_controls import LEVELS, level_shown

PREFIX = "lever-"
PERCENT = 100.0


def choose(case: SimulationCase) -> Scenario:
    """Draw the controls at the baseline's values; only what was moved is part of the scenario, and of the address."""
    level, rule, lost = _service(case)
    values = {
        "lead_time": _slide("lead_time", _("Lead time, days more or less"), (-14, 28), 1, "%+d"),
        "lead_time_spread": _slide("lead_time_spread", _("Lead time spread, days more or less"), (-7, 14), 1, "%+d"),
        "review_period": _slide("review_period", _("Review period, days more or less"), (-13, 21), 1, "%+d"),
        "demand": _slide("demand", _("Demand, more or less than forecast"), (-50, 100), 5, "%+d%%") / PERCENT,
        "holding_rate": _slide("holding_rate", _("Holding cost per year, points"), (-20, 30), 1, "%+d%%") / PERCENT,
    }
    st.button(_("Back to the baseline"), icon=":material/undo:", key="levers-back", on_click=reset, width="stretch")
    return Scenario(
        st.session_state.get("scenario-name") or _("Scenario"),
        {key: value for key, value in values.items() if value},
        service_level=None if level == level_shown(base_level(case)) else level / PERCENT,
        lost_sales=lost if lost != case.options.lost_sales else None,
        policy=rule if rule != case.policy.key else "",
    )


def moved(scenario: Scenario) -> bool:
    """Whether the scenario differs from the baseline."""
    return bool(scenario.values or scenario.policy) or (scenario.service_level, scenario.lost_sales) != (None, None)


def base_level(case: SimulationCase) -> float:
    """Service level of the baseline, a fraction."""
    return np.asarray(case.service_level, float).item()


def reset() -> None:
    """Forget what was moved, so that every control starts at the baseline again."""
    for key in [key for key in st.session_state if str(key).startswith(PREFIX)]:
        del st.session_state[key]


def _slide(key: str, label: str, ends: tuple[int, int], step: int, text: str) -> int:
    return int(st.slider(label, *ends, 0, step, format=text, key=PREFIX + key, bind="query-params"))


def _service(case: SimulationCase) -> tuple[float, str, bool]:
    """Service level in percent, ordering rule, and whether unmet demand is lost."""
    level = st.slider(
        _("Cycle service level"), *LEVELS, level_shown(base_level(case)), 0.1, format="%.1f%%", key=f"{PREFIX}level",
        bind="query-params",
        help=_(
            "Chance that a replenishment cycle ends without a stock-out. Under the rule that aims at a fill rate: the "
            "share of units served from stock."
        ),
    )  # fmt: skip
    rules = {key: _(label) for key, label in planning.policy_labels().items()}
    keys = list(rules)
    rule = st.selectbox(
        _("Ordering rule"), keys, keys.index(case.policy.key), format_func=rules.__getitem__, key=f"{PREFIX}rule",
        bind="query-params",
    )  # fmt: skip
    waits = st.toggle(
        _("Unmet demand waits"), value=not case.options.lost_sales, key=f"{PREFIX}waits", bind="query-params",
        help=_("On: customers wait and are served late. Off: the sale is lost."),
    )  # fmt: skip
    return level, rule, not waits


def described(scenario: Scenario, case: SimulationCase) -> dict[str, str]:
    """What the scenario changes, in words: control → value."""
    rules = planning.policy_labels()
    values = scenario.values
    return {
        _("Cycle service level"): f"{round(PERCENT * (scenario.service_level or base_level(case)), 2):.4g}%",
        _("Ordering rule"): _(rules[scenario.policy or case.policy.key]),
        _("Unmet demand"): _("is lost") if _lost(scenario, case) else _("waits"),
        _("Lead time"): _("{days:+.0f} days").format(days=values.get("lead_time", 0.0)),
        _("Lead time spread"): _("{days:+.0f} days").format(days=values.get("lead_time_spread", 0.0)),
        _("Review period"): _("{days:+.0f} days").format(days=values.get("review_period", 0.0)),
        _("Demand"): f"{PERCENT * values.get('demand', 0.0):+.0f}%",
        _("Holding cost per year"): _("{points:+.0f} points").format(points=PERCENT * values.get("holding_rate", 0.0)),
    }


def _lost(scenario: Scenario, case: SimulationCase) -> bool:
    return case.options.lost_sales if scenario.lost_sales is None else scenario.lost_sales
