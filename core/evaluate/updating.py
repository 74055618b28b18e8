"""Brings a fitted method up to a later origin: its parameters stay, what it remembers of the past is rolled along."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.base.types import BoolArray
from core.models.contract import FittedModel, ForecastModel
from core.models.sampling import SampledFit
from core.models.substitution import Patchwork, Substitution, fit_all
from core.series.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A method fitted at the first origin.

    Attributes:
        fitted: over the series it could take.
        taken: which series of the panel those are, shape (n_series,).
    """

    fitted: SampledFit
    taken: BoolArray


def can_roll(fitted: FittedModel) -> bool:
    """Whether the point forecast can be told a longer history without learning anew.

    Such points say so by a class attribute `rolls`: replacing their `history` gives the same parameters knowing more.
    """
    return isinstance(fitted, SampledFit) and bool(getattr(type(fitted.point), "rolls", False))


def learn(model: ForecastModel, known: Panel, seed: int) -> Learned | None:
    """Fit the series that have enough history at the first origin; None when the method cannot be rolled along."""
    taken = ~known.shorter_than(max(model.capabilities.min_history, 1))
    if not taken.any():
        return None
    fitted = model.fit(known.take(taken), seed=seed)
    return Learned(fitted, taken) if can_roll(fitted) and isinstance(fitted, SampledFit) else None


def updated(
    learned: Learned, model: ForecastModel, known: Panel, seed: int
) -> tuple[FittedModel, tuple[Substitution, ...]]:
    """The method at a later origin; series that were too young at the first one are fitted now, as far as they can be.

    Args:
        learned: what `learn` gave at the first origin.
        model: the method.
        known: the panel as it stands now.
        seed: root of the random streams.
    """
    others = np.flatnonzero(~learned.taken)
    rolled = _rolled(learned.fitted, known.take(learned.taken))
    if not len(others):
        return rolled, ()
    young, stood_in = fit_all(model, known.take(others), seed)
    return Patchwork(known, ((rolled, learned.taken), (young, ~learned.taken))), stood_in


def _rolled(fitted: SampledFit, known: Panel) -> SampledFit:
    point: Any = fitted.point
    return replace(fitted, history=known, point=replace(point, history=known))
