"""Series forecast by several methods at once."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.progress import silent
from core.models import registry
from core.models.champions import Choice, Mixture, fit_champions
from core.series.panel import from_dense

METHODS = ("ses", "moving_average", "seasonal_naive")


@pytest.fixture(scope="module")
def panel():
    values = np.random.default_rng(6).poisson(12.0, (4, 90)).astype(float)
    return from_dense(values, regular(Frequency.WEEK, "2022-01-03", 90), [f"s{i}" for i in range(4)])


@pytest.fixture(scope="module")
def alone(panel):
    return {key: registry.create(key).fit(panel, seed=1).mean(6) for key in METHODS}


def test_a_mixture_is_the_weighted_mean_of_its_methods(panel, alone):
    mixed = Mixture({"ses": np.array([0.25] * 4), "moving_average": np.array([0.75] * 4)})
    choice = Choice(["mixed", "ses", "mixed", "mixed"], mixtures={"mixed": mixed})
    fit, _stood_in = fit_champions(panel, choice, 1, silent())
    expected = 0.25 * alone["ses"] + 0.75 * alone["moving_average"]
    expected[1] = alone["ses"][1]
    np.testing.assert_allclose(fit.mean(6), expected)


def test_a_method_without_weight_is_not_fitted():
    mixed = Mixture({"ses": np.array([1.0, 0.0]), "lstm": np.array([0.0, 0.0])})
    assert list(Choice(["mixed", "naive"], mixtures={"mixed": mixed}).shares()) == ["ses", "naive"]


def test_a_median_is_the_middle_of_its_methods(panel, alone):
    middle = Mixture({key: np.full(4, 1 / 3) for key in METHODS}, median=True)
    choice = Choice(["middle", "middle", "ses", "middle"], mixtures={"middle": middle})
    fit, _stood_in = fit_champions(panel, choice, 1, silent())
    expected = np.median(np.stack(list(alone.values())), axis=0)
    expected[2] = alone["ses"][2]
    np.testing.assert_allclose(fit.mean(6), expected)
