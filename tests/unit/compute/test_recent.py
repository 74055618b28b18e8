"""The latest few results: made once, found again, and let go in the order they were last asked for."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.compute.recent import Recent


def test_a_result_is_made_once():
    made = []
    kept = Recent[int](2)
    for _ in range(3):
        assert kept.get(b"a", lambda: made.append(1) or 7) == 7
    assert made == [1]


def test_the_result_asked_for_longest_ago_is_let_go():
    kept = Recent[str](2)
    kept.get(b"a", lambda: "a")
    kept.get(b"b", lambda: "b")
    kept.get(b"a", lambda: "never")
    kept.get(b"c", lambda: "c")
    assert kept.get(b"a", lambda: "anew") == "a"
    assert kept.get(b"b", lambda: "anew") == "anew"


def test_those_who_ask_while_it_is_made_wait_for_it():
    begun, ended, made, kept = threading.Event(), threading.Event(), [], Recent[int](2)

    def make():
        begun.set()
        assert ended.wait(5)
        made.append(1)
        return 7

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept.get, b"a", make)
        assert begun.wait(5)
        second = pool.submit(kept.get, b"a", make)
        ended.set()
        assert [first.result(5), second.result(5)] == [7, 7]
    assert made == [1]


def test_a_failure_is_not_kept():
    kept = Recent[float](2)
    with pytest.raises(ZeroDivisionError):
        kept.get(b"a", lambda: 1 / 0)
    assert kept.get(b"a", lambda: 7.0) == 7.0
