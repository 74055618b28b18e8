"""Kept networks: what may go on from what, and that nothing yet to come is ever learned from."""

from dataclasses import replace

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import StoreError
from core.base.progress import Progress
from core.models import networks_kept
from core.models.library.rnn import Rnn
from core.models.library.seasonal_naive import SeasonalNaive
from core.models.networks_method import UPDATE_ROUNDS, attended, watched
from core.series.panel import from_dense

TINY = {"units": 4, "max_epochs": 4, "windows_per_epoch": 256}
VALUES = np.random.default_rng(2).poisson(5.0, (4, 130)).astype(float)


def daily(values, names=None, **more):
    calendar = regular(Frequency.DAY, "2023-01-02", values.shape[1])
    return from_dense(values, calendar, names or [f"s{i}" for i in range(len(values))], **more)


class Memory:
    """Keeps networks in a list; can play a damaged file."""

    def __init__(self):
        self.networks, self.damaged = [], ()

    def known(self):
        return [network.about for network in reversed(self.networks)]

    def load(self, about):
        if about.known_until in self.damaged:
            raise StoreError("The kept network was changed.")
        return next(network for network in reversed(self.networks) if network.about == about)

    def keep(self, network):
        self.networks.append(network)


def fit(memory, panel, *, seed=1, **settings):
    """The fitted network and the steps told while it learned."""
    steps = []
    method = watched(attended(Rnn(**TINY | settings), memory), Progress(steps.append))
    return method.fit(panel, seed=seed), steps


def test_a_network_that_learned_from_the_same_answers_without_learning():
    memory, panel = Memory(), daily(VALUES)
    first, rounds = fit(memory, panel)
    again, none = fit(memory, panel)
    assert len(rounds) > 0
    assert none == []
    assert np.array_equal(again.mean(7), first.mean(7))


def test_new_periods_update_the_kept_network_in_few_rounds():
    memory = Memory()
    fit(memory, daily(VALUES[:, :120]))
    _later, rounds = fit(memory, daily(VALUES))
    assert [step.partial.of for step in rounds] == [UPDATE_ROUNDS] * UPDATE_ROUNDS
    assert len(memory.networks) == 2


def test_an_update_keeps_what_was_learned_when_learning_more_does_not_help(monkeypatch):
    memory = Memory()
    fit(memory, daily(VALUES[:, :120]))
    worse = iter([1.0, 2.0, 3.0, 4.0])
    monkeypatch.setattr("core.models.networks_training._deviance", lambda *_: next(worse))
    later, _rounds = fit(memory, daily(VALUES))
    assert all(np.array_equal(later.point.weights[n], a) for n, a in memory.networks[0].weights.items())


def test_a_network_that_saw_later_periods_is_never_gone_on_from():
    memory = Memory()
    fit(memory, daily(VALUES))
    early = daily(VALUES[:, :120])
    with_memory, rounds = fit(memory, early)
    alone = Rnn(**TINY).fit(early, seed=1)
    assert rounds[0].partial.of == TINY["max_epochs"]
    assert np.array_equal(with_memory.mean(7), alone.mean(7))


def test_the_network_that_saw_most_of_the_past_is_gone_on_from():
    memory = Memory()
    for end in (115, 120, 112):
        fit(memory, daily(VALUES[:, :end]))
    loaded = []
    memory.load = lambda about: loaded.append(about) or memory.networks[1]
    fit(memory, daily(VALUES))
    assert [about.known_until for about in loaded] == ["2023-05-01"]


def test_a_network_built_otherwise_is_learned_anew():
    memory = Memory()
    fit(memory, daily(VALUES[:, :120]))
    _fitted, rounds = fit(memory, daily(VALUES), identity="series")
    assert rounds[0].partial.of == TINY["max_epochs"]


