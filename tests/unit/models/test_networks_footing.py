"""The regression networks stand on: honest at past origins, and origins that never touch what is checked."""

from dataclasses import replace

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.networks_footing import Footing, learning_origins, regressions
from core.series.panel import from_dense

HORIZON = 8


def weekly(values):
    return from_dense(values, regular(Frequency.WEEK, "2021-01-04", values.shape[1]), ["a", "b"])


@pytest.fixture(scope="module")
def panel():
    rng = np.random.default_rng(1)
    return weekly(rng.poisson(20 + 10 * np.sin(np.arange(160) / 8.3), (2, 160)).astype(float))


def test_at_a_past_origin_it_knows_nothing_later(panel):
    changed = panel.observed().copy()
    changed[:, 120:] *= 9
    origins = np.array([110])
    one, other = (Footing.of(regressions(each, HORIZON), origins, HORIZON) for each in (panel, weekly(changed)))
    np.testing.assert_allclose(one.units, other.units, rtol=1e-6)


def test_each_row_gets_the_forecast_of_its_origin_and_series():
    footing = Footing(np.array([3, 7]), np.arange(12, dtype=np.float32).reshape(2, 2, 3))
    found = footing.at(np.array([1, 0]), np.array([3, 7]), np.array([0, 2]))
    assert found.tolist() == [[3, 5], [6, 8]]


def test_origins_to_learn_at_end_before_the_checked_periods_begin(panel):
    stages = regressions(panel, HORIZON)
    origins = learning_origins(stages, HORIZON, seed=1)
    assert origins[-1] == 160 - HORIZON
    assert origins[-2] <= origins[-1] - HORIZON
    assert origins[0] >= stages.known[0]


@pytest.mark.parametrize(("known", "horizon", "expected"), [(20, 5, [10, 15]), (9, 2, [5, 7]), (2, 1, [1])])
def test_a_short_history_has_few_origins_to_learn_at(known, horizon, expected):
    assert learning_origins(regressions(weekly(np.ones((2, known))), horizon), horizon, seed=1).tolist() == expected


def test_regressions_told_more_keep_what_they_learned(panel):
    stages = regressions(panel.until(140), HORIZON)
    told = replace(stages, history=panel)
    assert told.learned is stages.learned
    assert told.mean_at(np.array([160]), HORIZON).shape == (1, len(panel), HORIZON)
