"""Random numbers inside kernels: words that belong to a stream and a number, and shared supplies of drawn numbers."""

from functools import cache
from statistics import NormalDist
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from core.base.types import Float32Array, frozen

SUPPLY: Final = 1 << 16
"""Normal numbers made once; a path takes a run of them from a place of its own. A power of two."""
GAMMAS: Final = 1 << 14
"""Gamma numbers of each shape; fewer, as all shapes are to stay close to the processor. A power of two."""
OCTAVES: Final = (-9, 2)
"""Gamma numbers are made of the shapes 2^−9, 2^−8 … 2^2."""


class Supply(NamedTuple):
    """Normal and gamma numbers made once.

    Attributes:
        normals: in an order by chance, repeated from the start at the end, shape (SUPPLY + further,).
        before: sum of all normals before each one, shape (SUPPLY + further,).
        gammas: of mean 1, one row for each shape, repeated as the normals are, shape (n_shapes, GAMMAS + further).
    """

    normals: Float32Array
    before: Float32Array
    gammas: Float32Array


def supply(horizon: int) -> Supply:
    """Numbers of which a run of so many may begin at any of the first SUPPLY or GAMMAS places, read-only.

    Runs of two paths overlap seldom, and then at different periods, so that no sum over SKUs is any wider for it;
    making each number anew took longer than all the rest of a path.
    """
    return _supply(max(horizon - 1, 1).bit_length())


@cache
def _supply(bits: int) -> Supply:
    """Normal and gamma numbers for runs of up to 2^bits."""
    normals = np.resize(_normals(), SUPPLY + (1 << bits))
    before = np.cumsum(normals, dtype=np.float64) - normals
    gammas = np.stack([np.resize(row, GAMMAS + (1 << bits)) for row in _gammas()])
    return Supply(frozen(normals), frozen(before, np.float32), frozen(gammas))


@cache
def _normals() -> Float32Array:
    """Normal quantiles at evenly spaced ranks, shuffled, read-only, shape (SUPPLY,)."""
    bell = NormalDist()
    upper = np.array([bell.inv_cdf((k + 0.5) / SUPPLY) for k in range(SUPPLY // 2, SUPPLY)], np.float32)
    return frozen(np.random.default_rng(20240229).permutation(np.concatenate([-upper[::-1], upper])))


@cache
def _gammas() -> Float32Array:
    """Gamma numbers of each shape, read-only, shape (n_shapes, GAMMAS); mean 1, the variance right within a tenth."""
    rng, (lowest, highest) = np.random.default_rng(20240303), OCTAVES
    drawn = np.stack([rng.standard_gamma(2.0**octave, GAMMAS) for octave in range(lowest, highest + 1)])
    return frozen(drawn / drawn.mean(axis=1, keepdims=True), np.float32)


@njit(cache=True, nogil=True)
def mixed(state: Any) -> Any:
    """A well-mixed 64-bit word of a counter (Steele, Lea & Flood 2014, SplitMix64)."""
    word = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@njit(cache=True, nogil=True)
def word(stream: Any, number: Any, use: Any) -> Any:
    """The word of a stream for one number (of a path) and one use, so that more draws never change the earlier ones."""
    state = mixed(stream + np.uint64(number + 1) * np.uint64(0xD1B54A32D192ED03))
    return mixed(state + np.uint64(use + 1) * np.uint64(0x9E3779B97F4A7C15))


@njit(cache=True, nogil=True)
def share(drawn: Any) -> Any:
    """A word as a number in [0, 1)."""
    return np.float64(drawn >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def place(drawn: Any) -> Any:
    """A word as a place in the supply."""
    return np.int64(drawn & np.uint64(SUPPLY - 1))


@njit(cache=True, nogil=True)
def gamma_run(gammas: Any, shape: Any, choice: Any, start: Any) -> Any:
    """Gamma numbers from a place on, of one of the two shapes next to the wanted one, so that the variance is right.

    Args:
        gammas: of each shape, shape (n_shapes, GAMMAS + further).
        shape: the one wanted; beyond those there are, the nearest.
        choice: word that chooses between the two.
        start: word that chooses the place.
    """
    octave = min(max(np.log2(shape) - OCTAVES[0], 0.0), gammas.shape[0] - 1 - 1e-9)
    row = np.int64(octave)
    if share(choice) >= 2.0 / 2.0 ** (octave - row) - 1.0:
        row += 1
    return gammas[row, place(start) % GAMMAS :]
