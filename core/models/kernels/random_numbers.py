"""Random numbers inside kernels: words that belong to a stream and a number, and a shared supply of normal numbers."""

from functools import cache
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from numba import njit

from core.base.types import Float32Array, frozen

SUPPLY: Final = 1 << 16
"""Normal numbers made once; a path takes a run of them from a place of its own. A power of two."""


@cache
def supply() -> Float32Array:
    """The quantiles of the normal distribution at evenly spaced ranks, shuffled, read-only, shape (SUPPLY,).

    Runs of two paths overlap seldom, and then at different periods, so that no sum over SKUs is any wider for it;
    making each number anew took longer than all the rest of a path.
    """
    bell = NormalDist()
    upper = np.array([bell.inv_cdf((k + 0.5) / SUPPLY) for k in range(SUPPLY // 2, SUPPLY)], np.float32)
    order = np.random.default_rng(20240229).permutation(SUPPLY)
    return np.asarray(frozen(np.concatenate([-upper[::-1], upper])[order]))


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
