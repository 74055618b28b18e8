"""The latest few results: made once, found again, and let go in the order they were last asked for."""

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
