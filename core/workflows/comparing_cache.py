"""What methods said in earlier comparisons: the same question about the same data is not computed again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from typing import Any, Final

import numpy as np

from core.base.parameters import parameters_of
from core.evaluate.backtest import Backtest, Ground, Plan
from core.evaluate.drawing import PATHS, TOTAL_LEVELS
from core.evaluate.replay import Economics
from core.models import registry
from core.models.substitution import Substitution
from core.series.forecast import LEVELS
from core.series.panel import Panel
from core.store import backtests, runs
from core.store.workspace import Workspace
from core.workflows.datasets import Dataset

FORMAT: Final = 2
"""Of what is kept: a new number where an answer of an older program cannot stand for one of this."""
LIBRARIES: Final = ("numpy", "scipy", "numba", "scikit-learn", "tensorflow", "holidays")
"""Packages whose next version may answer otherwise, or know other holidays."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What every method of a comparison is asked.

    Attributes:
        dataset: the data and its version.
        plan: horizon, origins and seed.
        ground: what happened at those origins.
        economics: what units too few and too many cost; None = nothing is replayed. It changes no answer.
        without: drivers switched off; the data lacks them.
    """

    dataset: Dataset
    plan: Plan
    ground: Ground
    economics: Economics | None = None
    without: tuple[str, ...] = ()

    @property
    def panel(self) -> Panel:
        """All series."""
        return self.dataset.panel


def key_of(question: Question, model: str, settings: Mapping[str, Any]) -> str:
    """The same text for the same method, settings in full, plan, drivers, program and packages."""
    method = registry.create(model, settings)
    values = {info.name: getattr(method, info.name) for info in parameters_of(type(method))}
    # to a method that looks at no driver it is the same question
    off = sorted(question.without) if registry.capabilities(model).drivers else []
    parts = [model, values, asdict(question.plan), off, FORMAT, LEVELS, TOTAL_LEVELS, PATHS, runs.code_version()]
    parts.append(versions_of(LIBRARIES))
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


@lru_cache(maxsize=1)
def versions_of(packages: tuple[str, ...]) -> tuple[str, ...]:
    """Version of each package, "" where it is not installed."""
    installed = {name: tuple(metadata.distributions(name=name)) for name in packages}
    return tuple(found[0].version if found else "" for found in installed.values())


def known(workspace: Workspace, question: Question, model: str, settings: Mapping[str, Any]) -> Backtest | None:
    """What the method said when it was asked the same before; None when it never was."""
    stored = backtests.read(workspace, question.dataset.version, key_of(question, model, settings))
    if stored is None or not {"mean", "quantiles", "totals", "about"} <= stored.keys():
        return None
    held, panel, about = question.ground, question.panel, json.loads(str(stored["about"]))
    if stored["mean"].shape != held.actual.shape:
        return None
    return Backtest(
        model=model,
        skus=panel.skus,
        locations=panel.locations,
        origins=held.origins,
        periods=held.periods,
        actual=held.actual,
        mean=stored["mean"],
        quantiles=stored["quantiles"],
        levels=LEVELS,
        scale=held.scale,
        squared_scale=held.squared_scale,
        fit_seconds=about["fit_seconds"],
        predict_seconds=about["predict_seconds"],
        substitutions=tuple(Substitution(**entry) for entry in about["substitutions"]),
        cached=True,
        weight=held.weight,
        peak_bytes=about.get("peak_bytes"),
        note=about.get("note", ""),
        totals=stored["totals"],
    )


def keep(workspace: Workspace, question: Question, result: Backtest, settings: Mapping[str, Any]) -> None:
    """Remember what the method said, for as long as the dataset version lives."""
    about = {
        "fit_seconds": result.fit_seconds,
        "predict_seconds": result.predict_seconds,
        "substitutions": [asdict(entry) for entry in result.substitutions],
        "peak_bytes": result.peak_bytes,
        "note": result.note,
    }
    arrays = {name: getattr(result, name) for name in ("mean", "quantiles", "totals")}
    arrays["about"] = np.array(json.dumps(about))
    backtests.write(
        workspace, question.dataset.version, key_of(question, result.model, settings), arrays
    )  # fmt: skip
