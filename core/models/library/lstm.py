"""LSTM: one recurrent network learns from all series and forecasts each on its own scale."""

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from scipy.special import expit

from core.base.parameters import parameter
from core.base.randomness import generator
from core.base.types import AnyArray, Float32Array, FloatArray, IntArray
from core.models.contract import Capabilities, FittedModel
from core.models.networks import LOG_RATIO_LIMIT, Windows, WindowShape, WindowSource, mean_of_network
from core.models.sampling import SampledFit, require_history
from core.series.features import feature_source
from core.series.panel import Panel

BATCH: Final = 256
"""Windows per step of learning."""
AT_ONCE: Final = 2_048
"""Windows answered at once."""
CHECKED: Final = 2_048
"""Windows at the end of the history on which learning is judged."""
PATIENCE: Final = 3
"""Rounds without progress after which learning stops."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainedNetwork:
    """A network as arrays; asking it needs no neural library.

    Attributes:
        history: the panel learned from.
        shape: how far it looks back and ahead.
        weights: arrays in the order of the layers, as `log_ratios_of` reads them.
    """

    history: Panel
    shape: WindowShape
    weights: tuple[AnyArray, ...]

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, NaN where a series had not begun, (n_origins, n_series, horizon)."""
        # whole blocks are forecast, so the calendar must reach to the end of the last one
        blocks = -(-horizon // self.shape.horizon) * self.shape.horizon
        n_ahead = max(int(np.max(origins)) + blocks - self.history.n_periods, 0)
        source = WindowSource(feature_source(self.history, n_ahead), self.shape)

        def log_ratios(past: Float32Array, future: Float32Array) -> Float32Array:
            return log_ratios_of(self.weights, past, future)

        return mean_of_network(source, log_ratios, origins, horizon)


@dataclass(frozen=True, slots=True)
class Lstm:
    """One long short-term memory network over all series, with price, promotion and events known ahead.

    It learns the logarithm of demand over the level under the Poisson likelihood, whose optimum is the mean also where
    most periods are zero. Its last layer starts at zero, that is at the level itself, so what it adds was learned.

    Source:
        Hochreiter and Schmidhuber 1997, Neural Computation 9 (the cell); Salinas et al. 2020, Int. J. Forecasting 36
        (one network over all series, each scaled by its level).
    """

    key: ClassVar[str] = "lstm"
    label: ClassVar[str] = "LSTM neural network"
    capabilities: ClassVar[Capabilities] = Capabilities(
        min_history=8, drivers=True, pooled=True, slow=True, default=False
    )

    units: int = parameter(32, "Memory cells", low=4, high=256)
    max_epochs: int = parameter(12, "Rounds of learning at most", low=1, high=200)
    windows_per_epoch: int = parameter(8_192, "Windows per round", low=64, high=1_000_000)
    learning_rate: float = parameter(0.003, "Learning rate", low=0.00001, high=0.1)

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Train on windows drawn from all series; stop when the last windows are forecast no better.

        The work is bounded by rounds and not by the clock, so that the same seed gives the same network.

        Raises:
            InsufficientHistoryError: a series has fewer than 8 observed periods.
        """
        require_history(history, self)
        shape = WindowShape.fitting(history)
        source = WindowSource(feature_source(history, 0), shape)
        checked = checking_windows(source, seed)
        network = build_network(shape, checked.future.shape[2], self.units, seed)
        network.compile(optimizer=_keras().optimizers.Adam(self.learning_rate, clipnorm=1.0), loss=poisson_loss)
        best, least, waited = network.get_weights(), _loss(network.get_weights(), checked), 0
        for epoch in range(self.max_epochs):
            rng = generator(seed, f"windows of round {epoch}")
            for _ in range(max(1, self.windows_per_epoch // BATCH)):
                batch = training_windows(source, rng)
                network.train_on_batch([batch.past, batch.future], batch.target[:, :, None], batch.weight)
            loss = _loss(network.get_weights(), checked)
            waited = 0 if loss < least else waited + 1
            if loss < least:
                best, least = network.get_weights(), loss
            if waited >= PATIENCE:
                break
        return SampledFit(history, TrainedNetwork(history, shape, tuple(best)), seed)


def build_network(shape: WindowShape, n_columns: int, units: int, seed: int) -> Any:
    """An untrained network: memory over the past, then one small decoder for every period ahead.

    Args:
        shape: how far it looks back and ahead.
        n_columns: columns known for every period.
        units: memory cells.
        seed: root of the initial weights; nothing global is seeded.

    Returns:
        A Keras model (past, future) → log of demand over the level, shape (n_rows, horizon, 1).
    """
    keras = _keras()
    even = keras.initializers.GlorotUniform
    past = keras.Input((shape.context, n_columns + 2))
    future = keras.Input((shape.horizon, n_columns))
    memory = keras.layers.LSTM(
        units, kernel_initializer=even(seed), recurrent_initializer=keras.initializers.Orthogonal(seed=seed + 1)
    )(past)
    repeated = keras.layers.RepeatVector(shape.horizon)(memory)
    both = keras.layers.Concatenate()([repeated, future])
    hidden = keras.layers.Dense(units, activation="relu", kernel_initializer=even(seed + 2))(both)
    return keras.Model([past, future], keras.layers.Dense(1, kernel_initializer="zeros")(hidden))


def poisson_loss(target: Any, log_ratio: Any) -> Any:
    """Poisson deviance up to a constant: exp(z) − y·z, least where exp(z) is the mean of y; shape (n_rows, horizon)."""
    import tensorflow as tf

    bounded = tf.clip_by_value(log_ratio, -LOG_RATIO_LIMIT, LOG_RATIO_LIMIT)
    return tf.reduce_mean(tf.exp(bounded) - target * bounded, axis=-1)


def training_windows(source: WindowSource, rng: np.random.Generator) -> Windows:
    """A batch of windows whose outcomes end before the checking windows begin."""
    n_series, n_periods = source.source.history.observed.shape
    series = rng.integers(n_series, size=BATCH)
    highest = max(n_periods - 2 * source.shape.horizon, 1)
    lowest = np.minimum(source.source.starts[series] + source.shape.context // 2, highest)
    return source.windows(series, np.maximum(rng.integers(lowest, highest + 1), 1))


def checking_windows(source: WindowSource, seed: int) -> Windows:
    """The last window of up to 2,048 series, drawn by chance."""
    n_series, n_periods = source.source.history.observed.shape
    series = np.sort(generator(seed, "checking windows").permutation(n_series)[:CHECKED])
    return source.windows(series, np.full(len(series), max(n_periods - source.shape.horizon, 1)))


def log_ratios_of(weights: Sequence[AnyArray], past: Float32Array, future: Float32Array) -> Float32Array:
    """What the network says about each window, shape (n_rows, horizon).

    The layers written out as matrix products: Keras walks through the memory's periods one small operation at a time
    outside a compiled graph, and compiling one for every new network takes longer than all its answers.

    Args:
        weights: of the memory (input, recurrent, bias), then of the two dense layers (weights, bias each).
        past: shape (n_rows, context, n_columns + 2).
        future: shape (n_rows, horizon, n_columns).
    """
    hidden, hidden_bias, last, last_bias = weights[3:]
    said = np.empty(future.shape[:2], np.float32)
    for first in range(0, len(past), AT_ONCE):
        rows = slice(first, first + AT_ONCE)
        memory = _memory(weights, past[rows])
        units = memory.shape[1]
        both = (memory @ hidden[:units])[:, None, :] + future[rows] @ hidden[units:] + hidden_bias
        said[rows] = (np.maximum(both, 0) @ last + last_bias)[:, :, 0]
    return said


def _memory(weights: Sequence[AnyArray], past: Float32Array) -> Float32Array:
    """What the cells put out after the last period, shape (n_rows, units); gates in the order in, forget, cell, out."""
    inward, recurrent, bias = weights[:3]
    units = len(recurrent)
    entering = np.ascontiguousarray(np.moveaxis(past @ inward + bias, 1, 0))
    shown, cell = (np.zeros((len(past), units), np.float32) for _ in range(2))
    for period in entering:
        gates = period + shown @ recurrent
        opened = expit(gates)
        cell = opened[:, units : 2 * units] * cell + opened[:, :units] * np.tanh(gates[:, 2 * units : 3 * units])
        shown = opened[:, 3 * units :] * np.tanh(cell)
    return shown


def _loss(weights: Sequence[AnyArray], checked: Windows) -> float:
    """Mean loss over the observed periods of the checking windows."""
    said = log_ratios_of(weights, checked.past, checked.future)
    bounded = np.clip(said.astype(np.float64), -LOG_RATIO_LIMIT, LOG_RATIO_LIMIT)
    loss = np.exp(bounded) - checked.target * bounded
    return float((loss * checked.weight).sum() / max(float(checked.weight.sum()), 1.0))


def _keras() -> Any:
    """TensorFlow's Keras, imported on first use and without its start-up messages."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        # its own use of older NumPy and typing names, nothing a user could act on
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        from tensorflow import keras
    return keras
