"""Croston, SBA, TSB, ADIDA and IMAPA against their papers' rules, one series and one period at a time."""

import numpy as np
import pytest

from core.models.kernels import intermittent
from core.models.library.sba import SyntetosBoylanLevel

RNG = np.random.default_rng(8)
DEMAND = np.where(RNG.random((12, 60)) < 0.35, RNG.integers(1, 9, (12, 60)), 0).astype(float)
DEMAND[0, :20] = np.nan
DEMAND[1, 30:35] = np.nan
DEMAND[:, 59] = 2.0


def croston_levels(values, alpha):
    size, interval, since, levels, errors, rate = None, None, 0, [np.nan], [], None
    for value in values:
        if not np.isnan(value):
            since += 1
            if rate is not None:
                errors.append((value - rate) ** 2)
            if value > 0:
                size = value if size is None else alpha * value + (1 - alpha) * size
                interval = since if interval is None else alpha * since + (1 - alpha) * interval
                since = 0
            rate = 0.0 if size is None else size / interval
        levels.append(np.nan if rate is None else rate)
    return levels, np.mean(errors)


def test_croston_is_size_over_interval_with_the_weight_of_the_smallest_squared_error():
    levels, weights = intermittent.croston(DEMAND)
    for i, values in enumerate(DEMAND):
        tried = [croston_levels(values, alpha) for alpha in intermittent.WEIGHTS]
        best = int(np.argmin([error for _levels, error in tried]))
        assert weights[i] == intermittent.WEIGHTS[best]
        np.testing.assert_allclose(levels[i], tried[best][0])


def test_the_approximation_lowers_croston_by_half_its_weight():
    levels, weights = intermittent.croston(DEMAND)
    origins = np.array([60, 41])
    np.testing.assert_allclose(
        SyntetosBoylanLevel().after(DEMAND, origins), ((1 - weights / 2)[:, None] * levels[:, origins]).T
    )


def tsb_levels(values, alpha, beta):
    chance, size, number, levels, errors = 0.0, None, 0, [np.nan], []
    for value in values:
        if not np.isnan(value):
            if number:
                errors.append((value - chance * (size or 0.0)) ** 2)
            number += 1
            gain = max(alpha, 1 / number)
            chance = gain * (value > 0) + (1 - gain) * chance
            if value > 0:
                size = value if size is None else beta * value + (1 - beta) * size
        levels.append(chance * (size or 0.0) if number else np.nan)
    return levels, np.mean(errors)


def test_tsb_is_probability_times_size_with_both_weights_chosen():
    found = intermittent.tsb(DEMAND)
    for i, values in enumerate(DEMAND):
        tried = [tsb_levels(values, a, b) for a in intermittent.WEIGHTS for b in intermittent.WEIGHTS]
        np.testing.assert_allclose(found[i], tried[int(np.argmin([error for _levels, error in tried]))][0])


def test_an_item_that_stops_selling_fades_out_under_tsb_but_not_under_croston():
    stopped = np.concatenate([np.tile([3.0, 0.0], 30), np.zeros(60)])[None, :]
    assert intermittent.tsb(stopped)[0, -1] < 0.5 * intermittent.tsb(stopped)[0, 60]
    assert intermittent.croston(stopped)[0][0, -1] == intermittent.croston(stopped)[0][0, 60]


def of_blocks(known, width):
    blocks = np.array(known[len(known) % width :]).reshape(-1, width).sum(axis=1)
    tried = []
    for alpha in intermittent.BLOCK_WEIGHTS:
        level, error = 0.0, 0.0
        for b, total in enumerate(blocks):
            error += (total - level) ** 2 if b else 0.0
            level += max(alpha, 1 / (b + 1)) * (total - level)
        tried.append((error, level / width))
    return min(tried, key=lambda each: each[0])[1]


@pytest.mark.parametrize("every", [False, True])
def test_aggregation_smooths_sums_over_blocks_as_long_as_the_mean_interval(every):
    origins = np.array([60, 37])
    found = intermittent.aggregated(DEMAND, origins, every=every)
    for o, origin in enumerate(origins):
        for i, values in enumerate(DEMAND):
            known = [value for value in values[:origin] if not np.isnan(value)]
            width = max(min(round(len(known) / max(np.count_nonzero(known), 1)), 12, len(known) // 2), 1)
            widths = range(1, width + 1) if every else [width]
            assert found[o, i] == pytest.approx(np.mean([of_blocks(known, each) for each in widths]))


def test_nothing_is_known_before_the_first_observation():
    assert np.isnan(intermittent.aggregated(DEMAND, np.array([10]), every=True)[0, 0])
    assert np.isnan(intermittent.tsb(DEMAND)[0, :21]).all()
