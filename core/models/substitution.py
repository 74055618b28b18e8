"""Fit every series: the few that a method cannot take get a simpler one, and each such case is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.base.language import _, ngettext
from core.base.types import BoolArray, FloatArray, IntArray
from core.models.contract import FittedModel, ForecastModel, PointForecaster
from core.models.library.category_profile import CategoryProfile
from core.models.sampling import SampledFit
from core.series.forecast import DemandPaths, Forecast
from core.series.kept import Parts
from core.series.panel import Panel

NOTHING_KNOWN = "none"
"""Key recorded for a series without a single observed period; its forecast is 0."""
_parts: Final = Parts()


@dataclass(frozen=True, slots=True)
class Substitution:
    """A series that could not be fitted by the method wanted.

    Attributes:
        sku, location: of the series.
        wanted: key of the method asked for.
        used: key of the method used instead, or "none" (forecast 0).
        reason: one sentence a planner reads.
    """

    sku: str
    location: str
    wanted: str
    used: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Patchwork:
    """A fitted model over all series of a panel, each series from the part that could take it.

    Attributes:
        panel: all series.
        parts: fitted models and the series each of them answers for, shape (n_series,); series of no part get 0.
    """

    panel: Panel
    parts: tuple[tuple[FittedModel, BoolArray], ...]

    def predict(self, horizon: int, levels: Sequence[float]) -> Forecast:
        """Mean and quantiles of all series for the next `horizon` trading periods."""
        n_series = len(self.panel)
        whole = Forecast(
            skus=self.panel.skus,
            locations=self.panel.locations,
            periods=self.panel.calendar.following(horizon),
            levels=tuple(levels),
            quantiles=np.zeros((n_series, horizon, len(levels))),
            mean=np.zeros((n_series, horizon)),
        )
        quantiles, mean = whole.quantiles.copy(), whole.mean.copy()
        for fitted, chosen in self.parts:
            part = fitted.predict(horizon, levels)
            quantiles[chosen], mean[chosen] = part.quantiles, part.mean
        return replace(whole, quantiles=quantiles, mean=mean)

    def simulate(self, horizon: int, n_paths: int, rng: np.random.Generator) -> DemandPaths:
        """Joint sample paths of all series."""
        units = np.zeros((n_paths, len(self.panel), horizon), np.float32)
        for fitted, chosen in self.parts:
            units[:, chosen] = fitted.simulate(horizon, n_paths, rng).units
        return DemandPaths(
            units=units,
            skus=self.panel.skus,
            locations=self.panel.locations,
            periods=self.panel.calendar.following(horizon),
        )


def fit_all(model: ForecastModel, panel: Panel, seed: int) -> tuple[FittedModel, tuple[Substitution, ...]]:
    """Fit all series of the panel.

    Series with fewer observed periods than the method needs get the season of their category at their own level, shrunk
    towards the category's; series without a single observed period get a forecast of 0.

    Args:
        model: the method wanted.
        panel: all series.
        seed: root of the random streams.

    Returns:
        A fitted model over all series in the panel's order, and one record per series that got a substitute.
    """
    # a method may accept zero periods of its own, but never a series nobody has seen
    unseen = panel.shorter_than(1)
    short = panel.shorter_than(model.capabilities.min_history)
    wanted = ~short & ~unseen
    if wanted.all():
        return model.fit(panel, seed=seed), ()
    parts: list[tuple[FittedModel, BoolArray]] = []
    if wanted.any():
        parts.append((model.fit(_parts.of(panel, wanted, drivers=model.capabilities.drivers), seed=seed), wanted))
    if (short & ~unseen).any():
        parts.append((_by_category(panel, short & ~unseen, unseen, seed), short & ~unseen))
    return Patchwork(panel, tuple(parts)), _records(model, panel, wanted, unseen)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some series of a method that was fitted to more, since these others told it about their category.

    Attributes:
        point: the method, over all series.
        rows: which of them, shape (n_chosen,).
    """

    point: PointForecaster
    rows: IntArray

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, shape (n_origins, n_chosen, horizon)."""
        return self.point.mean_at(origins, horizon)[:, self.rows]


def _by_category(panel: Panel, short: BoolArray, unseen: BoolArray, seed: int) -> SampledFit:
    """The short series by what their categories tell."""
    whole = CategoryProfile().fit(_parts.of(panel, ~unseen, drivers=False), seed=seed)
    return SampledFit(_parts.of(panel, short, drivers=False), Rows(whole.point, np.flatnonzero(short[~unseen])), seed)


def _records(model: ForecastModel, panel: Panel, fitted: BoolArray, unseen: BoolArray) -> tuple[Substitution, ...]:
    needed = model.capabilities.min_history
    too_short = ngettext(
        "{model} needs {n} observed period of history.", "{model} needs {n} observed periods of history.", needed
    ).format(model=model.label, n=needed)
    nothing = _("No period has been observed yet; the forecast is 0.")
    return tuple(
        Substitution(
            sku=str(panel.skus[i]),
            location=str(panel.locations[i]),
            wanted=model.key,
            used=NOTHING_KNOWN if unseen[i] else CategoryProfile.key,
            reason=nothing if unseen[i] else too_short,
        )
        for i in np.flatnonzero(~fitted)
    )
