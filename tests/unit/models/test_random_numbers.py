"""The supply of normal numbers against the normal distribution, and words that depend on stream, number and use."""

import numpy as np
import pytest
from scipy import stats

from core.models.kernels.random_numbers import GAMMAS, OCTAVES, SUPPLY, place, share, supply, word

NUMBERS = supply(28).normals[:SUPPLY]


def test_the_supply_has_the_moments_of_the_normal_distribution():
    numbers = NUMBERS.astype(float)
    np.testing.assert_allclose([numbers.mean(), numbers.var()], [0.0, 1.0], atol=1e-3)
    np.testing.assert_allclose([stats.skew(numbers), stats.kurtosis(numbers)], [0.0, 0.0], atol=0.01)


def test_the_supply_is_normal_everywhere():
    assert stats.kstest(NUMBERS, "norm").pvalue > 0.01


@pytest.mark.parametrize("lag", [1, 2, 7, 28])
def test_neighbours_in_the_supply_do_not_depend_on_each_other(lag):
    numbers = NUMBERS.astype(float)
    assert abs(np.corrcoef(numbers[:-lag], numbers[lag:])[0, 1]) < 4 / np.sqrt(SUPPLY)


def test_the_supply_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        supply(28).normals[0] = 1.0


def test_a_run_from_the_last_place_goes_on_from_the_first():
    given = supply(28)
    np.testing.assert_array_equal(given.normals[SUPPLY : SUPPLY + 28], given.normals[:28])


def test_sums_of_normals_are_those_before_each():
    given, first = supply(28), SUPPLY - 5
    sums = np.cumsum(given.normals[first : first + 27], dtype=float)
    np.testing.assert_allclose(given.before[first + 1 : first + 28] - given.before[first], sums, atol=1e-4)


@pytest.mark.parametrize("octave", [-6, 0, 2])
def test_gamma_numbers_have_the_mean_and_the_variance_of_their_shape(octave):
    numbers = supply(28).gammas[octave - OCTAVES[0], :GAMMAS].astype(float)
    np.testing.assert_allclose([numbers.mean(), numbers.var()], [1.0, 2.0**-octave], rtol=0.1)


def test_words_are_evenly_spread_and_differ_by_stream_number_and_use():
    words = [np.uint64(word(np.uint64(s), n, u)) for s in (77, 78) for n in range(200) for u in range(5)]
    assert len(set(words)) == len(words)
    assert stats.kstest([share(each) for each in words], "uniform").pvalue > 0.01
    assert len({place(each) for each in words}) > 0.95 * len(words)


def test_a_word_does_not_depend_on_which_were_asked_before():
    first = word(np.uint64(77), 9, 2)
    word(np.uint64(77), 3, 0)
    assert word(np.uint64(77), 9, 2) == first
