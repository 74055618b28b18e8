"""Single series of a comparison: what was said of one at past dates, and those too short for a method."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import DateArray, FloatArray
from core.evaluate.backtest import Plan, ground_of
from core.models import registry
from core.store import backtests, runs
from core.store.workspace import Workspace
from core.workflows import comparing, comparing_cache, scopes, viewing
from core.workflows.comparing import Comparison
from core.workflows.comparing_cache import Question
from core.workflows.datasets import Dataset, current_dataset
from core.workflows.scopes import Scope

NAMED: Final = 50
"""Most SKUs that are listed as too short."""


@dataclass(frozen=True, slots=True)
class TooShort:
    """Series with less history than some methods need; another method stands in for them there.

    Attributes:
        needed: observed periods the methods need.
        methods: their names.
        n_series: series that have fewer.
        skus: of those series, at most 50.
    """

    needed: int
    methods: tuple[str, ...]
    n_series: int
    skus: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SaidEarlier:
    """One series at the past dates of a comparison.

    Attributes:
        periods: first day of each trading period, shape (n_periods,).
        sold: units, NaN = not on sale or out of stock, shape (n_periods,).
        said: days and expected units per method, a gap between past dates.
    """

    periods: DateArray
    sold: FloatArray
    said: Mapping[str, tuple[DateArray, FloatArray]]


def too_short(workspace: Workspace) -> tuple[TooShort, ...]:
    """Series that some methods cannot take, those of the most demanding methods first; empty when all can be taken.

    Raises:
        NoDataError: nothing was imported yet.
    """
    panel, names = current_dataset(workspace).panel, registry.labels()
    by_need: dict[int, list[str]] = {}
    for key, label in names.items():
        by_need.setdefault(registry.capabilities(key).min_history, []).append(label)
    found = []
    for needed in sorted(by_need, reverse=True):
        short = panel.shorter_than(needed)
        if short.any():
            skus = tuple(dict.fromkeys(str(sku) for sku in panel.skus[short]))
            found.append(TooShort(needed, tuple(by_need[needed]), int(short.sum()), skus[:NAMED]))
    return tuple(found)


def said_of(workspace: Workspace, comparison: Comparison, sku: str, location: str) -> SaidEarlier:
    """What the methods of a comparison said about one series, beside what was sold.

    Of large comparisons the store keeps only what the champion said; the other methods' answers come from the files
    that spare a second computation, as long as those lie on the disk.

    Args:
        workspace: the store.
        comparison: whose past dates are meant.
        sku: of the series.
        location: of the series.
    """
    dataset = current_dataset(workspace)
    panel = dataset.panel
    place = np.flatnonzero(scopes.members(panel, Scope(scopes.SKU, sku, location)))
    sold = panel.take(place).observed()[0] if len(place) else np.full(panel.n_periods, np.nan)
    rows = comparing.backtest_lines(workspace, comparison.run_id, sku, location)
    said = {}
    for model, part in rows.groupby("model", sort=False):
        days, origin = (part[name].to_numpy("datetime64[D]") for name in ("period", "origin"))
        said[str(model)] = viewing.with_gaps(days, part["mean"].to_numpy(float), origin)
    if len(place) and comparison.version == dataset.version:
        said = _kept(workspace, comparison, dataset, int(place[0])) | said
    return SaidEarlier(panel.calendar.periods, sold, said)


def _kept(
    workspace: Workspace, comparison: Comparison, dataset: Dataset, place: int
) -> dict[str, tuple[DateArray, FloatArray]]:
    """What the methods said about one series, from the files of their backtests; those without a file are absent."""
    record = runs.find_run(workspace, comparing.KIND, comparison.run_id)
    asked = record.manifest["request"] if record else {}
    # the past dates asked for, which are part of the key, not those a short history left of them
    folds, seed = int(asked.get("folds", comparison.folds)), int(asked.get("seed", 1))
    plan = Plan(comparison.horizon, folds, seed, comparison.window, comparison.gap, comparison.refit)
    # a ground of this series alone: only the plan is part of the key
    ground = ground_of(dataset.panel.take(np.array([place])), plan)
    question = Question(dataset, plan, ground, without=comparison.without)
    found = {}
    for model in (str(row["model"]) for row in comparison.rows if row["model"] in registry.METHODS):
        key = comparing_cache.key_of(question, model, comparison.settings.get(model, {}))
        kept = backtests.read(workspace, dataset.version, key, only=("mean",))
        if kept is None or kept["mean"].shape != (len(ground.origins), len(dataset.panel), plan.horizon):
            continue
        units = kept["mean"][:, place].astype(np.float64)
        origin = np.repeat(np.arange(len(units)), plan.horizon).astype("datetime64[D]")
        found[model] = viewing.with_gaps(ground.periods.ravel(), units.ravel(), origin)
    return found
