"""What the past teaches about SKUs with few sales, against a slow search with scipy's negative binomial."""

import numpy as np
from scipy.optimize import brentq
from scipy.stats import nbinom

from core.models import seldom

SPAN, WEEKS = 8, 72
ORIGINS = np.array([64, 56, 48, 40, 32])


def shop():
    rng = np.random.default_rng(4)
    rates = rng.gamma(0.8, 0.05, (300, 1)) * np.exp(rng.normal(0, 0.6, (300, 6))).repeat(WEEKS // 6, axis=1)
    return rng.poisson(rates).astype(float)


def cases(units, decay):
    """Sales and periods after the first sale, and sales in the next block, one SKU at one origin after the other."""
    for origin in ORIGINS:
        for row in units:
            sold = np.flatnonzero(row[:origin] > 0)
            if 1 <= len(sold) <= seldom.FEW:
                later = sum(decay ** (origin - 1 - t) for t in sold[1:])
                since = sum(decay ** (origin - 1 - t) for t in range(sold[0] + 1, origin))
                yield later, since, (row[origin : origin + SPAN] > 0).sum()


def slow(units):
    best = (-np.inf,)
    for memory, spans in enumerate(seldom.MEMORIES):
        later, since, made = np.array(list(cases(units, np.exp(-1 / (spans * SPAN))))).T
        for shape in seldom.SHAPES:

            def gap(log_periods, shape=shape, later=later, since=since, made=made):
                return ((shape + later) / (np.exp(log_periods) + since)).mean() - made.mean() / SPAN

            periods = np.exp(brentq(gap, np.log(shape / seldom.MOST_OFTEN), np.log(shape) + 14))
            known = periods + since
            likely = nbinom.logpmf(made, shape + later, known / (known + SPAN)).mean()
            best = max(best, (likely, memory, shape, periods))
    return best[1:]


def test_shape_memory_and_periods_are_those_of_a_slow_search():
    units = shop()
    learned = seldom.experience(units, np.arange(300), (ORIGINS, SPAN, SPAN))
    memory, shape, periods = slow(units)
    assert (learned.memory, learned.shape) == (memory, shape)
    np.testing.assert_allclose(learned.periods, periods, rtol=1e-6)
