"""The trunk all networks share: what was remembered, what a series is and what is known ahead become a forecast."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.base.types import Float32Array, IntArray
from core.models.networks import LOG_RATIO_LIMIT, WindowShape
from core.models.networks_layers import Encoder, Weights

EMBEDDING: Final = 4
"""Numbers a network may learn about each series or category."""
SHIFT: Final = -1.0
"""Log of the dispersion an untrained network expects."""
DISPERSION_LIMITS: Final = (-6.0, 3.0)
"""Log of the smallest and largest dispersion (variance over squared mean, beyond Poisson)."""
AT_ONCE: Final = 2_048
"""Windows answered at once."""
SPREAD: Final = "spread.0"
"""Name of the factors of the hidden numbers and of the dispersion, where they were chosen."""
POINTS: Final = 32
"""Points that an expectation over hidden numbers is taken at."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """What decides the shapes of all weights of a network.

    Attributes:
        encoder: how it reads the past.
        shape: how far it looks back and ahead.
        n_columns: columns known for every period.
        units: width of its layers.
        identities: rows of the table of what it learns about each series or category, 0 = no table; row 0 is for
            those it has not met.
        latent: hidden numbers that tell one course of demand from another, 0 = none.
        dispersed: whether it also says how widely demand spreads (negative binomial).
        believed: part of what it adds to the regression that its answers hold, fraction; the loss counts all of it.
    """

    encoder: Encoder
    shape: WindowShape
    n_columns: int
    units: int
    identities: int
    latent: int
    dispersed: bool
    believed: float = 1.0

    def described(self) -> dict[str, Any]:
        """The same as plain values; the table's length is left out, because it grows with the shop."""
        return {
            "encoder": self.encoder.key,
            "context": self.shape.context,
            "horizon": self.shape.horizon,
            "columns": self.n_columns,
            "units": self.units,
            "identified": self.identities > 0,
            "latent": self.latent,
            "dispersed": self.dispersed,
        }


def rows_for(n_identities: int) -> int:
    """Rows of a table for so many series and the unknown one: a power of two, so that few new SKUs fit into it."""
    return 1 << int(n_identities).bit_length()


def build(asked: Architecture, seed: int) -> Any:
    """An untrained network; nothing global is seeded.

    The last layer starts at zero, that is at the regression, so what it adds was learned; so does the table of series,
    which therefore differ from one another only by what was learned about them.

    Args:
        asked: shapes of the weights.
        seed: root of the initial weights.

    Returns:
        A Keras model of named inputs: past, future, identity (n_rows,) where there is a table, and target, weight and
        noise (n_rows, latent) where there are hidden numbers; and of named outputs: said, shape (n_rows, horizon, 1 or
        2), and with hidden numbers their centre and log_variance, shape (n_rows, latent).
    """
    keras = keras_library()
    shape, units = asked.shape, asked.units

    def entry(name: str, *sizes: int, dtype: str = "float32") -> Any:
        return keras.Input(sizes, name=name, dtype=dtype)

    width = asked.n_columns + 2
    inputs = {"past": entry("past", shape.context, width), "future": entry("future", shape.horizon, width + 1)}
    known = [asked.encoder.layers(keras, inputs["past"], units, seed)]
    outputs = {}
    if asked.latent:
        inputs |= {name: entry(name, shape.horizon) for name in ("target", "weight")}
        inputs["noise"] = entry("noise", asked.latent)
        told = keras.layers.Concatenate()([known[0], keras.ops.log1p(inputs["target"]), inputs["weight"]])
        reader = keras.layers.Dense(units, "relu", kernel_initializer=_even(seed + 20), name="posterior")(told)
        both = keras.layers.Dense(2 * asked.latent, kernel_initializer=_even(seed + 21), name="hidden_numbers")(reader)
        outputs = {"centre": both[:, : asked.latent], "log_variance": both[:, asked.latent :]}
        known.append(outputs["centre"] + keras.ops.exp(outputs["log_variance"] / 2) * inputs["noise"])
    if asked.identities:
        inputs["identity"] = entry("identity", dtype="int32")
        table = keras.layers.Embedding(asked.identities, EMBEDDING, embeddings_initializer="zeros", name="table")
        known.append(table(inputs["identity"]))
    together = keras.layers.Concatenate()(known) if len(known) > 1 else known[0]
    repeated = keras.layers.RepeatVector(shape.horizon)(together)
    joined = keras.layers.Concatenate()([repeated, inputs["future"]])
    mixed = keras.layers.Dense(units, "relu", kernel_initializer=_even(seed + 22), name="mixed")(joined)
    last = keras.layers.Dense(2 if asked.dispersed else 1, kernel_initializer="zeros", name="last")
    said = last(mixed)
    # the first column ahead is the regression; only the mean stands on it
    mean = said[..., :1] + inputs["future"][..., :1]
    outputs["said"] = keras.layers.Concatenate()([mean, said[..., 1:]]) if asked.dispersed else mean
    return keras.Model(inputs, outputs)


