"""SKUs that have hardly sold yet: what such SKUs sold afterwards in the past tells more than their own few sales."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import BoolArray, FloatArray, IntArray

FEW: Final = 4
"""Periods with a sale at most, of a SKU that has hardly shown yet how it sells."""
MEMORIES: Final = np.array([np.inf, 12.0, 6.0, 3.0])
"""After how many spans a period counts 1/e of the latest one; the past that predicts best chooses."""
SHAPES: Final = 0.2 * 2.0 ** np.arange(7)
"""How alike SKUs are: shapes of the gamma distribution of how often they sell; the past chooses."""
MOST_OFTEN: Final = 0.5
"""Sales a period at most, of SKUs as they are before any of their own sales is known."""
CASES, ORIGINS, SERIES = 50, 8, 400
"""Past cases needed; past origins and series at each at most."""
UNEVEN: Final = 1.0
"""Variance of log units at most: few sales tell little of the largest ones."""
REPEATS, VARIANCE, LEAST = 10, 0.25, 1e-3
"""Repeated sales from which the variance of log units within a SKU is learned, what it is with fewer, and the least
variance between SKUs."""


@dataclass(frozen=True, slots=True, eq=False)
class Sales:
    """The sales of each series until some moment; all but `count` are 0 for series with none or more than a few.

    Attributes:
        count: periods with a sale, shape (n_series,).
        later: sales after the first one, older ones counting less, shape (n_memories, n_series).
        since: observed periods after the first sale, older ones counting less, shape (n_memories, n_series).
        size: mean log units of a period with a sale, shape (n_series,).
        scatter: sum of squares of log units around it, shape (n_series,).
    """

    count: IntArray
    later: FloatArray
    since: FloatArray
    size: FloatArray
    scatter: FloatArray

    @property
    def few(self) -> BoolArray:
        """Which series sold, but seldom so far, shape (n_series,)."""
        return np.asarray((self.count > 0) & (self.count <= FEW))


@dataclass(frozen=True, slots=True, eq=False)
class Experience:
    """What SKUs with few sales had in common at past origins.

    Attributes:
        memory: row of `MEMORIES`.
        shape: how alike SKUs are, as so many sales known before a SKU's own.
        periods: periods in which those were made.
        size: mean log units of a period with a sale.
        between: variance of log units between SKUs.
        within: variance of log units within a SKU.
    """

    memory: int
    shape: float
    periods: float
    size: float
    between: float
    within: float


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Gamma demand under one gamma level, to be expected of each series; 0 where nothing is said.

    Attributes:
        mean: units per period, shape (n_series,).
        grain: shape of the demand of one period, shape (n_series,).
        level: shape of the level, shape (n_series,).
    """

    mean: FloatArray
    grain: FloatArray
    level: FloatArray


def sales_of(observed: FloatArray, span: int) -> Sales:
    """The few sales of each series.

    The first sale starts the clock and is not counted: that a SKU is known at all is owed to it.

    Args:
        observed: units, NaN = not observed, shape (n_series, n_periods).
        span: periods that memories are measured in.
    """
    count = (observed > 0).sum(axis=1)
    few = np.flatnonzero((count > 0) & (count <= FEW))
    units = observed[few]
    sold = units > 0
    after = np.arange(units.shape[1]) > sold.argmax(axis=1)[:, None]
    logs = np.log(np.where(sold, units, 1.0))
    size = logs.sum(axis=1) / count[few]
    later, since = np.zeros((2, len(MEMORIES), len(observed)))
    age = np.arange(units.shape[1])[::-1]
    for memory, spans in enumerate(MEMORIES):
        weight = np.exp(-age / (spans * span))
        later[memory, few] = ((sold & after) * weight).sum(axis=1)
        since[memory, few] = ((~np.isnan(units) & after) * weight).sum(axis=1)
    return Sales(
        count=count,
        later=later,
        since=since,
        size=_placed(few, size, len(observed)),
        scatter=_placed(few, (np.square(logs - size[:, None]) * sold).sum(axis=1), len(observed)),
    )


def _placed(rows: IntArray, values: FloatArray, n_series: int) -> FloatArray:
    placed = np.zeros(n_series)
    placed[rows] = values
    return placed


