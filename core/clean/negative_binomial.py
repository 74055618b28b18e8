"""The negative binomial of unit demand, and what is left of it once we know that at least so much was wanted.

Mean m and size r: variance m + m² / r. Everything is vectorised over cells; y need not be whole, since the regularised
incomplete beta function continues the distribution between whole numbers.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import BoolArray, FloatArray, IntArray

LEAST_CHANCE: Final = 1e-250
"""Below it a tail is beyond what doubles can divide by; the sale itself is then all that is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Truncated:
    """Demand known to be at least what was sold.

    Attributes:
        mean: expected units, never below what was sold, shape (n_cells,).
        variance: units², shape (n_cells,).
    """

    mean: FloatArray
    variance: FloatArray


def at_least(units: FloatArray, mean: FloatArray, size: FloatArray) -> FloatArray:
    """Chance that demand is at least `units`, shape (n_cells,): I(m / (m + r); y, r).

    Source: Johnson, Kemp & Kotz 2005, Univariate Discrete Distributions, section 5.6.

    Example:
        >>> float(at_least(np.array([1.0]), np.array([2.0]), np.array([1.0]))[0])  # geometric: 2 / (2 + 1)
        0.6666666666666666
    """
    # here, since its import takes a sixth of the start of a process
    from scipy.special import betainc

    chance = betainc(np.maximum(units, 1e-9), size, mean / (mean + size))
    return np.asarray(np.where(units <= 0, 1.0, chance))


def none_at_all(mean: FloatArray, size: FloatArray) -> FloatArray:
    """Negative logarithm of the chance that nothing is wanted, ≥ 0: r · ln(1 + m / r)."""
    return np.asarray(size * np.log1p(mean / size))


def truncated(sold: FloatArray, mean: FloatArray, size: FloatArray) -> Truncated:
    """Mean and variance of demand given that it was at least what was sold.

    D · P(D) of size r is m · P of size r + 1 shifted by one, so the moments are ratios of tails and need no sum:
    E[D; D ≥ y] = m · P(D′ ≥ y − 1) and E[D(D − 1); D ≥ y] = m² (1 + 1/r) · P(D″ ≥ y − 2), where D′ and D″ keep the
    ratio m / r and have sizes r + 1 and r + 2.

    Args:
        sold: units sold, shape (n_cells,). [y]
        mean: units, > 0, shape (n_cells,). [m]
        size: > 0, shape (n_cells,). [r]
    """
    tail = at_least(sold, mean, size)
    known = tail > LEAST_CHANCE
    safe = np.where(known, tail, 1.0)
    ratio = mean / size
    first = mean * at_least(sold - 1, mean + ratio, size + 1) / safe
    second = mean * (mean + ratio) * at_least(sold - 2, mean + 2 * ratio, size + 2) / safe
    expected = np.where(known, np.maximum(first, sold), sold)
    return Truncated(expected, np.where(known, np.maximum(second + expected - expected**2, 0.0), 0.0))


def truncated_quantile(sold: FloatArray, mean: FloatArray, size: FloatArray, level: float) -> FloatArray:
    """Smallest whole number of units that demand, known to be at least `sold`, exceeds with chance 1 − level at most.

    Args:
        sold: units sold, shape (n_cells,).
        mean: units, > 0, shape (n_cells,).
        size: > 0, shape (n_cells,).
        level: chance in (0, 1).

    Returns:
        Units, not below `sold`, shape (n_cells,).
    """
    left_over = (1.0 - level) * at_least(sold, mean, size)

    def exceeds(units: FloatArray, cells: IntArray) -> BoolArray:
        """Whether demand goes beyond these units more often than wanted."""
        return np.asarray(at_least(units, mean[cells], size[cells]) > left_over[cells])

    # Doubling first and halving then finds any tail in about as many steps as its length has binary digits.
    low, step = np.ceil(sold), np.ones(len(sold))
    cells = np.arange(len(sold))
    while len(cells):
        cells = cells[exceeds(low[cells] + step[cells], cells)]
        low[cells] += step[cells]
        step[cells] *= 2
    high = low + step
    while len(cells := np.flatnonzero(high - low > 1)):
        middle = np.floor((low[cells] + high[cells]) / 2)
        above = exceeds(middle, cells)
        low[cells[above]], high[cells[~above]] = middle[above], middle[~above]
    return np.maximum(high - 1, sold)