def _even(seed: int) -> Any:
    return keras_library().initializers.GlorotUniform(seed)


def weights_of(network: Any) -> dict[str, Any]:
    """The weights of a Keras model as arrays by name."""
    return {
        f"{layer.name}.{number}": np.asarray(array)
        for layer in network.layers
        for number, array in enumerate(layer.get_weights())
    }


def set_weights(network: Any, weights: Weights) -> None:
    """Give a Keras model the weights of another one of the same architecture."""
    for layer in network.layers:
        layer.set_weights([weights[f"{layer.name}.{number}"] for number in range(len(layer.weights))])


def summary(asked: Architecture, weights: Weights, past: Float32Array, identity: IntArray) -> Float32Array:
    """What was remembered and what the series is, before hidden numbers come in, shape (n_rows, …)."""
    blocks = [past[first : first + AT_ONCE] for first in range(0, len(past), AT_ONCE)]
    remembered = np.concatenate([asked.encoder.remembered(weights, block) for block in blocks])
    return np.concatenate([remembered, weights["table.0"][identity]], axis=1) if asked.identities else remembered


def decoded(
    asked: Architecture, weights: Weights, known: Float32Array, future: Float32Array, latent: Float32Array | None = None
) -> Float32Array:
    """What the trunk says: log of expected demand over the level, and log dispersion where it was asked for.

    Args:
        asked: shapes of the weights.
        weights: of the network.
        known: its summary of each window, shape (n_rows, …).
        future: as in Windows, shape (n_rows, horizon, n_columns + 3).
        latent: hidden numbers of each path, shape (n_paths, n_rows, latent).

    Returns:
        Within the limits, shape (n_rows, horizon, 1 or 2), with n_paths in front where hidden numbers were given.
    """
    inward, bias = weights["mixed.0"], weights["mixed.1"]
    n_known, units = known.shape[1], asked.units
    # rows of the kernel stand in the order in which the parts were joined: memory, hidden numbers, identity, future
    kernel_known = np.concatenate([inward[:units], inward[units + asked.latent : n_known + asked.latent]])
    mixed = (known @ kernel_known)[:, None, :] + future @ inward[n_known + asked.latent :] + bias
    if latent is not None:
        mixed = mixed + (latent @ inward[units : units + asked.latent])[:, :, None, :]
    said = np.maximum(mixed, 0) @ weights["last.0"] + weights["last.1"]
    said[..., 0] = np.clip(future[..., 0] + asked.believed * said[..., 0], -LOG_RATIO_LIMIT, LOG_RATIO_LIMIT)
    if asked.dispersed:
        said[..., 1] = np.clip(said[..., 1] + SHIFT, *DISPERSION_LIMITS)
    return np.asarray(said, np.float32)


def expected(
    asked: Architecture, weights: Weights, past: Float32Array, future: Float32Array, identity: IntArray
) -> Float32Array:
    """Log of expected demand over the level, shape (n_rows, horizon); hidden numbers are averaged over fixed points."""
    known = summary(asked, weights, past, identity)
    latent = points(asked.latent) * spread_factors(weights)[0]
    rows = max(AT_ONCE // max(len(latent), 1), 1)
    said = np.empty(future.shape[:2], np.float32)
    for first in range(0, len(past), rows):
        chosen = slice(first, first + rows)
        if not asked.latent:
            said[chosen] = decoded(asked, weights, known[chosen], future[chosen])[..., 0]
            continue
        here = len(known[chosen])
        spread = np.broadcast_to(latent[:, None, :], (len(latent), here, asked.latent))
        paths = decoded(asked, weights, known[chosen], future[chosen], spread)[..., 0]
        said[chosen] = np.log(np.exp(paths).mean(axis=0))
    return said


def spread_factors(weights: Weights) -> tuple[np.float32, np.float32]:
    """By what hidden numbers and dispersion are multiplied before anything is drawn."""
    temperature, dispersion = weights[SPREAD] if SPREAD in weights else np.ones(2, np.float32)
    return temperature, dispersion


@cache
def points(latent: int) -> Float32Array:
    """Hidden numbers that stand for all of them, each with its mirror image, shape (n_points or 0, latent)."""
    half = np.random.default_rng(latent).standard_normal((POINTS // 2, latent))
    return np.concatenate([half, -half]).astype(np.float32) if latent else np.empty((0, 0), np.float32)


@contextmanager
def _hushed() -> Iterator[None]:
    """Without what compiled code writes to the standard error output, which no setting keeps from its first lines."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@cache
def keras_library() -> Any:
    """TensorFlow's Keras, imported on first use and without its start-up messages; a GPU is taken as it is needed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _hushed(), warnings.catch_warnings():
        # its own use of older NumPy and typing names, nothing a user could act on
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        import tensorflow as tf
        from tensorflow import keras

        devices = tf.config.list_physical_devices("GPU")
    for device in devices:
        # refused where something else in this process has begun to use the GPU: then it stays as it was set
        with suppress(RuntimeError, ValueError):
            tf.config.experimental.set_memory_growth(device, enable=True)
    return keras
