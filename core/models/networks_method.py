"""What all network methods share: their settings, how they are fitted, and the fitted network as plain arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, TypeVar

import numpy as np

from core.base.parameters import parameter, parameters_of
from core.base.progress import Progress
from core.base.types import Float32Array, FloatArray, IntArray
from core.models import networks_kept as kept
from core.models import networks_trunk as trunk
from core.models.calendar_stages import Stages
from core.models.contract import Capabilities, FittedModel
from core.models.networks import WindowShape, WindowSource, mean_of_network, source_at
from core.models.networks_footing import Footing, learning_origins, regressions
from core.models.networks_kept import About, Attendance, Keeper, KeptNetwork
from core.models.networks_layers import Encoder, Weights
from core.models.networks_training import Lesson, Plan, train
from core.models.networks_trunk import Architecture
from core.models.sampling import SampledFit, require_history
from core.series.features import feature_source
from core.series.panel import Panel

M = TypeVar("M")
UPDATE_ROUNDS: Final = 3
"""Rounds in which a kept network takes in new periods."""
UPDATE_RATE: Final = 0.3
"""Learning rate of these rounds as a share of that of a new network."""
NEGATIVE_BINOMIAL: Final = "negative_binomial"


@dataclass(frozen=True, slots=True, eq=False)
class TrainedNetwork:
    """A network as arrays; asking it needs no neural library.

    Attributes:
        history: the panel learned from.
        asked: shapes of its weights.
        weights: arrays by layer.
        identity: row of each series in its table, shape (n_series,).
        stages: the regressions it stands on, as learned at earlier dates and now.
    """

    rolls: ClassVar[bool] = True

    history: Panel
    asked: Architecture
    weights: Weights
    identity: IntArray
    stages: Stages

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, NaN where a series had not begun, (n_origins, n_series, horizon)."""
        return mean_of_network(self.source_at(origins, horizon), self.log_ratios, origins, horizon)

    def source_at(self, origins: IntArray, horizon: int) -> WindowSource:
        """Windows at some origins that reach as far as a forecast of `horizon` periods needs."""
        return source_at(self.history, self.asked.shape, self.stages, origins, horizon)

    def log_ratios(self, past: Float32Array, future: Float32Array, series: IntArray) -> Float32Array:
        """Log of expected demand over the level, shape (n_rows, horizon)."""
        return trunk.expected(self.asked, self.weights, past, future, self.identity[series])


