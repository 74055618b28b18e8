"""The search over a method's settings."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import ParameterError
from core.base.parameters import ParameterInfo
from core.evaluate import tuning
from core.evaluate.folds import Plan
from core.evaluate.tuning import Trial, grid, search, values_of
from core.models import registry
from core.series.panel import from_dense

PLAN = Plan(7, 2)


@pytest.fixture(scope="module")
def stepped():
    """Demand that jumps every three weeks: a short memory is best."""
    rng = np.random.default_rng(1)
    level = np.repeat(rng.choice([5.0, 60.0], (6, 10)), 21, axis=1)
    values = rng.poisson(level).astype(float)
    return from_dense(values, regular(Frequency.DAY, "2024-01-01", 210), [f"S{number}" for number in range(6)])


def test_choices_switches_and_numbers_are_tried_default_first():
    assert values_of(ParameterInfo("a", "A", "b", choices=("a", "b"))) == ("b", "a")
    assert values_of(ParameterInfo("a", "A", default=True)) == (True, False)
    assert values_of(ParameterInfo("a", "A", 3, low=0, high=6)) == (3, 0, 2, 4, 6)
    assert values_of(ParameterInfo("a", "A", 0, low=0, high=730)) == (0, 1, 9, 81, 730)
    assert values_of(ParameterInfo("a", "A", "text")) == ("text",)


def test_the_grid_begins_with_the_defaults_and_never_repeats():
    infos = [ParameterInfo("x", "X", 0.0, low=0.0, high=1.0), ParameterInfo("y", "Y", default=True)]
    found = grid(infos)
    assert found[0] == {}
    assert len(found) == 4 * 2
    assert found[1:5].count({"y": False}) == 1  # one change at a time comes first


def test_a_large_grid_is_sampled_but_every_single_change_is_in():
    infos = [ParameterInfo(name, name, 0.5, low=0.0, high=1.0) for name in "abcdefgh"]
    found = grid(infos)
    assert len(found) == tuning.MOST_TRIED
    assert sum(len(values) == 1 for values in found) == 8 * 4
    assert found == grid(infos)


def test_every_setting_of_the_registry_can_be_tried():
    for key in registry.keys():  # noqa: SIM118 - the registry is a module
        for values in grid(registry.settings(key)):
            registry.create(key, values)


def test_a_memory_that_fits_the_data_is_found(stepped):
    found = search("moving_average", stepped, PLAN, 30.0)
    assert found.complete
    assert found.best.error < found.default.error or found.best.values == {}
    assert found.best.error == min(trial.error for trial in found.trials) or found.best.values == {}
    again = search("moving_average", stepped, PLAN, 30.0)
    assert again == found


def test_settings_that_gain_next_to_nothing_leave_the_defaults():
    trials = {0: Trial({}, 1.0, 1), 1: Trial({"x": 1}, 0.9995, 1)}
    assert tuning._decided(trials, complete=True, seconds=0.0).best.values == {}
    assert tuning._decided(trials | {1: Trial({"x": 1}, 0.9, 1)}, complete=True, seconds=0.0).best.values == {"x": 1}


def test_when_time_is_up_the_defaults_were_still_tried(stepped):
    found = search("ses", stepped, PLAN, 0.0)
    assert not found.complete
    assert [trial.values for trial in found.trials] == [{}]


def test_better_on_few_series_is_not_enough(stepped, monkeypatch):
    monkeypatch.setattr(tuning, "FIRST_SERIES", 2)
    found = search("moving_average", stepped, PLAN, 30.0)
    assert found.default.rounds == found.best.rounds == 2
    assert min(trial.rounds for trial in found.trials) == 1


def test_the_search_measures_what_the_leaderboard_does(stepped):
    from core.evaluate.backtest import backtest
    from core.evaluate.metrics import scores

    found = search("ses", stepped, PLAN, 30.0)
    assert found.default.error == pytest.approx(scores(backtest(registry.create("ses"), stepped, PLAN)).rmsse)


def test_a_method_without_settings_is_refused(stepped):
    with pytest.raises(ParameterError, match="has no settings"):
        search("tsb", stepped, PLAN, 1.0)
