"""Ways of reading the past: each as a Keras layer that learns, and written out as matrix products that answer.

Keras walks through a recurrent layer's periods one small operation at a time outside a compiled graph, and compiling a
graph for every new network takes longer than all its answers; so answers need no neural library at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeAlias

import numpy as np

from core.base.types import AnyArray, Float32Array

Weights: TypeAlias = Mapping[str, AnyArray]
"""Arrays of a network by "layer.number", in the order in which Keras keeps them within the layer."""
MEMORY = "memory"
"""Name of the layer (or of the beginning of the names of the layers) that reads the past."""


class Encoder(Protocol):
    """A way of reading the past."""

    key: ClassVar[str]

    def layers(self, keras: Any, past: Any, units: int, seed: int) -> Any:
        """Keras layers named "memory…" over the past, (n_rows, context, n_columns) → (n_rows, units).

        Args:
            keras: the library.
            past: its input.
            units: width of what is remembered.
            seed: root of the initial weights.
        """
        ...

    def remembered(self, weights: Weights, past: Float32Array) -> Float32Array:
        """What these layers say with the given weights, shape (n_rows, units)."""
        ...


def _recurrent(keras: Any, kind: Any, past: Any, units: int, seed: int) -> Any:
    even, orthogonal = keras.initializers.GlorotUniform(seed), keras.initializers.Orthogonal(seed=seed + 1)
    return kind(units, kernel_initializer=even, recurrent_initializer=orthogonal, name=MEMORY)(past)


def _period_by_period(entering: Float32Array) -> Float32Array:
    """The same numbers with the periods outermost, each period in one piece of memory."""
    return np.ascontiguousarray(np.moveaxis(entering, 1, 0))


def _opened(gates: Float32Array) -> Float32Array:
    """How far each gate is open: the logistic function, 0 = shut, 1 = open."""
    # here, since its import takes a sixth of the start of a process, and few processes run networks
    from scipy.special import expit

    return np.asarray(expit(gates))


@dataclass(frozen=True, slots=True)
class LongShortTerm:
    """Cells that learn what to keep, what to forget and what to show.

    Source:
        Hochreiter and Schmidhuber 1997, Neural Computation 9; the forgetting gate by Gers et al. 2000, ibid. 12.
    """

    key: ClassVar[str] = "lstm"

    def layers(self, keras: Any, past: Any, units: int, seed: int) -> Any:
        """One LSTM layer; see Encoder."""
        return _recurrent(keras, keras.layers.LSTM, past, units, seed)

    def remembered(self, weights: Weights, past: Float32Array) -> Float32Array:
        """What the cells put out after the last period; gates in the order in, forget, cell, out."""
        inward, recurrent, bias = (weights[f"{MEMORY}.{number}"] for number in range(3))
        units = len(recurrent)
        shown, cell = (np.zeros((len(past), units), np.float32) for _ in range(2))
        for period in _period_by_period(past @ inward + bias):
            gates = period + shown @ recurrent
            opened = _opened(gates)
            cell = opened[:, units : 2 * units] * cell + opened[:, :units] * np.tanh(gates[:, 2 * units : 3 * units])
            shown = opened[:, 3 * units :] * np.tanh(cell)
        return shown


@dataclass(frozen=True, slots=True)
class Gated:
    """Cells with an update and a reset gate: fewer weights than long short-term memory.

    Source:
        Cho et al. 2014, Learning phrase representations using RNN encoder–decoder, EMNLP.
    """

    key: ClassVar[str] = "gru"

    def layers(self, keras: Any, past: Any, units: int, seed: int) -> Any:
        """One GRU layer; see Encoder."""
        return _recurrent(keras, keras.layers.GRU, past, units, seed)

    def remembered(self, weights: Weights, past: Float32Array) -> Float32Array:
        """What the cells put out after the last period; gates in the order update, reset, candidate."""
        inward, recurrent, (bias, recurrent_bias) = (weights[f"{MEMORY}.{number}"] for number in range(3))
        units = len(recurrent)
        shown = np.zeros((len(past), units), np.float32)
        for period in _period_by_period(past @ inward + bias):
            back = shown @ recurrent + recurrent_bias
            opened = _opened(period[:, : 2 * units] + back[:, : 2 * units])
            candidate = np.tanh(period[:, 2 * units :] + opened[:, units:] * back[:, 2 * units :])
            shown = opened[:, :units] * shown + (1 - opened[:, :units]) * candidate
        return shown


@dataclass(frozen=True, slots=True)
class Recurrent:
    """The simple recurrent layer: each period's state is a squashed sum of its input and the state before.

    Source:
        Elman 1990, Finding structure in time, Cognitive Science 14.
    """

    key: ClassVar[str] = "rnn"

    def layers(self, keras: Any, past: Any, units: int, seed: int) -> Any:
        """One simple recurrent layer; see Encoder."""
        return _recurrent(keras, keras.layers.SimpleRNN, past, units, seed)

    def remembered(self, weights: Weights, past: Float32Array) -> Float32Array:
        """The state after the last period."""
        inward, recurrent, bias = (weights[f"{MEMORY}.{number}"] for number in range(3))
        shown = np.zeros((len(past), len(recurrent)), np.float32)
        for period in _period_by_period(past @ inward + bias):
            shown = np.tanh(period + shown @ recurrent)
        return shown


@dataclass(frozen=True, slots=True)
class Dilated:
    """Causal convolutions of two periods whose distance doubles from layer to layer, each added to what came in.

    Attributes:
        depth: layers; they see 2 to the power of `depth` periods back.

    Source:
        van den Oord et al. 2016, WaveNet, arXiv:1609.03499; Bai et al. 2018, arXiv:1803.01271.
    """

    key: ClassVar[str] = "cnn"

    depth: int = 6

    def layers(self, keras: Any, past: Any, units: int, seed: int) -> Any:
        """A mixing layer and `depth` convolutions; the last period's values go on. See Encoder."""

        def even(number: int) -> Any:
            return keras.initializers.GlorotUniform(seed + number)

        flow = keras.layers.Dense(units, kernel_initializer=even(0), name=f"{MEMORY}_in")(past)
        for number in range(self.depth):
            folded = keras.layers.Conv1D(
                units, 2, dilation_rate=2**number, padding="causal", activation="relu",
                kernel_initializer=even(number + 1), name=f"{MEMORY}_{number}",
            )(flow)  # fmt: skip
            flow = keras.layers.Add()([flow, folded])
        return flow[:, -1, :]

    def remembered(self, weights: Weights, past: Float32Array) -> Float32Array:
        """The last period after all layers; nothing before the first period is read."""
        flow = past @ weights[f"{MEMORY}_in.0"] + weights[f"{MEMORY}_in.1"]
        for number in range(self.depth):
            before, now = weights[f"{MEMORY}_{number}.0"]
            folded = flow @ now + weights[f"{MEMORY}_{number}.1"]
            distance = 2**number
            if distance < flow.shape[1]:
                folded[:, distance:] += flow[:, :-distance] @ before
            flow = flow + np.maximum(folded, 0)
        return flow[:, -1]
