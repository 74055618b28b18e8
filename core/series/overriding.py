"""Forecasts changed by hand: expected units moved to what a planner says, in proportion, and uncertainty with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.randomness import generator, streams
from core.base.types import AnyArray, BoolArray, FloatArray, IntArray

GRID: Final = 2.0**-22
"""Means are multiples of this: such numbers add up to the same total in any order, up to 2 thousand million units."""
PERCENT: Final = "percent"
UNITS: Final = "units"
SET: Final = "set"
NOTHING_THERE: Final = "nothing is expected"
BELOW_ZERO: Final = "below zero"
NOT_ON_SALE: Final = "not on sale"
HARDLY: Final = 1.0
"""Units over all periods changed below which a series' own past says little of how more of it would sell."""
FURTHEST: Final = 3.0
"""Factor up to which it says enough all the same."""
GOLDEN: Final = 0.6180339887498949
"""Its multiples spread evenly over 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One change wanted.

    Attributes:
        rows: the series, shape (n_rows,).
        columns: the periods, shape (n_columns,).
        kind: "percent", "units" (more or fewer, summed over rows and columns) or "set" (to units, summed likewise).
        value: percent (20 = a fifth more), or units.
        on_sale: share of each period in which the series are on sale, (n_rows, n_columns); None = always.
    """

    rows: IntArray
    columns: IntArray
    kind: str
    value: float
    on_sale: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What one change did.

    Attributes:
        before, after: units of its series per period changed, each of shape (n_columns,).
        problem: why nothing was done: nothing is expected of several series together, of one that is not on sale, or
            less than 0 would be left; "" = it was done.
    """

    before: FloatArray
    after: FloatArray
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """What several changes did, one after the other.

    Attributes:
        means: expected units, multiples of GRID, shape (n_series, horizon).
        steps: one per change.
        factors: by what sample paths are multiplied, 1 where nothing changed, shape (n_series, horizon).
        rates: where paths hold hardly anything that could be multiplied, the mean of Poisson demand in their place,
            NaN elsewhere, shape (n_series, horizon).
    """

    means: FloatArray
    steps: tuple[Step, ...]
    factors: FloatArray
    rates: FloatArray

    @property
    def touched(self) -> BoolArray:
        """Where sample paths change, shape (n_series, horizon)."""
        return np.asarray((self.factors != 1.0) | ~np.isnan(self.rates))

    def take(self, rows: IntArray) -> "Changed":
        """The same of some series; the steps stay those of all."""
        return Changed(self.means[rows], self.steps, self.factors[rows], self.rates[rows])


def changed(
    base: FloatArray, changes: Sequence[Change], keys: Sequence[str], path_means: FloatArray | None = None
) -> Changed:
    """Apply changes in their order, each on what the former ones left.

    Within a change every series and period keeps its share: all are multiplied alike, and the sum is exactly the one
    said. Where former changes left nothing, the shares are those of `base`. A single series of which `base` expects
    nothing either takes its units evenly over the periods on sale.

    Sample paths are multiplied by the same percentage; units move their own expectation, which differs from the mean
    forecast for SKUs that have hardly sold. A series that would sell less than one unit and shall sell more than three
    times as much is drawn anew as Poisson demand, the least uncertainty that counts have: a week in which one unit is
    sold or none does not become one of fifty or none.

    Args:
        base: expected units before any change, ≥ 0, shape (n_series, horizon).
        changes: in the order in which they were made.
        keys: "sku@location" of each series; rounding follows their order, whatever the order of the rows.
        path_means: mean over the sample paths, shape (n_series, horizon); None = factors of percentages only.
    """
    means = _Moved(base, base.copy())
    paths = _Moved(base if path_means is None else path_means, (base if path_means is None else path_means).copy())
    factors, rates = np.ones(base.shape), np.full(base.shape, np.nan)
    names = np.asarray(keys, dtype=str)
    steps = []
    for change in changes:
        block = np.ix_(change.rows[np.argsort(names[change.rows], kind="stable")], change.columns)
        before = means.now[block]
        source, target, problem = means.aim(block, change)
        if not problem:
            means.now[block] = rounded(_even(change) if source is None else source, target)
            _move_paths(paths, (factors, rates), block, (change, means.now[block]))
        steps.append(Step(before.sum(axis=0), means.now[block].sum(axis=0), problem))
    return Changed(means.now, tuple(steps), factors, rates)


Block = tuple[AnyArray, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Moved:
    """Units as they were before all changes, and as they are now; both of shape (n_series, horizon)."""

    base: FloatArray
    now: FloatArray

    def aim(self, block: Block, change: Change) -> tuple[FloatArray | None, float, str]:
        """What is multiplied (None = there is nothing), the sum wanted, and why it cannot be."""
        now, base = self.now[block], self.base[block]
        target = wanted(float(now.sum()), change)
        if target < 0:
            return None, 0.0, BELOW_ZERO
        if now.sum() > 0:
            return now, target, ""
        if change.kind == PERCENT or base.sum() > 0:
            return base, target, "" if base.sum() > 0 else NOTHING_THERE
        if len(now) > 1:
            return None, 0.0, NOTHING_THERE
        return None, target, "" if _even(change).any() else NOT_ON_SALE


def wanted(units: float, change: Change) -> float:
    """The sum a change asks for, where so many units were expected."""
    if change.kind == SET:
        return change.value
    return units + change.value if change.kind == UNITS else units * (1.0 + change.value / 100.0)


def _even(change: Change) -> FloatArray:
    shape = (len(change.rows), len(change.columns))
    return np.ones(shape) if change.on_sale is None else np.asarray(change.on_sale, np.float64)


def rounded(shares: FloatArray, total: float) -> FloatArray:
    """Multiples of GRID in proportion to shares, adding up to a total exactly (to the nearest multiple of GRID).

    Rounding the running sum moves no number by more than one GRID and leaves 0 at 0.

    Args:
        shares: ≥ 0, not all 0, any shape.
        total: ≥ 0.

    Example:
        >>> rounded(np.array([1.0, 0.0, 3.0]), 8.0).tolist()
        [2.0, 0.0, 6.0]
    """
    running = np.cumsum(shares.ravel())
    aim = np.round(total / GRID)
    moved = np.minimum(np.floor(running * (aim / running[-1])), aim)
    moved[running == running[-1]] = aim
    return np.asarray(np.diff(moved, prepend=0.0).reshape(shares.shape) * GRID)


def _move_paths(
    paths: _Moved, result: tuple[FloatArray, FloatArray], block: Block, asked: tuple[Change, FloatArray]
) -> None:
    """Factors and rates that move the paths of a block as a change says; the means after it are in `asked`."""
    factors, rates = result
    change, means = asked
    now, base = paths.now[block], paths.base[block]
    target = max(wanted(float(now.sum()), change), 0.0)
    source = now if now.sum() > 0 else base
    if not source.sum():
        rates[block] = paths.now[block] = means * (target / means.sum()) if means.sum() else 0.0
        return
    factor = target / float(source.sum())
    drawn = ~np.isnan(rates[block]) & (source is now)
    new = drawn | ((source.sum(axis=1, keepdims=True) < HARDLY) & (factor > FURTHEST))
    former = factors[block] if source is now else 1.0
    factors[block] = np.where(new, 1.0, former * factor)
    rates[block] = np.where(new, source * factor, np.nan)
    paths.now[block] = source * factor


def changed_paths(units: AnyArray, moved: Changed, keys: Sequence[str], whole: BoolArray, seed: int) -> FloatArray:
    """Sample paths after changes; paths of whole units stay whole, periods that nothing touches stay as they are.

    Whole units are rounded by the running total over the periods touched, from an offset of its own for each path, so
    that neither totals nor means drift.

    Args:
        units: paths, ≥ 0, shape (n_paths, n_series, horizon).
        moved: factors and rates of these series.
        keys: "sku@location" of each, the names of their random streams.
        whole: which of them count whole units, shape (n_series,).
        seed: of draws where nothing could be multiplied.
    """
    touched = moved.touched
    after = units * np.where(touched, moved.factors, 0.0)
    for row in np.flatnonzero(~np.isnan(moved.rates).all(axis=1)).tolist():
        columns = np.flatnonzero(~np.isnan(moved.rates[row]))
        size = (len(units), len(columns))
        after[:, row, columns] = generator(seed, keys[row]).poisson(moved.rates[row, columns], size)
    numbers = streams(keys)
    for row in np.flatnonzero(whole).tolist():
        turn = (np.arange(1, len(units) + 1) * GOLDEN + numbers[row] * GOLDEN**2) % 1.0
        running = np.floor(np.cumsum(after[:, row], axis=1) + turn[:, None])
        after[:, row, 0] = running[:, 0]
        np.subtract(running[:, 1:], running[:, :-1], out=after[:, row, 1:])
    return np.where(touched, after, units)


def changed_quantiles(
    quantiles: FloatArray,
    means: tuple[FloatArray, FloatArray],
    levels: Sequence[float],
    drawn: BoolArray | None = None,
) -> FloatArray:
    """Quantiles multiplied as their means are; those of Poisson demand where nothing was expected.

    Args:
        quantiles: units, shape (…, n_levels).
        means: before and after, each of shape (…).
        levels: ascending fractions, shape (n_levels,).
        drawn: where paths are drawn anew as Poisson demand, shape (…); None = nowhere.
    """
    before, after = means
    ratio = np.divide(after, before, out=np.ones_like(after), where=(before > 0) & (after != before))
    result = quantiles * ratio[..., None]
    new = (after > 0) & ((before <= 0) | (False if drawn is None else drawn))
    result[new] = poisson_quantiles(after[new], levels)
    return np.asarray(result)


def poisson_quantiles(means: FloatArray, levels: Sequence[float]) -> FloatArray:
    """Smallest units that Poisson demand stays at or below with each probability, shape (n, n_levels).

    Args:
        means: units, > 0, shape (n,).
        levels: fractions.

    Example:
        >>> poisson_quantiles(np.array([3.0]), [0.1, 0.5, 0.9]).tolist()
        [[1.0, 3.0, 5.0]]
    """
    distinct, place = np.unique(means, return_inverse=True)
    found = np.empty((len(distinct), len(levels)))
    for row, mean in enumerate(distinct):
        count = np.arange(int(mean + 10.0 * np.sqrt(mean)) + 20)
        factorials = np.cumsum(np.log(np.maximum(count, 1)))
        below = np.cumsum(np.exp(count * np.log(mean) - mean - factorials))
        found[row] = np.searchsorted(below, levels)
    return found[place]
