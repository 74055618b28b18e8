"""Regressions of earlier dates: which one is asked, what it knew, and who shares it."""

from dataclasses import replace

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.calendar_columns import EffectSettings
from core.models.calendar_lessons import lesson_horizon, teaching_origins
from core.models.calendar_regression import learn
from core.models.calendar_stages import Stages, settled_from, stages_of
from core.models.library.calendar_boosting import CalendarBoosting
from core.models.library.linear_regression import LinearRegression
from core.models.sampling import looked_back
from core.series.panel import from_dense

SETTINGS = EffectSettings(1, drivers=True)
N_WEEKS, CHANGED = 150, 90


def weekly(values, n_known=N_WEEKS):
    shown = np.asarray(values, float)[:, :n_known]
    return from_dense(shown, regular(Frequency.WEEK, "2021-01-04", n_known), [f"s{i}" for i in range(len(shown))])


def demand(seed=1):
    wave = np.exp(0.6 * np.sin(2 * np.pi * np.arange(N_WEEKS) / 52))
    return np.random.default_rng(seed).poisson(20 * wave, (4, N_WEEKS)).astype(float)


def test_an_origin_is_answered_by_the_regression_of_its_time():
    panel = weekly(demand())
    stages = Stages.of(panel, 75, SETTINGS)
    early = replace(learn(panel.until(int(stages.known[1])), SETTINGS), history=panel)
    assert stages.known.tolist() == [65, 75, 112, N_WEEKS]
    np.testing.assert_array_equal(stages.mean_at(np.array([75, 111]), 5), early.mean_at(np.array([75, 111]), 5))


def test_now_is_answered_by_all_that_is_known():
    panel = weekly(demand())
    told = Stages.of(panel, 75, SETTINGS).mean_at(np.array([N_WEEKS]), 8)
    np.testing.assert_array_equal(told, learn(panel, SETTINGS).mean_at(np.array([N_WEEKS]), 8))


def test_the_regression_of_an_origin_reads_discounts_as_it_learned_them():
    rng = np.random.default_rng(4)
    discount = np.where(rng.random((3, 300)) < 0.15, 20.0, 0.0)
    discount[:, 250:] *= 3
    sold = rng.poisson(20 * np.exp(0.03 * discount)).astype(float)
    calendar = regular(Frequency.DAY, "2024-01-01", 300)
    panel = from_dense(sold, calendar, ["a", "b", "c"], drivers={"promotion": discount})
    told = Stages.of(panel, 150, SETTINGS).said_at(np.array([150]), 20)
    np.testing.assert_allclose(told, learn(panel.until(150), SETTINGS).mean_at(np.array([150]), 20))


def test_a_day_is_forecast_closed_only_once_its_event_was_closed_twice():
    sold, feast = np.full((2, 200), 30.0), np.zeros((2, 200))
    feast[:, [60, 120, 180]], sold[:, [60, 120, 180]] = 1.0, 0.0
    panel = from_dense(sold, regular(Frequency.DAY, "2024-01-01", 200), ["a", "b"], drivers={"event:feast": feast})
    second, third = Stages.of(panel, 100, SETTINGS).said_at(np.array([119, 179]), 2)[:, :, 1]
    assert (second > 20).all()
    assert not third.any()


def test_before_a_year_is_known_errors_tell_nothing_but_may_teach():
    stages = Stages.of(weekly(demand(), 90), 45, SETTINGS)
    told, taught = (ask(np.array([44, 45, 53, 54]), 8) for ask in (stages.mean_at, stages.said_at))
    assert np.isnan(told).all(axis=(1, 2)).tolist() == [True, True, True, False]
    assert np.isnan(taught).all(axis=(1, 2)).tolist() == [True, False, False, False]
    np.testing.assert_array_equal(told[3], taught[3])


@pytest.mark.parametrize(
    ("n_known", "first", "known"),
    [(9, 4, [3, 4, 9]), (40, 13, [13, 40]), (90, 45, [45, 54, 90]), (300, 160, [100, 160, 207, 253, 300])],
)
def test_a_stage_knows_a_third_or_a_year_and_the_others_are_a_year_apart(n_known, first, known):
    panel = weekly(np.ones((1, n_known)), n_known)
    assert stages_of(panel, first, settled_from(panel)).tolist() == known


def test_methods_that_ask_the_same_learn_the_past_once(monkeypatch):
    panel, asked = weekly(demand()), []
    monkeypatch.setattr("core.models.calendar_stages.learn", lambda *given: asked.append(given) or learn(*given))
    LinearRegression().fit(panel, seed=1)
    past = [history.n_periods for history, _settings in asked if history is not panel]
    CalendarBoosting(rounds=2).fit(panel, seed=1)
    first = int(teaching_origins(panel, lesson_horizon(panel))[0])
    assert past == stages_of(panel, first, settled_from(panel))[:-1].tolist()
    assert [history.n_periods for history, _settings in asked if history is not panel] == past


def test_a_longer_history_rolls_all_stages():
    values = demand()
    known, longer = weekly(values, 120), weekly(values)
    stages = replace(Stages.of(known, 60, SETTINGS), history=longer)
    now = replace(learn(known, SETTINGS), history=longer)
    np.testing.assert_array_equal(stages.mean_at(np.array([140]), 6), now.mean_at(np.array([140]), 6))


def test_past_errors_of_noise_are_as_large_as_those_to_come():
    noise = np.random.default_rng(7).lognormal(3.0, 0.5, (60, 68))
    known = weekly(noise, 60)
    seen, now = looked_back(LinearRegression().fit(known, seed=1).point, known, 8)
    past, ahead = np.square(seen.errors).mean(), np.square(noise[:, 60:] - now).mean()
    assert past > 0.9 * ahead
