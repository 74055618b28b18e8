"""Random streams that belong to a SKU and a seed, not to the order of calls."""

import zlib
from collections.abc import Sequence

import numpy as np

from core.base.types import IntArray


def stream(name: str) -> int:
    """A stable 32-bit number for a name, the same in every process."""
    return zlib.crc32(name.encode())


def generator(seed: int, name: str) -> np.random.Generator:
    """The random stream of one name under one seed."""
    return np.random.default_rng([seed, stream(name)])


def streams(names: Sequence[str]) -> IntArray:
    """The stream number of each name, shape (n_names,)."""
    return np.array([stream(name) for name in names], np.int64)
