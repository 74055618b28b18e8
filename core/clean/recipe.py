"""A recipe: which rules repair the imported data, in which order and with which settings."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self, cast

from core.base.errors import ParameterError
from core.base.parameters import parameters_of
from core.clean.contract import Finding, RowRule, SeriesRule
from core.clean.registry import ROW_RULES, SERIES_RULES, create, rule_class
from core.series.panel import Panel

OFF_BY_DEFAULT: Final = frozenset({"outliers_iqr", "missing_values"})
"""Two outlier rules at once would do the work twice; filling gaps invents demand unless the planner asks for it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rule of a recipe.

    Attributes:
        rule: key of the rule.
        settings: values that differ from or repeat the rule's defaults.
        enabled: whether the step is carried out.
    """

    rule: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True

    def complete(self) -> dict[str, Any]:
        """All settings of the rule, defaults included."""
        return {info.name: info.default for info in parameters_of(rule_class(self.rule))} | dict(self.settings)


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
            [step.rule, step.complete()]
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

    def _enabled(self, registry: Mapping[str, type[Any]]) -> list[RowRule | SeriesRule]:
        return [create(step.rule, step.settings) for step in self.steps if step.enabled and step.rule in registry]

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The panel after all enabled series rules, and their findings in order."""
        findings: list[Finding] = []
        for rule in self.series_rules():
            panel, found = rule.repair(panel)
            findings += found
        return panel, findings

    def to_json(self) -> str:
        """The recipe as text that from_json reads back."""
        steps = [{"rule": step.rule, "settings": dict(step.settings), "enabled": step.enabled} for step in self.steps]
        return json.dumps({"steps": steps}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The recipe written by to_json, or by hand.

        Raises:
            ParameterError: the text is no recipe, or names a rule or setting that does not exist.
        """
        try:
            steps = json.loads(text)["steps"]
            read = tuple(
                Step(step["rule"], dict(step.get("settings", {})), step.get("enabled", True)) for step in steps
            )
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise ParameterError(
                'A cleaning recipe is JSON like {"steps": [{"rule": "returns", "settings": {}, "enabled": true}]}; '
                f"this text cannot be read as one ({type(problem).__name__}: {problem}). Correct the file."
            ) from problem
        return cls(read)


def default_recipe() -> Recipe:
    """All rules in their usual order with their usual settings; the optional ones are there but switched off."""
    return Recipe(tuple(Step(key, {}, key not in OFF_BY_DEFAULT) for key in [*ROW_RULES, *SERIES_RULES]))
