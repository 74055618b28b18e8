"""Scenarios: named sets of levers, re-planned and played on the same demand paths as the baseline."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, Self

import numpy as np

from core.base.errors import ParameterError
from core.base.types import FloatArray
from core.inventory.contract import Settings
from core.inventory.lead_time import series_keys, within_reach
from core.inventory.registry import policy
from core.inventory.terms import check_terms
from core.simulate.contract import SimulationCase, SimulationResult
from core.simulate.registry import LEVERS, lever
from core.simulate.simulation import settings_of, simulate, take_case

COMPARED: Final = (
    "fill_rate", "cycle_service_level", "stock_out_days", "average_value", "turns", "orders", "holding_cost",
    "ordering_cost", "shortage_cost", "total_cost",
)  # fmt: skip
"""Measures a scenario is compared by."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named what-if.

    Attributes:
        name: shown to the planner.
        values: lever → value; a lever left out is neutral.
        service_level: fraction in (0, 1) for every series; None = as in the baseline.
        lost_sales: whether unmet demand is lost; None = as in the baseline.
        policy: key of the ordering rule; "" = as in the baseline.
        note: free text.
    """

    name: str
    values: Mapping[str, float] = field(default_factory=dict)
    service_level: float | None = None
    lost_sales: bool | None = None
    policy: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        for key, value in self.values.items():
            lever(key, _number(f"Lever “{key}”", value))
        if self.service_level is not None and not 0 < _number("Service level", self.service_level) < 1:
            raise ParameterError.outside("Service level", self.service_level, low="above 0", high="below 1")

    def to_json(self) -> str:
        """The scenario as JSON text."""
        return json.dumps(asdict(self) | {"values": dict(self.values)}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The scenario written by `to_json`, or by hand in the same form.

        Raises:
            ParameterError: the text is not a scenario, or a lever or value is out of range.
        """
        try:
            content = json.loads(text)
        except json.JSONDecodeError as error:
            raise ParameterError(
                f"A scenario must be JSON; line {error.lineno}, column {error.colno} is not: {error.msg}. Correct it."
            ) from error
        known = [entry.name for entry in fields(cls)]
        if not isinstance(content, dict) or not isinstance(content.get("name"), str) or set(content) - set(known):
            raise ParameterError(
                f"A scenario must be a JSON object with a name and nothing else than {', '.join(known)}; "
                f"{str(content)[:80]} was given. Correct the entries."
            )
        return cls(**_typed(content))


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioOutcome:
    """A scenario with what was decided and what came of it.

    Attributes:
        scenario: what was changed.
        settings: trigger and target the policy chose under it.
        result: service, stock and cost.
    """

    scenario: Scenario
    settings: Settings
    result: SimulationResult

    def against(self, baseline: Self) -> dict[str, tuple[float, float]]:
        """How far each overall measure lies above the baseline's, with the error of that difference.

        Both were played on the same paths with the same luck, so the error is that of the paired difference.
        """
        return {name: getattr(self.result, name).minus(getattr(baseline.result, name)) for name in COMPARED}


def changed(case: SimulationCase, scenario: Scenario) -> SimulationCase:
    """The case as it is under a scenario; the given one is not touched."""
    paths, terms = case.paths, case.terms
    # in the registry's order, so that the same values mean the same in whatever order they were typed
    for key in LEVERS:
        if key in scenario.values:
            paths, terms = lever(key, scenario.values[key]).apply(paths, terms)
    lost_sales = case.options.lost_sales if scenario.lost_sales is None else scenario.lost_sales
    return replace(
        case,
        paths=paths,
        terms=terms,
        policy=policy(scenario.policy) if scenario.policy else case.policy,
        service_level=case.service_level if scenario.service_level is None else scenario.service_level,
        options=replace(case.options, lost_sales=lost_sales),
    )


def within_reach_of(case: SimulationCase, scenario: Scenario) -> SimulationCase:
    """The case without the series whose lead time plus review period the scenario moves beyond the paths.

    They are named in `left_out`. Where no series is left all of them stay, and playing the scenario says why it cannot
    be; a case that loses none is given back as it is.
    """
    under = changed(case, scenario)
    check_terms(under.terms, series_keys(under.paths))
    near = within_reach(under.terms, case.options.frequency, case.paths.periods)
    if near.all() or not near.any():
        return case
    beyond = [f"{case.paths.skus[i]} ({case.paths.locations[i]})" for i in np.flatnonzero(~near)]
    return replace(take_case(case, np.flatnonzero(near)), left_out=(*case.left_out, *beyond))


def run_scenario(case: SimulationCase, scenario: Scenario) -> ScenarioOutcome:
    """The policy decides anew under the scenario, and its settings are played on the scenario's paths."""
    under = changed(case, scenario)
    settings = settings_of(under)
    return ScenarioOutcome(scenario, settings, simulate(under, settings))


def exchange_curve(case: SimulationCase, levels: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    """What service costs in stock: mean stock value and fill rate overall at each service level.

    Args:
        case: what is played.
        levels: service levels, fractions in (0, 1).

    Returns:
        Money in stock and fill rate, each of shape (n_levels,).

    Source:
        Silver, Pyke & Thomas 2017, section 6.11 (exchange curves).
    """
    results = [simulate(replace(case, service_level=level)) for level in levels]
    value = np.array([result.average_value.total for result in results])
    return value, np.array([result.fill_rate.total for result in results])


def _typed(content: dict[str, Any]) -> dict[str, Any]:
    """The entries, each refused unless it has the type of its field."""
    expected: dict[str, tuple[type, ...]] = {
        "name": (str,), "values": (dict,), "service_level": (int, float, type(None)), "lost_sales": (bool, type(None)),
        "policy": (str,), "note": (str,),
    }  # fmt: skip
    for name, value in content.items():
        if not isinstance(value, expected[name]):
            raise ParameterError(f"The scenario's {name} cannot be {value!r}. Correct the entry.")
    return content


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParameterError(f"{name} must be a number; {value!r} was given. Correct the value.")
    return float(value)
