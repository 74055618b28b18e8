"""Kernels on plain threads: every item once, errors heard, and safe when several callers come at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import numba
import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.compute.threads import over_slices, sharing_cores
from core.models.library.simple_exponential_smoothing import SimpleExponentialSmoothing
from core.series.panel import from_dense
from core.simulate.simulation import settings_of, statistics_of
from tests.supply import case, poisson_paths, stock, terms

pytestmark = pytest.mark.usefixtures("two_threads")
CALLERS = 8


def test_every_item_is_visited_once():
    visited = np.zeros(1000, int)

    def kernel(begin, end, out):
        out[begin:end] += 1

    over_slices(kernel, 1000, visited)
    np.testing.assert_array_equal(visited, 1)


def test_nothing_to_do_is_done():
    over_slices(np.arange, 0)


def test_an_error_in_one_slice_is_raised_after_all_have_ended():
    ended = []

    def kernel(begin, end):
        if begin == 0:
            raise ValueError("first slice")
        ended.append(end - begin)

    with pytest.raises(ValueError, match="first slice"):
        over_slices(kernel, 64)
    assert sum(ended) in (0, 60)


def at_once(work):
    with ThreadPoolExecutor(CALLERS) as pool:
        return [future.result() for future in [pool.submit(work) for _ in range(CALLERS)]]


def test_paths_drawn_by_eight_callers_at_once_are_those_drawn_by_one():
    values = np.random.default_rng(1).poisson(5.0, (40, 80)).astype(float)
    panel = from_dense(values, regular(Frequency.WEEK, "2022-01-03", 80), [f"s{i}" for i in range(40)])

    def draw():
        fitted = SimpleExponentialSmoothing().fit(panel, seed=1)
        return fitted.simulate(8, 60, np.random.default_rng(3)).units.tobytes()

    alone = draw()
    assert at_once(draw) == [alone] * CALLERS


def test_simulations_of_eight_callers_at_once_are_those_of_one():
    demand = poisson_paths(3.0, 200, 60, 91)
    played = case(demand, terms=terms(60, lead_time_days=14.0, review_period_days=7.0), opening=stock(60, on_hand=50.0))
    settings = settings_of(played)

    def simulate():
        return statistics_of(played, settings).tobytes()

    alone = simulate()
    assert at_once(simulate) == [alone] * CALLERS


def test_kernels_of_work_side_by_side_use_an_equal_share_of_the_cores():
    def slices():
        begun = []
        over_slices(lambda begin, _end: begun.append(begin), 64)
        return len(begun)

    alone = slices()
    with sharing_cores():
        assert slices() == alone
    with ExitStack() as side_by_side:
        for _each in range(numba.get_num_threads()):
            side_by_side.enter_context(sharing_cores())
        assert slices() == 1
    assert slices() == alone
