"""Pieces of work side by side: each once, in their order, as many as fit, and no more after a failure."""

import threading
from functools import partial

import numba
import numpy as np
import pytest

from core.base import language
from core.compute import pieces as pieces_module
from core.compute.pieces import Stopwatch, gathered, in_turn

pytestmark = pytest.mark.usefixtures("two_threads")
CORES = min(2, numba.config.NUMBA_NUM_THREADS)


def test_every_piece_is_done_once_and_gathered_in_order():
    done = []
    assert gathered([lambda number=number: done.append(number) or number**2 for number in range(40)]) == [
        number**2 for number in range(40)
    ]
    assert sorted(done) == list(range(40))


def test_nothing_to_do_is_done():
    assert list(in_turn([])) == []


def test_every_piece_has_a_size_where_any_has():
    with pytest.raises(ValueError, match="shorter"):
        list(in_turn([list, list], [0.5]))


def most_at_once(sizes: list[float]) -> int:
    """How many pieces were at work at a time at most."""
    turn, at_work, most = threading.Lock(), set(), []

    def piece(number):
        with turn:
            at_work.add(number)
            most.append(len(at_work))
        np.ones(200_000).cumsum()
        with turn:
            at_work.remove(number)

    list(in_turn([partial(piece, number) for number in range(len(sizes))], sizes))
    assert len(most) == len(sizes)
    return max(most)


def test_no_more_are_at_work_than_there_are_cores_or_room():
    assert most_at_once([0.0] * 20) <= CORES
    assert most_at_once([0.6] * 8) == 1
    assert most_at_once([5.0] * 4) == 1


@pytest.mark.skipif(CORES < 2, reason="one core does one thing at a time")
def test_a_small_piece_goes_before_a_large_one_that_does_not_fit():
    small_began = threading.Event()
    pieces = [lambda: small_began.wait(10), small_began.is_set, lambda: small_began.set() is None]
    assert list(in_turn(pieces, [0.9, 0.9, 0.05])) == [True] * 3


def test_after_a_failure_nothing_more_begins():
    begun, never = [], threading.Event()

    def piece(number):
        begun.append(number)
        if number == 0:
            raise ValueError("piece 0")
        # on a busy machine the caller may hear of the failure later than 200 pieces that do nothing take
        never.wait(0.01)

    with pytest.raises(ValueError, match="piece 0"):
        list(in_turn([partial(piece, number) for number in range(200)]))
    assert len(begun) < 200


def test_pieces_speak_the_language_of_the_caller():
    before = language.current()
    language.use("zh_CN")
    try:
        assert gathered([language.current, language.current]) == ["zh_CN"] * 2
    finally:
        language.use(before)


def test_time_in_which_none_is_at_work_does_not_count(monkeypatch):
    now = iter([100.0, 103.0, 110.0, 111.5, 112.0])
    monkeypatch.setattr(pieces_module.time, "perf_counter", lambda: next(now))
    watch = Stopwatch()
    with watch.at_work(), watch.at_work():
        pass
    with watch.at_work():
        assert watch.seconds() == 4.5
    assert watch.seconds() == 5.0