@dataclass(frozen=True, slots=True)
class NetworkMethod:
    """One network over all series, each on the scale of its level, that learns what a calendar regression misses.

    Seasons, events, prices and promotion known ahead reach it through the regression; what it adds is a logarithm,
    learned under a count likelihood, whose optimum is the mean also where most periods are zero. With a keeper it goes
    on from the kept network that saw most of the past, and from none that saw anything after the last period given.

    Source:
        Salinas et al. 2020, Int. J. Forecasting 36 (one network over all series, each scaled by its level); Zhang
        2003, Neurocomputing 50 (a network on the errors of a regression).
    """

    key: ClassVar[str]
    label: ClassVar[str]
    encoder: ClassVar[Encoder]
    latent: ClassVar[int] = 0
    capabilities: ClassVar[Capabilities] = Capabilities(
        min_history=8, drivers=True, pooled=True, slow=True, default=False
    )

    units: int = parameter(32, "Memory cells", low=4, high=256)
    max_epochs: int = parameter(12, "Rounds of learning at most", low=1, high=200)
    windows_per_epoch: int = parameter(8_192, "Windows per round", low=64, high=1_000_000)
    learning_rate: float = parameter(0.003, "Learning rate", low=0.00001, high=0.1)
    output: str = parameter(NEGATIVE_BINOMIAL, "Distribution of demand", choices=(NEGATIVE_BINOMIAL, "poisson"))
    identity: str = parameter(
        "category", "Learned by name", choices=("none", "category", "series"),
        help="Whether it may learn what each category, or each SKU at each location, has of its own.",
    )  # fmt: skip
    believed: float = parameter(
        0.5, "Share believed", low=0.0, high=1.0, help="Of what it adds; 0 leaves the calendar regression as it is."
    )
    attendance: Attendance = field(default_factory=Attendance, repr=False, compare=False)

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Learn from windows drawn from all series, or go on from a kept network.

        Raises:
            InsufficientHistoryError: a series has fewer than 8 observed periods.
            CancelledError: the user stopped it between two rounds.
        """
        require_history(history, self)
        shape = WindowShape.fitting(history)
        stages = regressions(history, shape.horizon)
        footing = Footing.of(stages, learning_origins(stages, shape.horizon, seed), shape.horizon)
        source = WindowSource(feature_source(history, 0), shape, footing)
        named = self._named(history)
        names = tuple(sorted(set(named) - {""}))
        asked = self._architecture(source, len(names))
        wanted = self._about(history, source, asked, seed)
        former = kept.beginning(self.attendance, wanted, self.label)
        network = KeptNetwork(wanted, names, {}) if former is None else kept.continued(former, names)
        row = {name: number + 1 for number, name in enumerate(network.names)}
        identity = np.array([row.get(name, 0) for name in named], np.int64)
        asked = self._architecture(source, len(network.names))
        if former is None or former.about != wanted:
            start, plan = (None, self._plan(seed)) if former is None else (network.weights, self._update_plan(seed))
            lesson = Lesson(source, identity)
            weights = train(lesson, asked, plan, start, self.attendance.progress)
            network = KeptNetwork(wanted, network.names, self.finished(lesson, asked, weights, seed))
            self.attendance.keeper.keep(network)
        return self.fitted(TrainedNetwork(history, asked, network.weights, identity, stages), seed)

    def finished(self, lesson: Lesson, asked: Architecture, weights: Weights, seed: int) -> Weights:  # noqa: ARG002 - for methods that have something to add
        """The weights with whatever a method finds out once it has learned."""
        return weights

    def fitted(self, network: TrainedNetwork, seed: int) -> FittedModel:
        """The network with the uncertainty its past errors had."""
        return SampledFit(network.history, network, seed)

    def _named(self, history: Panel) -> Sequence[str]:
        """By which name each series is known to the network, "" = by none."""
        if self.identity == "series":
            return history.keys
        category = history.attributes.get("category") if self.identity == "category" else None
        return [""] * len(history) if category is None else [str(text or "") for text in category]

    def _architecture(self, source: WindowSource, n_names: int) -> Architecture:
        rows = trunk.rows_for(n_names) if n_names else 0
        dispersed = self.output == NEGATIVE_BINOMIAL
        return Architecture(
            self.encoder, source.shape, len(source.names), self.units, rows, self.latent, dispersed, self.believed
        )

    def _about(self, history: Panel, source: WindowSource, asked: Architecture, seed: int) -> About:
        return About(
            model=self.key,
            settings={info.name: getattr(self, info.name) for info in parameters_of(type(self))},
            seed=seed,
            architecture=asked.described(),
            columns=source.names,
            frequency=history.frequency.value,
            known_until=str(history.calendar.periods[-1].astype("datetime64[D]")),
            fingerprint=kept.fingerprint(history),
        )

    def _plan(self, seed: int) -> Plan:
        return Plan(self.label, self.max_epochs, self.windows_per_epoch, self.learning_rate, seed)

    def _update_plan(self, seed: int) -> Plan:
        rounds = min(UPDATE_ROUNDS, self.max_epochs)
        return Plan(self.label, rounds, self.windows_per_epoch, UPDATE_RATE * self.learning_rate, seed)


def attended(method: M, keeper: Keeper) -> M:
    """The method with a place for what it learns; methods that are no networks come back as they are."""
    if not isinstance(method, NetworkMethod):
        return method
    return replace(method, attendance=replace(method.attendance, keeper=keeper))


def watched(method: M, progress: Progress) -> M:
    """The method with somebody told of its rounds; methods that are no networks come back as they are."""
    if not isinstance(method, NetworkMethod):
        return method
    return replace(method, attendance=replace(method.attendance, progress=progress))
