"""What is kept: each result made once whoever asks, only the latest few, and beside a panel no longer than it lives."""

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.series.kept import Beside, Parts, Recent
from core.series.panel import from_dense


class Result:
    """Something that can be referred to weakly."""


class Slowly:
    """Makes a result only once it is told to go on."""

    def __init__(self, *, failing: int = 0) -> None:
        self.begun, self.go_on, self.made, self._failing = threading.Event(), threading.Event(), [], failing

    def __call__(self) -> Result:
        self.begun.set()
        assert self.go_on.wait(5)
        self.made.append(Result())
        if len(self.made) <= self._failing:
            raise ZeroDivisionError
        return self.made[-1]


def panel(n_periods=20):
    return from_dense(np.ones((2, n_periods)), regular(Frequency.DAY, "2024-01-01", n_periods), ["a", "b"])


@pytest.fixture
def arrived(monkeypatch):
    """Counts the threads that have found out where their result is made."""
    count, place = threading.Semaphore(0), Recent._place

    def noted(kept, key):
        found = place(kept, key)
        count.release()
        return found

    monkeypatch.setattr(Recent, "_place", noted)
    return count


def asked_at_once(ask, make: Slowly, arrived: threading.Semaphore, n_threads: int = 4):
    """What threads get that ask while the first of them makes the result."""
    with ThreadPoolExecutor(n_threads) as pool:
        waiting = [pool.submit(ask, make)]
        assert make.begun.wait(5)
        waiting += [pool.submit(ask, make) for _ in range(n_threads - 1)]
        assert all(arrived.acquire(timeout=5) for _ in range(n_threads))
        make.go_on.set()
    return waiting


def test_a_result_is_made_once():
    kept = Recent(2)
    first = kept.get("a", Result)
    assert kept.get("a", Result) is first
    assert kept.known("a") is first


def test_the_result_asked_for_longest_ago_is_let_go():
    kept = Recent(2)
    first, second = kept.get("a", Result), kept.get("b", Result)
    assert kept.get("a", Result) is first
    kept.get("c", Result)
    assert kept.get("a", Result) is first
    assert kept.known("b") is None
    assert kept.get("b", Result) is not second


@pytest.mark.parametrize("most", [0, 2])
def test_those_who_ask_while_it_is_made_wait_for_it(most, arrived):
    kept, make = Recent(most), Slowly()
    found = [each.result(5) for each in asked_at_once(partial(kept.get, "a"), make, arrived)]
    assert len(make.made) == 1
    assert all(each is make.made[0] for each in found)


def test_what_is_being_made_is_shared_though_others_came_since(arrived):
    kept, make = Recent(1), Slowly()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept.get, "a", make)
        assert make.begun.wait(5)
        kept.get("b", Result)
        second = pool.submit(kept.get, "a", make)
        assert all(arrived.acquire(timeout=5) for _ in "aba")
        make.go_on.set()
        assert first.result(5) is second.result(5)
    assert len(make.made) == 1


def test_a_failure_is_not_kept():
    kept = Recent(2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 / 0)
    assert kept.known("a") is None
    assert kept.get("a", lambda: 7.0) == 7.0


def test_those_who_waited_for_a_failure_try_themselves(arrived):
    kept, make = Recent(2), Slowly(failing=1)
    first, *others = asked_at_once(partial(kept.get, "a"), make, arrived)
    assert isinstance(first.exception(5), ZeroDivisionError)
    assert {each.result(5) for each in others} == {make.made[1]}


def test_many_threads_and_few_places_agree():
    kept, made = Recent(3), []

    def ask(number: int) -> bool:
        key = number % 7
        return kept.get(key, lambda: made.append(key) or key) == key

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(2_000)))
    assert sum(kept.known(key) is not None for key in range(7)) == 3


def test_a_panel_has_one_result_the_latest():
    shop, kept = panel(), Beside()
    first = kept.get(shop, "key", Result)
    assert kept.get(shop, "key", Result) is first
    assert kept.known(shop, "key") is first
    assert kept.get(panel(), "key", Result) is not first
    assert kept.get(shop, "other", Result) is not first
    assert kept.known(shop, "key") is None


@pytest.mark.parametrize("most", [39, 40])
def test_threads_that_ask_for_the_same_of_a_panel_share_it_however_large_it_is(most, arrived):
    shop, kept, make = panel(), Beside(most), Slowly()
    found = [each.result(5) for each in asked_at_once(partial(kept.get, shop, "key"), make, arrived)]
    assert len(make.made) == 1
    assert all(each is make.made[0] for each in found)


def test_of_large_panels_nothing_is_kept():
    shop, kept = panel(), Beside(most=39)
    result = weakref.ref(kept.get(shop, "key", Result))
    gc.collect()
    assert kept.known(shop, "key") is None
    assert result() is None


def test_a_result_goes_with_its_panel():
    shop, kept = panel(), Beside()
    result = weakref.ref(kept.get(shop, "key", Result))
    del shop
    gc.collect()
    assert result() is None


def test_a_part_of_a_panel_is_there_once_while_somebody_holds_it():
    parts, whole, chosen = Parts(), panel(), np.array([False, True])
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _n: parts.of(whole, chosen, drivers=True), range(4)))
    assert all(each is found[0] for each in found)
    assert found[0].skus.tolist() == ["b"]
    gone = weakref.ref(found.pop())
    found.clear()
    gc.collect()
    assert gone() is None
    assert parts.of(whole, np.array([True, True]), drivers=True) is whole


def test_a_part_of_a_panel_may_go_without_drivers():
    whole = replace(panel(), drivers={"price": np.ones(40)}, future_drivers={"price": np.ones((2, 5))})
    parts, chosen = Parts(), np.array([True, False])
    full, bare = (parts.of(whole, chosen, drivers=drivers) for drivers in (True, False))
    assert (list(full.drivers), list(full.future_drivers)) == (["price"], ["price"])
    assert (bare.drivers, bare.future_drivers) == ({}, {})
    np.testing.assert_array_equal(bare.values, full.values)