@pytest.mark.parametrize("otherwise", [{"max_epochs": 6}, {"learning_rate": 0.01}, {"windows_per_epoch": 512}])
def test_a_network_to_be_taught_otherwise_is_learned_anew(otherwise):
    memory, panel = Memory(), daily(VALUES)
    fit(memory, panel)
    with_memory, rounds = fit(memory, panel, **otherwise)
    assert rounds[0].partial.of == otherwise.get("max_epochs", TINY["max_epochs"])
    alone, _rounds = fit(Memory(), panel, **otherwise)
    assert np.array_equal(with_memory.mean(7), alone.mean(7))


def test_another_seed_gives_what_it_gives_without_any_kept_network():
    memory, panel = Memory(), daily(VALUES)
    first, _rounds = fit(memory, panel)
    with_memory, _rounds = fit(memory, panel, seed=2)
    alone, _rounds = fit(Memory(), panel, seed=2)
    assert np.array_equal(with_memory.mean(7), alone.mean(7))
    assert not np.array_equal(with_memory.mean(7), first.mean(7))


def test_columns_of_another_meaning_are_never_read_by_a_kept_network():
    memory, flags = Memory(), (VALUES > 7) * 1.0
    fit(memory, daily(VALUES[:, :120], drivers={"promotion": flags[:, :120]}))
    _fitted, rounds = fit(memory, daily(VALUES, drivers={"price": flags + 1}))
    assert rounds[0].partial.of == TINY["max_epochs"]


def test_a_changed_network_is_refused_in_a_sentence_and_learned_anew():
    memory = Memory()
    first, _rounds = fit(memory, daily(VALUES))
    memory.damaged = [first.history.calendar.periods[-1].astype(str)]
    again, steps = fit(memory, daily(VALUES))
    assert steps[0].detail == "The kept network was changed."
    assert steps[1].partial.of == TINY["max_epochs"]
    assert np.array_equal(again.mean(7), first.mean(7))


def test_where_the_newest_network_was_changed_the_one_before_goes_on():
    memory = Memory()
    fit(memory, daily(VALUES[:, :115]))
    newest, _rounds = fit(memory, daily(VALUES))
    memory.damaged = [memory.networks[-1].about.known_until]
    again, steps = fit(memory, daily(VALUES))
    assert steps[0].detail == "The kept network was changed."
    assert {step.partial.of for step in steps[1:]} == {UPDATE_ROUNDS}
    assert np.array_equal(again.mean(7), newest.mean(7))


def test_names_keep_their_rows_when_new_ones_come():
    memory = Memory()
    fit(memory, daily(VALUES[:, :120], ["b", "d", "e", "f"]), identity="series")
    memory.networks[0].weights["table.0"][1] = 0.25
    later, _rounds = fit(memory, daily(VALUES[[1, 0, 2]], ["a", "b", "c"]), identity="series")
    assert memory.networks[1].names == ("b@main", "d@main", "e@main", "f@main", "a@main", "c@main")
    assert later.point.identity.tolist() == [5, 1, 6]
    assert len(later.point.weights["table.0"]) == 8


def test_anything_learned_from_changes_the_fingerprint():
    promotion = {"promotion": np.zeros_like(VALUES)}
    panel = daily(VALUES, drivers=promotion)
    changed = VALUES.copy()
    changed[3, 50] += 1
    others = [
        daily(changed, drivers=promotion),
        daily(VALUES, list("abcd"), drivers=promotion),
        daily(VALUES, drivers={"promotion": np.eye(4, 130)}),
        daily(VALUES, drivers=promotion, censored=np.eye(4, 130) > 0),
        daily(VALUES),
        replace(panel, attributes={"category": np.array(list("abcd"), dtype=object)}),
    ]
    found = {networks_kept.fingerprint(each) for each in (panel, *others)}
    assert len(found) == 7
    assert networks_kept.fingerprint(daily(VALUES, drivers=promotion)) in found


def test_methods_that_are_no_networks_are_left_alone():
    method = SeasonalNaive()
    assert watched(attended(method, Memory()), Progress()) is method
