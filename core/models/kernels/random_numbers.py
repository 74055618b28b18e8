"""Random numbers inside kernels: one counter per stream, so that no draw depends on the order of series or threads."""

from typing import Any, Final

import numpy as np
from numba import njit

from core.base.types import FloatArray

LAYERS: Final = 128
TAIL: Final = 3.442619855899
"""Where the tail of the bell begins, for layers of this area (Marsaglia & Tsang 2000)."""
AREA: Final = 9.91256303526217e-3


def _edges() -> FloatArray:
    """Right edge of each layer, the widest first and 0 last, shape (LAYERS + 1,)."""
    edges = [AREA / float(np.exp(-0.5 * TAIL**2)), TAIL]
    while len(edges) < LAYERS:
        edges.append(float(np.sqrt(-2.0 * np.log(AREA / edges[-1] + np.exp(-0.5 * edges[-1] ** 2)))))
    return np.array([*edges, 0.0])


EDGES: Final = _edges()
INSIDE: Final = EDGES[1:] / EDGES[:-1]
"""Share of each layer that lies under the bell for certain, shape (LAYERS,)."""


@njit(cache=True, nogil=True)
def mixed(state: Any) -> Any:
    """A well-mixed 64-bit word of a counter (Steele, Lea & Flood 2014, SplitMix64)."""
    word = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@njit(cache=True, nogil=True)
def begin(state: Any, stream: Any, number: Any) -> None:
    """Place a stream at its draw `number`, so that more draws never change the earlier ones."""
    state[0] = mixed(stream + np.uint64(number + 1) * np.uint64(0xD1B54A32D192ED03))


@njit(cache=True, nogil=True)
def _word(state: Any) -> Any:
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    return mixed(state[0])


@njit(cache=True, nogil=True)
def uniform(state: Any) -> Any:
    """The next number in [0, 1) of a stream whose counter is state[0]."""
    return np.float64(_word(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def _tail(state: Any) -> Any:
    """A normal number beyond the last layer (Marsaglia 1964)."""
    while True:
        beyond = -np.log(1.0 - uniform(state)) / TAIL
        height = -np.log(1.0 - uniform(state))
        if 2.0 * height > beyond * beyond:
            return TAIL + beyond


@njit(cache=True, nogil=True)
def normal(state: Any) -> Any:
    """The next standard normal number of a stream.

    Source:
        Marsaglia & Tsang 2000, The Ziggurat Method for Generating Random Variables, J. Stat. Software 5(8); layer and
        place are taken from different bits of a word, as Doornik 2005 (An Improved Ziggurat Method) asks.
    """
    while True:
        word = _word(state)
        layer = np.int64(word & np.uint64(LAYERS - 1))
        place = np.float64(word >> np.uint64(11)) * (2.0 / 9007199254740992.0) - 1.0
        value = place * EDGES[layer]
        if abs(place) < INSIDE[layer]:
            return value
        if layer == 0:
            return _tail(state) if place > 0.0 else -_tail(state)
        below = np.exp(-0.5 * (EDGES[layer] ** 2 - value**2))
        above = np.exp(-0.5 * (EDGES[layer + 1] ** 2 - value**2))
        if below + uniform(state) * (above - below) < 1.0:
            return value