def experience(observed: FloatArray, order: IntArray, past: tuple[IntArray, int, int]) -> Experience | None:
    """What the past of all series tells of those with few sales.

    How often SKUs sell is taken as gamma distributed between them, their sales as Poisson; so a SKU that made n sales
    in T periods makes (n + shape) / (T + periods) a period on average. Shape and memory are those under which
    the numbers of sales within a block after past origins were likeliest, with `periods` such that their sum is right.

    Args:
        observed: units, NaN = not observed, shape (n_series, n_periods).
        order: numbers of all series in an order that does not depend on their places, shape (n_series,).
        past: numbers of periods known at past origins, newest first; periods in a block; periods in a span.

    Returns:
        None with fewer than 50 past cases.

    Source:
        Gamma–Poisson: Robbins (1956) and Fader, Hardie & Lee (2005) for the idea, Harvey & Fernandes (1989) for the
        fading memory.
    """
    origins, block, span = past
    pairs = [_cases(observed, order, int(origin), (block, span)) for origin in origins[:ORIGINS]]
    made = np.concatenate([sold for _known, sold in pairs]) if pairs else np.zeros(0)
    if len(made) < CASES:
        return None
    later = np.concatenate([known.later for known, _sold in pairs], axis=1)
    since = np.concatenate([known.since for known, _sold in pairs], axis=1)
    fits = [
        (_periods(shape, later[memory], since[memory], made.mean() / block), shape, memory)
        for memory in range(len(MEMORIES))
        for shape in SHAPES
    ]
    likely = [_likelihood(made, block, shape + later[m], periods + since[m]) for periods, shape, m in fits]
    periods, shape, memory = fits[int(np.argmax(likely))]
    return Experience(memory, float(shape), periods, *_sizes([known for known, _sold in pairs]))


def _cases(observed: FloatArray, order: IntArray, origin: int, ahead: tuple[int, int]) -> tuple[Sales, FloatArray]:
    """What was known of SKUs with few sales at an origin, and in how many of the next periods they sold.

    Args:
        observed: units, NaN = not observed, shape (n_series, n_periods).
        order: numbers of the series, those to be preferred first, shape (n_series,).
        origin: number of periods known.
        ahead: periods in a block and in a span.
    """
    block, span = ahead
    count = (observed[:, :origin] > 0).sum(axis=1)[order]
    few = order[(count > 0) & (count <= FEW)]
    chosen = few[~np.isnan(observed[few, origin : origin + block]).any(axis=1)][:SERIES]
    sold = (observed[chosen, origin : origin + block] > 0).sum(axis=1).astype(np.float64)
    return sales_of(observed[chosen, :origin], span), sold


def _periods(shape: float, later: FloatArray, since: FloatArray, rate: float) -> float:
    """Periods in which `shape` sales were made, such that SKUs sell `rate` a period on average."""
    low, high = np.log(shape / MOST_OFTEN), np.log(shape) + 14.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        expected = ((shape + later) / (np.exp(middle) + since)).mean()
        low, high = (middle, high) if expected > rate else (low, middle)
    return float(np.exp(high))


def _likelihood(sold: FloatArray, block: int, shape: FloatArray, periods: FloatArray) -> float:
    """Mean log likelihood of so many sales in a block, up to what does not depend on the last two (negative binomial).

    Args:
        sold: sales in the block, shape (n_cases,).
        block: periods.
        shape: of the gamma distribution of each case's rate, shape (n_cases,).
        periods: mean rate = shape / periods, shape (n_cases,).
    """
    nth = np.arange(int(sold.max(initial=0.0)))
    rising = np.where(nth < sold[:, None], np.log(shape[:, None] + nth), 0.0).sum(axis=1)
    return float((rising + shape * np.log(periods) - (shape + sold) * np.log(periods + block)).mean())


def _sizes(cases: list[Sales]) -> tuple[float, float, float]:
    """Mean of log units over SKUs, their variance between SKUs and within (method of moments)."""
    count, size = (np.concatenate([getattr(known, name) for known in cases]) for name in ("count", "size"))
    repeats = int((count - 1).sum())
    scatter = float(sum(known.scatter.sum() for known in cases))
    within = scatter / repeats if repeats >= REPEATS else VARIANCE
    return float(size.mean()), max(float(size.var() - (within / count).mean()), LEAST), within


def outlook(known: Sales, learned: Experience | None) -> Outlook:
    """What SKUs with few sales may be expected to sell: how often by gamma–Poisson, how much at a time by lognormal.

    Both of a SKU's own are weighed against those of all such SKUs; what stays unknown of either is in the level.

    Args:
        known: sales of each series until now.
        learned: what such SKUs have in common; None = nothing is said.
    """
    if learned is None:
        return Outlook(*np.zeros((3, len(known.count))))
    sales = learned.shape + known.later[learned.memory]
    often = sales / (learned.periods + known.since[learned.memory])
    apart = np.maximum(known.count, 1) * learned.between
    own = apart / (apart + learned.within)
    unsure, within = np.minimum(learned.between * (1 - own), UNEVEN), min(learned.within, UNEVEN)
    units = np.exp(own * known.size + (1 - own) * learned.size + 0.5 * (unsure + within))
    few = known.few
    return Outlook(
        mean=np.where(few, often * units, 0.0),
        grain=np.where(few, often / np.exp(within), 0.0),
        level=np.where(few, 1.0 / ((1.0 + 1.0 / sales) * np.exp(unsure) - 1.0), 0.0),
    )
