"""What is known at each origin: windows, gaps, and parameters that stay."""

from dataclasses import replace

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import InsufficientHistoryError, ParameterError
from core.evaluate.backtest import Plan, backtest, size_of
from core.evaluate.folds import ground_of, known_at, rolling_origins, since
from core.models import registry
from core.models.level import LevelPoint
from core.series.panel import from_dense

ROLLING = ("naive", "seasonal_naive", "moving_average", "ses", "ets", "optimised_theta", "tsb", "imapa")


def panel_of(values):
    values = np.asarray(values, float)
    skus = [f"S{number}" for number in range(len(values))]
    return from_dense(values, regular(Frequency.DAY, "2024-01-01", values.shape[1]), skus)


@pytest.fixture(scope="module")
def panel():
    rng = np.random.default_rng(7)
    values = rng.poisson(np.array([[3.0], [12.0], [30.0]]), (3, 140)).astype(float)
    values[2, :60] = np.nan
    return panel_of(values)


def test_a_gap_lies_between_what_is_known_and_what_is_forecast(panel):
    plan = Plan(7, 2, gap=5)
    ground = ground_of(panel, plan)
    assert ground.origins.tolist() == [121, 128]
    np.testing.assert_array_equal(ground.periods[0], panel.calendar.periods[126:133])
    np.testing.assert_array_equal(ground.actual[1], panel.observed()[:, 133:140])


def test_behind_a_gap_the_later_steps_of_the_forecast_are_judged(panel):
    held = backtest(registry.create("seasonal_naive"), panel, Plan(7, 1, gap=7))
    np.testing.assert_array_equal(held.mean[0], panel.observed()[:, 119:126])


def test_a_window_forgets_what_lies_before_it(panel):
    known = known_at(panel, np.array([100, 120]), 1, Plan(7, 2, window=30))
    assert known.n_periods == 30
    np.testing.assert_array_equal(known.observed(), panel.observed()[:, 90:120])
    assert known.calendar.periods[0] == panel.calendar.periods[90]


def test_cutting_the_beginning_keeps_later_starts_and_drivers():
    values = np.array([[1.0, 2.0, 3.0, 4.0], [np.nan, np.nan, np.nan, 5.0]])
    panel = from_dense(values, regular(Frequency.DAY, "2024-01-01", 4), ["A", "B"], drivers={"price": values * 10})
    cut = since(panel, 2)
    assert cut.lengths.tolist() == [2, 1]
    assert cut.values.tolist() == [3.0, 4.0, 5.0]
    assert cut.drivers["price"].tolist() == [30.0, 40.0, 50.0]


def test_what_was_forgotten_cannot_matter(panel):
    other = panel_of(np.concatenate([panel.dense()[:, :80] * 3, panel.dense()[:, 80:]], axis=1))
    one, two = (backtest(registry.create("ses"), each, Plan(7, 2, window=40)) for each in (panel, other))
    np.testing.assert_array_equal(one.quantiles, two.quantiles)


@pytest.mark.parametrize("key", ROLLING)
def test_brought_up_to_date_with_the_parameters_of_the_first_origin(panel, key):
    model, plan = registry.create(key), Plan(7, 3, refit=False)
    held = backtest(model, panel, plan)
    assert held.note == ""
    first, last = int(held.origins[0]), int(held.origins[-1])
    # the point fitted at the first origin, told the later history, is what speaks at the last one
    fitted = model.fit(panel.until(first), seed=0)
    later = replace(fitted.point, history=panel.until(last))
    np.testing.assert_allclose(held.mean[2], later.mean_at(np.array([last]), 7)[0])


def test_what_comes_after_an_origin_cannot_matter_when_updating(panel):
    values = panel.dense().copy()
    values[:, 133:] = 900.0
    plan = Plan(7, 3, refit=False)
    one, two = (backtest(registry.create("ets"), each, plan) for each in (panel, panel_of(values)))
    np.testing.assert_array_equal(one.mean, two.mean)


def test_a_series_too_young_at_the_first_origin_is_learned_when_it_can_be():
    values = np.random.default_rng(3).poisson(9.0, (2, 120)).astype(float)
    values[1, :110] = np.nan
    held = backtest(registry.create("ets"), panel_of(values), Plan(7, 2, refit=False))
    assert held.mean[1, 1].mean() > 3.0
    assert [entry.sku for entry in held.substitutions] == ["S1"]


def test_a_method_that_cannot_be_updated_learns_anew_and_says_so(panel, monkeypatch):
    monkeypatch.setattr(LevelPoint, "rolls", False)
    plan = Plan(7, 2, refit=False)
    held = backtest(registry.create("ses"), panel, plan)
    assert "anew" in held.note
    np.testing.assert_array_equal(held.mean, backtest(registry.create("ses"), panel, Plan(7, 2)).mean)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"horizon": 0}, "Horizon"), ({"folds": 0}, "past dates"), ({"gap": -1}, "Gap"), ({"window": 1}, "Window")],
)
def test_a_plan_that_cannot_be_is_refused(panel, wrong, named):
    with pytest.raises(ParameterError, match=named):
        ground_of(panel, Plan(**({"horizon": 7} | wrong)))


def test_too_long_a_gap_is_refused_with_what_it_would_take():
    with pytest.raises(InsufficientHistoryError, match="after a gap of 30 needs at least 51 periods of history"):
        rolling_origins(28, Plan(7, 1, gap=30), 7)
    assert rolling_origins(51, Plan(7, 1, gap=30), 7).tolist() == [14]


def test_a_fold_takes_more_room_for_each_driver_a_method_makes_tables_of(panel):
    flat, future = np.ones(len(panel.values)), np.ones((len(panel), 28))
    sizes = {}
    for names in ((), ("price",), ("price", "promotion"), ("price", "promotion", "holiday:fair")):
        driven = replace(
            panel, drivers=dict.fromkeys(names, flat), future_drivers={name: future for name in names if ":" in name}
        )
        sizes[len(names)] = [size_of(registry.capabilities(key), driven) for key in ("gradient_boosting", "ets")]
    learner, alone = zip(*sizes.values(), strict=True)
    # of a holiday that all series share there is one row
    assert learner[0] < learner[1] < learner[2] == learner[3]
    assert learner[2] - learner[1] == pytest.approx(learner[1] - learner[0])
    assert set(alone) == {alone[0]}
    assert alone[0] < learner[0]
