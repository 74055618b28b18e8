"""How networks learn: windows cut by index while the last ones are learned from, judged on the end of the history."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from core.base.progress import Progress
from core.base.randomness import generator
from core.base.types import Float32Array, IntArray
from core.models import networks_trunk as trunk
from core.models.networks import LOG_RATIO_LIMIT, Windows, WindowSource
from core.models.networks_layers import Weights
from core.models.networks_trunk import Architecture

BATCH: Final = 256
"""Windows per step of learning."""
CHECKED: Final = 2_048
"""Windows at the end of the history on which learning is judged."""
PATIENCE: Final = 3
"""Rounds without progress after which learning stops."""


@dataclass(frozen=True, slots=True)
class LearningRound:
    """What a round of learning gave; told as a partial result while a network learns.

    Attributes:
        model: name of the method for the reader.
        number, of: this round and the most there may be.
        loss: mean loss of the round's windows.
        checked: mean Poisson deviance, up to a constant, of the last windows of the history.
        seconds: wall time of the round.
    """

    model: str
    number: int
    of: int
    loss: float
    checked: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to learn.

    Attributes:
        label: name of the method for the reader.
        rounds: most rounds.
        windows: windows per round.
        rate: learning rate of the first round; it falls to a tenth of it by the last one.
        seed: root of all draws.
    """

    label: str
    rounds: int
    windows: int
    rate: float
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What a network learns from.

    Attributes:
        source: the panel, from which windows are cut.
        identity: row of each series in the table of what is learned by name, shape (n_series,).
    """

    source: WindowSource
    identity: IntArray

    def drawn(self, rng: np.random.Generator, n_windows: int) -> tuple[IntArray, IntArray]:
        """Series and origins of windows whose outcomes end before the checking windows begin."""
        starts, origins = self.source.source.starts, self.source.footing.origins
        offered = origins[:-1] if len(origins) > 1 else origins
        series = rng.integers(len(starts), size=n_windows)
        lowest = np.searchsorted(offered, starts[series] + self.source.shape.context // 2)
        return series, offered[rng.integers(np.minimum(lowest, len(offered) - 1), len(offered))]

    def checking(self, seed: int) -> tuple[IntArray, Windows]:
        """The last window of up to 2,048 series drawn by chance, and which series they are."""
        n_series = len(self.source.source.starts)
        series = np.sort(generator(seed, "checking windows").permutation(n_series)[:CHECKED])
        return series, self.source.windows(series, np.full(len(series), self.source.footing.origins[-1]))


def train(lesson: Lesson, asked: Architecture, plan: Plan, start: Weights | None, progress: Progress) -> Weights:
    """Learn until the last windows of the history are forecast no better; the weights that forecast them best.

    The work is bounded by rounds and not by the clock, so that the same seed gives the same network.

    Args:
        lesson: what to learn from.
        asked: shapes of the weights.
        plan: how long and how fast.
        start: weights to go on from; None = untrained ones.
        progress: told after every round, which can be cancelled between two.

    Raises:
        CancelledError: the user stopped it.
    """
    best = start if start is not None else trunk.weights_of(trunk.build(asked, plan.seed))
    series, checked = lesson.checking(plan.seed)
    rows = lesson.identity[series]
    least, waited = _deviance(asked, best, checked, rows), 0
    learner = _learner(asked)
    with learner.turn:
        learner.begin(best)
        for number in range(plan.rounds):
            progress.check()
            began = time.perf_counter()
            loss = learner.learn(_batches(lesson, asked, plan, number), plan.rate * (1 - 0.9 * number / plan.rounds))
            weights = trunk.weights_of(learner.network)
            found = _deviance(asked, weights, checked, rows)
            waited = 0 if found < least else waited + 1
            if found < least:
                best, least = weights, found
            told = LearningRound(plan.label, number + 1, plan.rounds, loss, found, time.perf_counter() - began)
            words = f"round {told.number} of {told.of}, loss {told.checked:.4f}"
            progress.report(plan.label, told.number / told.of, words, partial=told)
            if waited >= PATIENCE:
                break
    return best


def _batches(lesson: Lesson, asked: Architecture, plan: Plan, number: int) -> Iterator[Any]:
    """The windows of a round, cut out of the panel's own arrays while the network learns from the ones before."""
    import tensorflow as tf

    rng = generator(plan.seed, f"windows of round {number}")
    series, origins = lesson.drawn(rng, max(1, plan.windows // BATCH) * BATCH)
    noise = rng.standard_normal((len(series), asked.latent), np.float32)

    def cut(series: IntArray, origins: IntArray) -> tuple[Float32Array, ...]:
        found = lesson.source.windows(series, origins)
        return found.past, found.future, found.target, found.weight, found.level

    def gathered(series: Any, origins: Any, identity: Any, noise: Any) -> dict[str, Any]:
        context, horizon, width = asked.shape.context, asked.shape.horizon, asked.n_columns + 2
        shapes = [(BATCH, context, width), (BATCH, horizon, width + 1), (BATCH, horizon), (BATCH, horizon), (BATCH,)]
        parts = tf.numpy_function(cut, [series, origins], [tf.float32] * 5)
        shaped = [tf.ensure_shape(part, shape) for part, shape in zip(parts, shapes, strict=True)]
        named = dict(zip(("past", "future", "target", "weight", "level"), shaped, strict=True))
        return {**named, "identity": identity, "noise": noise}

    index = (series, origins, lesson.identity[series].astype(np.int32), noise)
    windows = tf.data.Dataset.from_tensor_slices(index).batch(BATCH, drop_remainder=True)
    return iter(windows.map(gathered).prefetch(2))


class _Learner:
    """A compiled step of learning for one architecture; used by one network after the other, in turn."""

    def __init__(self, asked: Architecture) -> None:
        import tensorflow as tf

        self.network: Final = trunk.build(asked, 0)
        self.turn: Final = threading.Lock()
        self._optimizer: Final = trunk.keras_library().optimizers.Adam(clipnorm=1.0)
        self._optimizer.build(self.network.trainable_variables)
        names = set(self.network.input)

        def step(batch: dict[str, Any]) -> Any:
            with tf.GradientTape() as tape:
                outputs = self.network({name: batch[name] for name in names}, training=True)
                loss = _loss(asked, outputs, batch)
            weights = self.network.trainable_variables
            self._optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
            return loss

        self._step: Final = tf.function(step)

    def begin(self, weights: Weights) -> None:
        """Forget the network before and go on from these weights."""
        trunk.set_weights(self.network, weights)
        for variable in self._optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))

    def learn(self, batches: Iterator[Any], rate: float) -> float:
        """One round; its mean loss."""
        self._optimizer.learning_rate.assign(rate)
        return float(np.mean([self._step(batch).numpy() for batch in batches]))


