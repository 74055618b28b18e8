"""Calendar boosting: what trees add to the calendar regression, and what they leave to it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models import registry
from core.models.calendar_columns import EffectSettings
from core.models.calendar_lessons import teaching_origins, usual_change
from core.models.calendar_regression import learn
from core.models.calendar_rows import CalendarRows
from core.models.calendar_trees import Learners, Lessons, block_of, grow
from core.models.library.calendar_boosting import CalendarBoosting
from core.series.panel import from_dense

N_DAYS, AHEAD = 400, 28


def shop(seed=1):
    """Demand doubles when a promotion meets a pay day, and only then: no sum of effects can say that."""
    rng = np.random.default_rng(seed)
    length = N_DAYS + AHEAD
    promotion = (rng.random((12, length)) < 0.3).astype(float)
    pay = np.broadcast_to((rng.random(length) < 0.3).astype(float), (12, length))
    expected = 40.0 * np.where((promotion > 0) & (pay > 0), 2.0, 1.0)
    drivers = {"promotion": promotion, "event:pay": pay}
    panel = from_dense(
        rng.poisson(expected[:, :N_DAYS]).astype(float),
        regular(Frequency.DAY, "2023-01-02", N_DAYS),
        [f"s{i}" for i in range(12)],
        drivers={name: np.ascontiguousarray(row[:, :N_DAYS]) for name, row in drivers.items()},
        future_drivers={name: row[:, N_DAYS:] for name, row in drivers.items()},
    )
    return panel, expected[:, N_DAYS:]


@cache
def fitted(share=0.67):
    return CalendarBoosting(share=share, rounds=40).fit(shop()[0], seed=1).point


def error(told):
    return float(np.abs(told - shop()[1]).mean())


def test_what_only_happens_together_is_found():
    now = np.array([N_DAYS])
    regression, boosted = (fitted(share).mean_at(now, AHEAD)[0] for share in (0.0, 1.0))
    assert error(boosted) < 0.6 * error(regression)


def test_a_shop_that_sold_nothing_yet_is_expected_to_sell_nothing():
    unsold = from_dense(np.zeros((2, 60)), regular(Frequency.DAY, "2024-01-01", 60), ["a", "b"])
    assert not CalendarBoosting().fit(unsold, seed=1).mean(7).any()


def test_origins_at_which_nothing_had_sold_yet_teach_nothing():
    late = np.where(np.arange(120) < 100, 0.0, 6.0) * np.ones((3, 1))
    shop = from_dense(late, regular(Frequency.DAY, "2024-01-01", 120), list("abc"))
    assert np.isfinite(CalendarBoosting().fit(shop, seed=1).mean(7)).all()


def test_believing_nothing_leaves_the_regression():
    told = fitted(0.0).mean_at(np.array([N_DAYS]), AHEAD)
    alone = learn(shop()[0], EffectSettings(3, drivers=True)).mean_at(np.array([N_DAYS]), AHEAD)
    np.testing.assert_allclose(told, alone)


def test_without_drivers_a_plan_changes_nothing():
    panel, _ = shop()
    none = {name: np.zeros_like(row) for name, row in panel.future_drivers.items()}
    told = [
        CalendarBoosting(drivers=False, rounds=5).fit(each, seed=1).point.mean_at(np.array([N_DAYS]), AHEAD)
        for each in (panel, replace(panel, future_drivers=none))
    ]
    np.testing.assert_array_equal(*told)


@pytest.mark.parametrize("key", ["linear_regression", "calendar_boosting", "last_year_growth"])
def test_a_plan_changes_the_forecast_of_exactly_the_methods_that_say_so(key):
    panel, _ = shop()
    none = {name: np.zeros_like(row) for name, row in panel.future_drivers.items()}
    told = [
        registry.create(key).fit(each, seed=1).point.mean_at(np.array([N_DAYS]), AHEAD)
        for each in (panel, replace(panel, future_drivers=none))
    ]
    assert np.array_equal(*told) != registry.capabilities(key).drivers


def test_far_ahead_the_trees_count_less():
    point = fitted(1.0)
    far = point.mean_at(np.array([300]), 100)[0]
    base = point.stages.mean_at(np.array([300]), 100)[0]
    moved = np.abs(far - base).mean(axis=0)
    assert 0 < moved[70:].mean() < moved[:28].mean()


def test_a_past_origin_is_answered_by_trees_that_have_not_seen_its_outcome():
    point = fitted(1.0)
    block = int(block_of(np.array([300]), N_DAYS, 365.25)[0])
    members = list(point.learners.members)
    others = tuple(member if k == block % 3 else None for k, member in enumerate(members))
    alone = replace(point, learners=Learners(others))
    np.testing.assert_array_equal(alone.mean_at(np.array([300]), AHEAD), point.mean_at(np.array([300]), AHEAD))


def test_learners_leave_out_their_own_blocks():
    rng = np.random.default_rng(2)
    block = np.repeat(np.arange(6), 700)
    features = rng.random((len(block), 2)).astype(np.float32)
    lessons = Lessons(features, (block % 3 == 1).astype(float), np.ones(len(block)), block)
    learners = grow(lessons, 5, seed=1)
    assert learners.miss(features, 1) == pytest.approx(np.zeros(len(block)))
    assert learners.miss(features, 0).mean() > 0.1


def test_blocks_of_one_season_change_hands_from_year_to_year():
    years = np.arange(5) * 365
    assert len(set((block_of(years, 5 * 365, 365.25) % 3).tolist())) == 3


def feast_shop():
    calendar = regular(Frequency.DAY, "2022-01-03", N_DAYS)
    feast = np.zeros((4, N_DAYS + AHEAD))
    feast[:, [60, 410]] = 1.0
    demand = np.random.default_rng(4).poisson(30.0 + 60.0 * feast[:, :N_DAYS]).astype(float)
    return from_dense(
        demand, calendar, list("abcd"), drivers={"event:feast": feast[:, :N_DAYS]},
        future_drivers={"event:feast": feast[:, N_DAYS:]},
    )  # fmt: skip


def test_an_event_that_no_lesson_held_is_left_to_the_regression():
    rows = CalendarRows.of(feast_shop(), AHEAD, drivers=True)
    assert np.flatnonzero(rows.near_unseen_events(200, N_DAYS)).tolist() == [*range(56, 63), *range(406, 413)]
    assert not rows.near_unseen_events(0, N_DAYS).any()
    point = CalendarBoosting(rounds=20, share=1.0).fit(feast_shop(), seed=1).point
    told, base = (each.mean_at(np.array([N_DAYS]), AHEAD)[0] for each in (point, point.stages))
    np.testing.assert_array_equal(told[:, 6:13], base[:, 6:13])
    assert (told[:, 20:] != base[:, 20:]).any()


def test_origins_that_teach_know_their_outcome_and_have_a_past():
    panel, _ = shop()
    origins = teaching_origins(panel, 28)
    assert origins[-1] == N_DAYS - 28
    assert origins[0] >= N_DAYS / 2
    assert set(np.diff(origins).tolist()) == {14}


def test_a_series_that_never_changes_teaches_nothing():
    assert usual_change(np.array([[3.0, 3.0, np.nan], [1.0, 3.0, 1.0]])).tolist() == [np.inf, 2.0]
