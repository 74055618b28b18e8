"""Pins a method for a part of the shop: forecasts by the best methods use it there, whatever a comparison finds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from core.base.errors import ParameterError, examples
from core.base.types import AnyArray, BoolArray, IntArray
from core.evaluate.folds import weight_at
from core.models import registry
from core.models.season_ahead import SeasonAhead
from core.series.demand_class import demand_class
from core.store import pins, tuned
from core.store.pins import Pin
from core.store.workspace import Workspace
from core.workflows.comparing import Comparison
from core.workflows.comparing_judgement import parts
from core.workflows.datasets import Dataset, current_dataset

__all__ = ["SKU", "Pin", "Pinned", "pin", "pinned", "pins_of", "settings", "unpin"]

SKU: Final = "sku"


@dataclass(frozen=True, slots=True, eq=False)
class Pinned:
    """What the pins in force come to.

    Attributes:
        models: method pinned for each series, "" = none, shape (n_series,).
        told: per pin that holds anywhere its dimension, segment, model and number of series.
    """

    models: AnyArray
    told: tuple[tuple[str, str, str, int], ...]

    @property
    def held(self) -> BoolArray:
        """Which series a pin holds for, shape (n_series,)."""
        return np.asarray(self.models != "")

    def over(self, models: AnyArray) -> AnyArray:
        """The methods chosen for the series, but for what is pinned, shape (n_series,)."""
        return np.where(self.held, self.models, models)

    def leaving(self, season: SeasonAhead | None, source: IntArray) -> SeasonAhead | None:
        """A season ahead without the series that a pin holds for; None where none is left.

        Args:
            season: over the series forecast.
            source: which series here each of them is, or learns from, shape (n_forecast,).
        """
        if season is None:
            return None
        free = season.series & ~self.held[source]
        return replace(season, series=free) if free.any() else None


def pin(workspace: Workspace, wanted: Pin) -> None:
    """Forecast a part of the shop by one method from the next forecast by the best methods on.

    Raises:
        NoDataError: there is no sales history.
        ParameterError: no method has this key (combinations cannot be pinned), or the shop has no such part.
    """
    registry.model_class(wanted.model)
    known = _parts(current_dataset(workspace))
    if wanted.dimension not in known:
        raise ParameterError(f"One of {', '.join(known)} is expected; “{wanted.dimension[:60]}” was given.")
    names = sorted({str(name) for name in known[wanted.dimension]})
    if wanted.segment not in names:
        raise ParameterError(
            f"No series has the {wanted.dimension} “{wanted.segment[:60]}”. There are {examples(names, 6)}."
        )
    pins.put(workspace, wanted)


def unpin(workspace: Workspace, dimension: str, segment: str) -> bool:
    """Leave a part of the shop to what comparisons find best again; whether a method was pinned there."""
    return pins.remove(workspace, dimension, segment)


def pins_of(workspace: Workspace) -> tuple[Pin, ...]:
    """All pins in the order they were set."""
    return pins.read(workspace)


def pinned(workspace: Workspace, dataset: Dataset, *, ignored: bool = False) -> Pinned:
    """The method pinned for each series; where several pins meet, the one set last.

    Args:
        workspace: the shop.
        dataset: whose series are meant.
        ignored: whether pins count for nothing, as when one method is asked for by name.
    """
    place = np.full(len(dataset.panel), -1)
    listed = () if ignored else pins.read(workspace)
    known: dict[str, Any] = _parts(dataset) if listed else {}
    for number, each in enumerate(listed):
        if each.dimension in known:
            place[known[each.dimension].astype(str) == each.segment] = number
    counts = [int((place == number).sum()) for number in range(len(listed))]
    models = np.array([*(each.model for each in listed), ""], dtype=object)[place]
    told = ((*each.part, each.model, count) for each, count in zip(listed, counts, strict=True) if count)
    return Pinned(models, tuple(told))


def settings(workspace: Workspace, known: Comparison | None) -> dict[str, Mapping[str, Any]]:
    """Settings of each method: those it was compared with; of others, which may be pinned, those it was tuned to."""
    compared = {row["model"] for row in known.rows} if known else set()
    others = {key: values for key, values in tuned.values_in_force(workspace).items() if key not in compared}
    return {**others, **(known.settings if known else {})}


def _parts(dataset: Dataset) -> dict[str, AnyArray]:
    """Name of each series' part of the shop, by dimension, each of shape (n_series,)."""
    panel = dataset.panel
    classes = demand_class(panel.observed())
    weight = weight_at(panel, panel.n_periods, dataset.revenue)
    return {**parts(panel, classes, weight), SKU: panel.skus}
