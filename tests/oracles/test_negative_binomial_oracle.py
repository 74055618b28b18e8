"""Tails and moments of the negative binomial against sums over its probabilities."""

import numpy as np
import pytest
from scipy import stats

from core.clean.negative_binomial import at_least, none_at_all, truncated, truncated_quantile

CASES = [(0.0, 0.3, 0.2), (1.0, 0.3, 0.2), (2.0, 5.0, 0.7), (7.0, 5.0, 3.0), (40.0, 12.0, 0.3), (3.0, 60.0, 20.0)]
UNITS = np.arange(20_000.0)


def summed(sold, mean, size):
    """Probabilities of each number of units, given that demand was at least `sold`."""
    chance = stats.nbinom.pmf(UNITS, size, size / (size + mean)) * (sold <= UNITS)
    return chance / chance.sum()


def arrays(*numbers):
    return tuple(np.array([number]) for number in numbers)


@pytest.mark.parametrize(("sold", "mean", "size"), CASES)
def test_tails_are_sums_of_probabilities(sold, mean, size):
    expected = stats.nbinom.sf(sold - 1, size, size / (size + mean))
    assert at_least(*arrays(sold, mean, size))[0] == pytest.approx(expected, rel=1e-10)
    assert np.exp(-none_at_all(*arrays(mean, size)))[0] == pytest.approx(
        stats.nbinom.pmf(0, size, size / (size + mean))
    )


@pytest.mark.parametrize(("sold", "mean", "size"), CASES)
def test_moments_above_what_was_sold_are_sums_over_the_tail(sold, mean, size):
    chance, told = summed(sold, mean, size), truncated(*arrays(sold, mean, size))
    expected = (chance * UNITS).sum()
    assert told.mean[0] == pytest.approx(expected, rel=1e-9)
    assert told.variance[0] == pytest.approx((chance * (UNITS - expected) ** 2).sum(), rel=1e-7)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize(("sold", "mean", "size"), CASES)
def test_quantiles_are_the_first_units_that_reach_the_level(sold, mean, size, level):
    expected = UNITS[np.searchsorted(np.cumsum(summed(sold, mean, size)), level)]
    assert truncated_quantile(*arrays(sold, mean, size), level)[0] == expected


def test_a_sale_beyond_all_likelihood_is_all_that_is_known():
    told = truncated(*arrays(1e6, 1.0, 5.0))
    assert (told.mean[0], told.variance[0]) == (1e6, 0.0)
