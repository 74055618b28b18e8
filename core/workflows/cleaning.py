"""Data quality and the cleaning recipe: what each rule would change, before it is applied, and the way back."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.base.errors import NoDataError, ParameterError
from core.base.language import _
from core.base.progress import Progress, silent
from core.base.types import DateArray, FloatArray
from core.clean import life_stage, quality, registry
from core.clean.contract import LARGE_SHARE
from core.clean.manual import MANUAL
from core.clean.quality import LineCounts, QualityReport, RuleTotal
from core.clean.recipe import Recipe, Step, default_recipe
from core.clean.registry import RuleInfo
from core.store import cleaning, uploads
from core.store import datasets as dataset_store
from core.store.cleaning import LINKED
from core.store.clock import now
from core.store.datasets import RecipeRecord
from core.store.workspace import Workspace
from core.workflows import datasets
from core.workflows.asking import asking
from core.workflows.datasets import Dataset, active_recipe, current_dataset

__all__ = ["LARGE_SHARE", "Recipe", "RuleInfo", "Step", "active_recipe", "default_recipe"]
EXAMPLES = 200
"""Findings shown of a preview, those that move most units first."""


@dataclass(frozen=True, slots=True, eq=False)
class CleanReport:
    """The Clean page.

    Attributes:
        quality: scores by dimension, and issues with the most units first.
        recipe: in force.
        rules: every rule there is.
        effects: per rule key, what it did to the data in force: lines or SKU-periods changed, units moved either way.
        periods: of the chart.
        imported_units: units imported, of which shares are taken.
        before, after: units of all SKUs as imported and after cleaning, shape (n_periods,).
        states: share of SKU-periods sold, zero, not on sale, out of stock.
        cells: number of SKU-periods.
        can_undo: whether an earlier recipe is stored.
        notes: what was noticed in the calendar.
    """

    quality: QualityReport
    recipe: Recipe
    rules: tuple[RuleInfo, ...]
    effects: Mapping[str, tuple[int, float]]
    periods: DateArray
    imported_units: float
    before: FloatArray
    after: FloatArray
    states: Mapping[str, float]
    cells: int
    can_undo: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RulePreview:
    """What a rule would do after those before it in the recipe.

    Attributes:
        rule: key.
        changed, removed: lines or SKU-periods.
        units_before, units_after: of the whole data.
        share: share of all units it moves; None when there are none.
        examples: up to 200 findings: sku, location, period, before_units, after_units, reason, line.
    """

    rule: str
    changed: int
    removed: int
    units_before: float
    units_after: float
    share: float | None
    examples: pd.DataFrame


def report(workspace: Workspace, as_of: date | None = None) -> CleanReport:
    """Quality, recipe and effect of the data in force.

    Args:
        workspace: the shop.
        as_of: the day for which the data should be up to date; today unless given.

    Raises:
        NoDataError: nothing was imported yet.
    """
    dataset = current_dataset(workspace)
    labels = {info.key: info.label for info in registry.rules()}
    labels |= {MANUAL: _("Corrections by hand"), LINKED: _("Codes that count as another")}
    by_rule = dataset_store.findings_by_rule(workspace, dataset.version)
    effects = {
        str(rule): (int(count), float(units))
        for rule, count, units in by_rule[["rule", "cells", "units_moved"]].itertuples(index=False)
    }
    totals = [RuleTotal(key, labels.get(key, key), *effect) for key, effect in effects.items() if any(effect)]
    totals += _life_stages(dataset)
    today = np.datetime64(as_of or now().date(), "D")
    imported = float(np.nansum(dataset.imported))
    return CleanReport(
        quality=quality.assess(_counts(workspace, effects), dataset.panel, totals, imported, today),
        recipe=active_recipe(workspace),
        rules=registry.rules(),
        effects=effects,
        periods=dataset.panel.calendar.periods,
        imported_units=imported,
        before=np.nansum(dataset.imported, axis=0),
        after=np.nansum(dataset.panel.dense(), axis=0),
        states=_states(dataset),
        cells=len(dataset.panel.values),
        can_undo=_former(workspace) is not None,
        notes=dataset.notes,
    )


def _counts(workspace: Workspace, effects: Mapping[str, tuple[int, float]]) -> LineCounts:
    with workspace.cursor() as cursor:
        counted = cleaning.line_counts(cursor)
    return LineCounts(duplicate_lines=effects.get("exact_duplicates", (0, 0.0))[0], **counted)


def _life_stages(dataset: Dataset) -> list[RuleTotal]:
    """Items that are new, silent or discontinued, as issues without units: one cell per SKU and location."""
    stages = dataset.panel.attributes[datasets.LIFE_STAGE]
    labels = {
        life_stage.NEW: _("New items"),
        life_stage.DORMANT: _("Items silent for longer than their own pattern explains"),
        life_stage.DISCONTINUED: _("Discontinued items"),
    }
    return [RuleTotal(stage, label, int((stages == stage).sum()), 0.0) for stage, label in labels.items()]


def _states(dataset: Dataset) -> dict[str, float]:
    panel = dataset.panel
    n = max(len(panel.values), 1)
    missing = np.isnan(panel.values)
    # An estimate of what would have been sold does not put anything on the shelf.
    lost = dataset.lost[np.arange(panel.n_periods)[None, :] >= panel.starts[:, None]]
    out = panel.censored | ~np.isnan(lost)
    sold = (np.nan_to_num(panel.values) > 0) & ~out
    return {
        "sold": float(sold.sum() / n),
        "zero": float((~missing & ~sold & ~out).sum() / n),
        "out of stock": float(out.sum() / n),
        "not on sale": float((missing & ~out).sum() / n),
    }


def preview(workspace: Workspace, rule: str, settings: Mapping[str, Any]) -> RulePreview:
    """What a rule with these settings would do, after the enabled rules before it; nothing is changed.

    Raises:
        ParameterError: unknown rule or setting out of range.
        NoDataError: nothing was imported yet.
    """
    recipe = active_recipe(workspace)
    if rule in registry.ROW_RULES:
        return _row_preview(workspace, recipe, rule, settings)
    return _series_preview(workspace, recipe, rule, settings)


def _before(recipe: Recipe, rule: str) -> Recipe:
    keys = [step.rule for step in recipe.steps]
    place = keys.index(rule) if rule in keys else len(keys)
    return Recipe(recipe.steps[:place])


def _row_preview(workspace: Workspace, recipe: Recipe, rule: str, settings: Mapping[str, Any]) -> RulePreview:
    chosen = Recipe((Step(rule, dict(settings)),)).row_rules()[0]
    with workspace.cursor() as cursor:
        before = _before(recipe, rule)
        found = cleaning.preview(cursor, chosen, before.row_rules(), asking=asking(before))
    outcome = found.outcome
    return RulePreview(
        rule,
        outcome.changed,
        outcome.removed,
        outcome.units_before,
        outcome.units_after,
        outcome.share,
        found.examples.to_pandas(),
    )


def _series_preview(workspace: Workspace, recipe: Recipe, rule: str, settings: Mapping[str, Any]) -> RulePreview:
    raw = datasets.raw_panel(workspace, recipe)
    prepared, _found, _left_out = _before(recipe, rule).repair_unless_large(raw)
    after, findings = Recipe((Step(rule, dict(settings)),)).repair(prepared)
    before_units, after_units = float(np.nansum(prepared.values)), float(np.nansum(after.values))
    largest = sorted(findings, key=lambda each: -abs((each.after or 0.0) - (each.before or 0.0)))
    moved = sum(abs((each.after or 0.0) - (each.before or 0.0)) for each in findings)
    return RulePreview(
        rule=rule,
        changed=sum(each.periods for each in findings),
        removed=0,
        units_before=before_units,
        units_after=after_units,
        share=moved / before_units if before_units else None,
        examples=datasets.finding_table(largest[:EXAMPLES]).to_pandas(),
    )


def apply(workspace: Workspace, recipe: Recipe, progress: Progress | None = None) -> Dataset:
    """Put a recipe in force and make the clean demand anew; the one before can be brought back with `undo`.

    Raises:
        ParameterError: unknown rule or setting out of range.
        NoDataError: nothing was imported, or the recipe leaves nothing.
    """
    told = progress or silent()
    told.check()
    former = active_recipe(workspace)
    stored = dataset_store.list_recipes(workspace)
    before, parent = (stored[0].recipe_id, stored[0].parent_id) if stored else (former.recipe_id, None)
    if recipe.recipe_id == former.recipe_id:
        if recipe.to_json() != former.to_json():
            # settings of rules that are switched off change no data, and are there when the rule is switched on
            dataset_store.save_recipe(workspace, before, recipe.to_json(), parent)
        return datasets.rebuild(workspace, told)
    if not stored:
        dataset_store.save_recipe(workspace, before, former.to_json())
    dataset_store.save_recipe(workspace, _state(recipe, before), recipe.to_json(), before)
    try:
        return datasets.rebuild(workspace, told.unstoppable())
    except NoDataError:
        # The recipe in force and the data in force belong together.
        dataset_store.save_recipe(workspace, before, former.to_json(), parent)
        raise


def _state(recipe: Recipe, before: str) -> str:
    """Key of the recipe where it came after another: the same one may come into force again and have two ways back."""
    return f"{recipe.recipe_id}.{hashlib.sha256(before.encode()).hexdigest()[:16]}"


def undo(workspace: Workspace, progress: Progress | None = None) -> Dataset:
    """Bring back the recipe before the one in force and make the clean demand anew.

    Raises:
        ParameterError: there is no earlier recipe.
    """
    told = progress or silent()
    told.check()
    former = _former(workspace)
    if former is None:
        raise ParameterError("There is no earlier recipe to go back to.")
    dataset_store.save_recipe(workspace, former.recipe_id, former.rules, former.parent_id)
    return datasets.rebuild(workspace, told.unstoppable())


def _former(workspace: Workspace) -> RecipeRecord | None:
    """The recipe that the one in force was made from."""
    stored = {record.recipe_id: record for record in reversed(dataset_store.list_recipes(workspace))}
    newest = next(reversed(stored.values()), None)
    return stored.get(newest.parent_id or "") if newest else None


def changed(recipe: Recipe, rule: str, *, enabled: bool, settings: Mapping[str, Any]) -> Recipe:
    """The recipe with one rule switched or set anew, and by that confirmed: it need not ask what it moves again."""
    steps = tuple(
        replace(step, enabled=enabled, settings=dict(settings), confirmed=enabled) if step.rule == rule else step
        for step in recipe.steps
    )
    return Recipe(steps)


def findings(workspace: Workspace) -> pd.DataFrame:
    """Every change the recipe made to the data in force."""
    return dataset_store.findings(workspace, current_dataset(workspace).version)


def skus(workspace: Workspace) -> list[str]:
    """SKUs of the clean demand, in order."""
    return sorted(set(current_dataset(workspace).panel.skus.tolist()))


def clean_demand(workspace: Workspace) -> pd.DataFrame:
    """The clean demand: sku, location, period, units, out_of_stock."""
    panel = current_dataset(workspace).panel
    series = panel.rows
    return pd.DataFrame(
        {
            "sku": panel.skus[series],
            "location": panel.locations[series],
            "period": panel.calendar.periods[panel.columns].astype("datetime64[s]"),
            "units": panel.values,
            "out_of_stock": panel.censored,
        }
    )


def set_aside(workspace: Workspace) -> pd.DataFrame:
    """Lines refused at import, with their reason."""
    return uploads.quarantined_rows(workspace)
