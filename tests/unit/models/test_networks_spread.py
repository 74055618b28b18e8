"""How far generated paths spread: scored like any forecast, and chosen on the end of the history."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.library.vae import Vae
from core.models.networks_spread import ranked_probability, units_of
from core.models.networks_trunk import SPREAD
from core.series.panel import from_dense


def test_the_score_of_paths_is_its_definition():
    rng = np.random.default_rng(1)
    drawn, actual = rng.gamma(2.0, size=(15, 4)), rng.gamma(2.0, size=4)
    apart = np.abs(drawn[:, None] - drawn[None, :]).mean(axis=(0, 1)) / 2
    np.testing.assert_allclose(ranked_probability(drawn, actual), np.abs(drawn - actual).mean(axis=0) - apart)


def test_units_have_the_mean_and_the_variance_of_the_negative_binomial():
    drawn = units_of(np.random.default_rng(2), np.full(200_000, 4.0), np.full(200_000, 0.5))
    assert drawn.mean() == pytest.approx(4.0, rel=0.02)
    assert drawn.var() == pytest.approx(4.0 + 0.5 * 16, rel=0.03)


@pytest.mark.thorough
def test_a_calm_shop_gets_narrow_paths_and_a_stormy_one_wide_ones():
    rng = np.random.default_rng(3)
    calm = np.full((6, 60), 20.0)
    stormy = rng.poisson(rng.gamma(1.0, 20.0, (6, 60))).astype(float)
    found = []
    for values in (calm, stormy):
        panel = from_dense(values, regular(Frequency.DAY, "2024-01-01", 60), list("abcdef"))
        method = Vae(units=4, max_epochs=1, windows_per_epoch=64, paths="network")
        found.append(method.fit(panel, seed=1).point.weights[SPREAD])
    assert found[0][1] < 0.1
    assert found[1][1] >= 1.0