@lru_cache(maxsize=4)
def _learner(asked: Architecture) -> _Learner:
    # compiling takes longer than learning from a small shop, and folds of a backtest ask for the same architecture
    return _Learner(asked)


def _loss(asked: Architecture, outputs: dict[str, Any], batch: dict[str, Any]) -> Any:
    """Mean loss per observed period; with hidden numbers the negative evidence lower bound of a window over them.

    Source:
        Kingma and Welling 2014, Auto-encoding variational Bayes, ICLR, equation 10; Sohn et al. 2015, NIPS 28, for the
        conditional form.
    """
    import tensorflow as tf

    said, weight = outputs["said"], batch["weight"]
    log_ratio = tf.clip_by_value(said[..., 0], -LOG_RATIO_LIMIT, LOG_RATIO_LIMIT)
    if asked.dispersed:
        log_dispersion = tf.clip_by_value(said[..., 1] + trunk.SHIFT, *trunk.DISPERSION_LIMITS)
        loss = _negative_binomial(batch["target"], batch["level"], log_ratio, log_dispersion)
    else:
        # exp(z) − y·z, the Poisson deviance up to a constant, is least where exp(z) is the mean of y
        loss = tf.exp(log_ratio) - batch["target"] * log_ratio
    total = tf.reduce_sum(loss * weight)
    if asked.latent:
        centre, log_variance = outputs["centre"], outputs["log_variance"]
        total += tf.reduce_sum(tf.exp(log_variance) + tf.square(centre) - 1.0 - log_variance) / 2
    return total / tf.maximum(tf.reduce_sum(weight), 1.0)


def _negative_binomial(target: Any, level: Any, log_ratio: Any, log_dispersion: Any) -> Any:
    """Negative log-likelihood of the units up to a constant, shape (n_rows, horizon).

    Units y have mean m = level·exp(z) and variance m + a·m²; with r = 1/a the loss is
    r·log(1 + m/r) + y·log(r·exp(−z) + level) + log Γ(r) − log Γ(y + r): no derivative of it is a small difference of
    large numbers, however many units are sold.

    Source:
        Hilbe 2011, Negative Binomial Regression, equation 8.9; Salinas et al. 2020 for forecasts by networks.
    """
    import tensorflow as tf

    size = tf.where(level > 0, level, 1.0)[:, None]
    units, r = target * size, tf.exp(-log_dispersion)
    many = r * tf.math.log1p(size * tf.exp(log_ratio) / r) + units * tf.math.log(r * tf.exp(-log_ratio) + size)
    return many + tf.math.lgamma(r) - tf.math.lgamma(units + r)


def _deviance(asked: Architecture, weights: Weights, checked: Windows, identity: IntArray) -> float:
    """Mean Poisson deviance up to a constant over the observed periods of the checking windows.

    One measure for every network, so that their figures compare: it is least where the forecast is the mean.
    """
    said = trunk.expected(asked, weights, checked.past, checked.future, identity).astype(np.float64)
    loss = np.exp(said) - checked.target * said
    return float((loss * checked.weight).sum() / max(float(checked.weight.sum()), 1.0))
