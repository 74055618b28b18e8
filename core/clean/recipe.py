"""A recipe: which rules repair the imported data, in which order and with which settings."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self, cast

import numpy as np

from core.base.errors import ParameterError
from core.base.parameters import parameters_of
from core.clean.contract import LARGE_SHARE, Finding, RowRule, SeriesRule, Suspicious
from core.clean.registry import ROW_RULES, SERIES_RULES, create, rule_class
from core.series.panel import Panel

OFF_BY_DEFAULT: Final = frozenset(
    {
        "outliers_iqr", "missing_values", "pack_jumps", "missing_quantities", "missing_discounts", "outliers_zscore",
        "outliers_forest", "suspected_stock_outs",
    }
)  # fmt: skip
"""Two outlier rules at once would do the work twice; filling gaps invents demand unless the planner asks for it."""
RENAMED: Final[Mapping[str, str]] = {"action": "treatment", "keep and mark": "mark as event"}
"""Settings and choices of outlier rules as earlier versions called them, and what they are called now."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rule of a recipe.

    Attributes:
        rule: key of the rule.
        settings: values that differ from or repeat the rule's defaults.
        enabled: whether the step is carried out.
        confirmed: the planner has seen what it moves and wants it; without that, it waits when it moves very much.
    """

    rule: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True
    confirmed: bool = False

    def complete(self) -> dict[str, Any]:
        """All settings of the rule, defaults included."""
        return {info.name: info.default for info in parameters_of(rule_class(self.rule))} | dict(self.settings)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A rule that nobody confirmed and that would move more than a fifth of all units, so it was not carried out.

    Attributes:
        rule: its key.
        share: of all units it would move.
    """

    rule: str
    share: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """Ordered steps; row rules run first, then series rules, each in the order given."""

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        # A recipe that cannot be carried out is refused when it is written, not when it is run.
        for step in self.steps:
            create(step.rule, step.settings)

    @property
    def recipe_id(self) -> str:
        """SHA-256 of the steps carried out with all their settings: equal recipes have equal ids."""
        # Row rules run before series rules wherever they stand, so the id does not depend on how the two are mixed.
        carried_out = [
            [step.rule, step.complete(), *(["confirmed"] if step.confirmed else [])]
            for registry in (ROW_RULES, SERIES_RULES)
            for step in self.steps
            if step.enabled and step.rule in registry
        ]
        text = json.dumps(carried_out, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def row_rules(self) -> tuple[RowRule, ...]:
        """The enabled row rules, ready to run."""
        return tuple(cast("RowRule", rule) for rule in self._enabled(ROW_RULES))

    def series_rules(self) -> tuple[SeriesRule, ...]:
        """The enabled series rules, ready to run."""
        return tuple(cast("SeriesRule", rule) for rule in self._enabled(SERIES_RULES))

    def suspicious(self) -> tuple[Suspicious, ...]:
        """The row rules, switched on or not, that point out what they leave alone."""
        rules = (create(step.rule, step.settings) for step in self.steps if step.rule in ROW_RULES)
        return tuple(rule for rule in rules if isinstance(rule, Suspicious))

    def unconfirmed(self) -> frozenset[str]:
        """Keys of the enabled rules that must ask before they move very much."""
        return frozenset(step.rule for step in self.steps if step.enabled and not step.confirmed)

    def confirmed(self, rule: str) -> Self:
        """The recipe with the rule allowed to move as much as it finds."""
        return type(self)(tuple(replace(step, confirmed=True) if step.rule == rule else step for step in self.steps))

    def completed(self) -> Self:
        """The recipe with every rule it does not name, switched off, each where the default recipe has it."""
        named = {step.rule for step in self.steps}
        order = {key: place for place, key in enumerate([*ROW_RULES, *SERIES_RULES])}
        steps = list(self.steps)
        for key, place in order.items():
            if key not in named:
                # A rule goes before the first one that usually comes later, so the order the planner chose stays.
                later = (at for at, present in enumerate(steps) if order[present.rule] > place)
                steps.insert(next(later, len(steps)), Step(key, {}, enabled=False))
        return type(self)(tuple(steps))

    def _enabled(self, registry: Mapping[str, type[Any]]) -> list[RowRule | SeriesRule]:
        return [create(step.rule, step.settings) for step in self.steps if step.enabled and step.rule in registry]

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The panel after all enabled series rules, and their findings in order."""
        findings: list[Finding] = []
        for rule in self.series_rules():
            panel, found = rule.repair(panel)
            findings += found
        return panel, findings

    def repair_unless_large(self, panel: Panel) -> tuple[Panel, list[Finding], tuple[HeldBack, ...]]:
        """As repair, but a series rule that nobody confirmed is left out where it would move very much.

        Returns:
            The repaired panel, the findings in order, and the rules left out.
        """
        findings: list[Finding] = []
        held: list[HeldBack] = []
        waiting = self.unconfirmed()
        for rule in self.series_rules():
            after, found = rule.repair(panel)
            share = _share_moved(panel, found) if rule.key in waiting else 0.0
            if share > LARGE_SHARE:
                held.append(HeldBack(rule.key, share))
                continue
            panel = after
            findings += found
        return panel, findings, tuple(held)

    def to_json(self) -> str:
        """The recipe as text that from_json reads back."""
        steps = [
            {"rule": step.rule, "settings": dict(step.settings), "enabled": step.enabled}
            | ({"confirmed": True} if step.confirmed else {})
            for step in self.steps
        ]
        return json.dumps({"steps": steps}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The recipe written by to_json, or by hand.

        Raises:
            ParameterError: the text is no recipe, or names a rule or setting that does not exist.
        """
        try:
            steps = json.loads(text, parse_constant=_no_number)["steps"]
            read = tuple(
                Step(
                    step["rule"],
                    _renamed(step.get("settings", {})),
                    _yes_or_no(step, "enabled", usual=True),
                    _yes_or_no(step, "confirmed", usual=False),
                )
                for step in steps
            )
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise ParameterError(
                'A cleaning recipe is JSON like {"steps": [{"rule": "returns", "settings": {}, "enabled": true}]}; '
                f"this text cannot be read as one ({type(problem).__name__}: {problem}). Correct the file."
            ) from problem
        return cls(read)


def _no_number(text: str) -> float:
    """Refuse NaN and Infinity, which lie outside no range and so would switch a rule off without a word."""
    raise ValueError(f"{text} is no number")


def _yes_or_no(step: Mapping[str, Any], name: str, *, usual: bool) -> bool:
    """A switch of a step written by hand; a text like "false" is not taken for yes."""
    value = step.get(name, usual)
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be true or false, not {value!r}")
    return value


def _renamed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings under their present names: recipes written by earlier versions are still read."""
    return {
        RENAMED.get(name, name): RENAMED.get(value, value) if name in RENAMED else value
        for name, value in settings.items()
    }


def _share_moved(panel: Panel, found: list[Finding]) -> float:
    """Units the findings take off or put on, as a fraction of the panel's units."""
    units = float(np.nansum(panel.values))
    moved = sum(abs((each.after or 0.0) - (each.before or 0.0)) * each.periods for each in found)
    return moved / units if units > 0 else 0.0


def default_recipe() -> Recipe:
    """All rules in their usual order with their usual settings; the optional ones are there but switched off."""
    return Recipe(tuple(Step(key, {}, key not in OFF_BY_DEFAULT) for key in [*ROW_RULES, *SERIES_RULES]))
