"""New items that borrow the first weeks of known ones."""

from dataclasses import dataclass

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.types import FloatArray
from core.models.like_items import FADE, Likeness, LikePoint, doubt, own_weight
from core.models.sampling import SampledFit
from core.series.panel import Panel, from_dense

WEEKS = 60


@dataclass
class Flat:
    """Says the same of every period."""

    levels: FloatArray

    def mean_at(self, origins, horizon):
        return np.tile(self.levels[None, :, None], (len(origins), 1, horizon))


def shop(new=()):
    """A grown item of 90 a week, a like-item that rose from 2 to 10 in its first five weeks, and a new one."""
    values = np.full((3, WEEKS), np.nan)
    values[0] = 90.0
    values[1, 30:] = np.concatenate([[2, 4, 6, 8], np.full(26, 10.0)])
    values[2, WEEKS - len(new) :] = new
    return from_dense(values, regular(Frequency.WEEK, "2022-01-03", WEEKS), ["grown", "like", "new"])


def point(panel: Panel, multiplier=1.0, like=1):
    likeness = Likeness(np.array([2]), np.array([like]), np.array([multiplier]), np.array(["c"] * 3, dtype=object))
    return LikePoint(Flat(np.array([90.0, 10.0, 0.0])), panel, likeness)


def test_an_item_without_history_gets_the_like_items_first_weeks():
    found = point(shop()).mean_at(np.array([WEEKS]), 20)[0, 2]
    first, last = (2 + 4) / (92 + 94), 10 / 100
    np.testing.assert_allclose(found[[0, 19]], [first * 100, last * 100], rtol=0.05)
    assert (np.diff(found[:5]) > 0).all()


def test_the_multiplier_scales_it():
    one, half = (point(shop(), factor).mean_at(np.array([WEEKS]), 8)[0, 2] for factor in (1.0, 0.5))
    np.testing.assert_allclose(half, one / 2)


def test_the_own_forecast_takes_over_as_history_grows():
    weights = []
    for length in (1, 4, 16, 40):
        found = point(shop([0.0] * length)).mean_at(np.array([WEEKS]), 1)[0, 2, 0]
        weights.append(found)
    assert (np.diff(weights[1:]) < 0).all()
    assert weights[-1] < 0.12 * 10
    assert own_weight(shop(), np.array([FADE[Frequency.WEEK]]))[0] == 0.5


def test_a_first_week_without_a_sale_does_not_end_the_like_items_forecast():
    panel = shop([0.0])
    fit = SampledFit(panel, point(panel), 1, told=(2,))
    own = own_weight(panel, np.array([1]))[0]
    np.testing.assert_allclose(fit.mean(6)[2], (1 - own) * point(shop()).mean_at(np.array([WEEKS]), 7)[0, 2, 1:])
    assert fit.predict(6, (0.5,)).mean[2].all()
    assert not SampledFit(panel, point(panel), 1).mean(6)[2].any()


def test_a_like_item_that_always_sold_gives_its_usual_share():
    found = point(shop(), like=0).mean_at(np.array([WEEKS]), 3)[0, 2]
    np.testing.assert_allclose(found, 90.0, rtol=0.02)


@pytest.mark.parametrize("short", [slice(31, 44, 2), slice(30, 38), slice(45, 55)])
def test_stock_outs_of_the_like_item_are_not_read_as_low_demand(short):
    plenty = shop()
    values, empty = plenty.dense(), np.zeros((3, WEEKS), bool)
    values[1, 30:], empty[1, short] = 10.0, True
    sold = np.where(empty, 0.0, values)
    found = point(from_dense(sold, plenty.calendar, plenty.skus.tolist(), censored=empty)).mean_at(
        np.array([WEEKS]), 20
    )
    np.testing.assert_allclose(found[0, 2], 10.0)


def test_stock_outs_of_the_others_do_not_make_its_share_larger():
    plenty = shop()
    values, empty = plenty.dense(), np.zeros((3, WEEKS), bool)
    values[1, 30:], empty[0, 31:50] = 10.0, True
    panel = from_dense(np.where(empty, 0.0, values), plenty.calendar, plenty.skus.tolist(), censored=empty)
    np.testing.assert_allclose(point(panel).mean_at(np.array([WEEKS]), 20)[0, 2], 10.0)


def test_nothing_after_the_origin_matters_and_unborn_items_are_unknown():
    late = shop([5.0, 5.0])
    changed = late.dense()
    changed[:, 50:] = 1000.0
    other = from_dense(changed, late.calendar, late.skus.tolist())
    early = np.array([50])
    one, two = (point(panel).mean_at(early, 4) for panel in (late, other))
    np.testing.assert_array_equal(one, two)
    assert np.isnan(one[0, 2]).all()


def test_other_series_stay_as_they_are():
    found = point(shop()).mean_at(np.array([40, WEEKS]), 4)
    np.testing.assert_array_equal(found[:, 0], np.full((2, 4), 90.0))


@pytest.mark.parametrize(("length", "spread"), [(0, 0.5), (4, 0.25)])
def test_doubt_fades_with_the_like_item(length, spread):
    panel = shop([3.0] * length)
    factors = doubt(panel, point(panel).likeness, 4000, seed=1)
    assert factors[:, 2].mean() == pytest.approx(1.0, abs=0.03)
    assert factors[:, 2].std() == pytest.approx(spread, abs=0.03)
    assert (factors[:, :2] == 1).all()
