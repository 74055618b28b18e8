"""Combinations learn from earlier folds only, and weigh what was right there."""

from dataclasses import replace

import numpy as np
import pytest

from core.evaluate import combining
from core.evaluate.backtest import Backtest
from core.series.forecast import LEVELS

SEGMENTS = np.array([["a", "a", "b", "b"]] * 4, dtype=object)


def backtest_of(model, mean):
    rng = np.random.default_rng(3)
    actual = 10.0 + rng.normal(0, 1, (3, 4, 6))
    said = actual + mean
    return Backtest(
        model=model, skus=np.array(list("wxyz"), dtype=object), locations=np.array(["m"] * 4, dtype=object),
        origins=np.array([10, 16, 22]), periods=np.zeros((3, 6), "datetime64[D]"), actual=actual, mean=said,
        quantiles=np.repeat(said[..., None], len(LEVELS), axis=3).astype(np.float32), levels=LEVELS,
        scale=np.ones((3, 4)), squared_scale=np.ones((3, 4)), fit_seconds=1.0, predict_seconds=0.5, substitutions=(),
    )  # fmt: skip


def by_key(results, segments=SEGMENTS):
    made, blends = combining.combine(results, segments)
    return {each.model: each for each in made}, blends


GOOD, HIGH, LOW = backtest_of("good", 0.2), backtest_of("high", 4.0), backtest_of("low", -6.0)


def test_the_first_fold_weighs_all_methods_alike():
    made, _blends = by_key([GOOD, HIGH])
    for key in (combining.MEAN, combining.INVERSE, combining.STACKING):
        np.testing.assert_allclose(made[key].mean[0], (GOOD.mean[0] + HIGH.mean[0]) / 2)


def test_later_folds_weigh_by_the_errors_of_earlier_ones():
    made, blends = by_key([GOOD, HIGH])
    share = (1 / 0.2**2) / (1 / 0.2**2 + 1 / 4.0**2)
    np.testing.assert_allclose(blends[combining.INVERSE].weights["a"], [share, 1 - share])
    expected = share * GOOD.mean[1:] + (1 - share) * HIGH.mean[1:]
    np.testing.assert_allclose(made[combining.INVERSE].mean[1:], expected)


def test_nothing_of_a_fold_or_later_reaches_what_is_said_at_it():
    before, _blends = by_key([GOOD, HIGH, LOW])
    other = GOOD.actual.copy()
    other[1:] += 50.0
    after, _blends = by_key([replace(each, actual=other, memo={}) for each in (GOOD, HIGH, LOW)])
    for key in combining.KINDS:
        np.testing.assert_array_equal(before[key].mean[:2], after[key].mean[:2])
        np.testing.assert_array_equal(before[key].quantiles[:2], after[key].quantiles[:2])


def test_nothing_that_happened_in_the_gap_reaches_what_is_said_after_it():
    # the second origin lies at period 16, where the first fold, two periods late, ends with period 18
    other = GOOD.actual.copy()
    other[0, :, -2:] += 50.0
    results = [GOOD, HIGH, LOW]
    before, _blends = combining.combine(results, SEGMENTS, gap=2)
    after, _blends = combining.combine([replace(each, actual=other, memo={}) for each in results], SEGMENTS, gap=2)
    for one, two in zip(before, after, strict=True):
        np.testing.assert_array_equal(one.mean[1], two.mean[1])
        assert (one.model != combining.INVERSE) or (one.mean[2] != two.mean[2]).any()


def test_stacking_finds_the_mix_in_which_errors_cancel():
    _made, blends = by_key([HIGH, LOW])
    assert blends[combining.STACKING].weights["a"] == pytest.approx([0.6, 0.4], abs=0.1)


def test_stacked_weights_are_never_negative_and_in_all_one():
    _made, blends = by_key([GOOD, HIGH, LOW])
    for weights in blends[combining.STACKING].weights.values():
        assert (weights >= 0).all()
        assert weights.sum() == pytest.approx(1.0)


def test_the_median_of_three_is_the_middle_one():
    made, _blends = by_key([GOOD, HIGH, LOW])
    np.testing.assert_allclose(made[combining.MEDIAN].mean, GOOD.mean)


def test_demand_classes_weigh_on_their_own():
    worse_in_b = np.where(np.arange(4)[None, :, None] >= 2, 9.0, 0.1)
    _made, blends = by_key([backtest_of("one", worse_in_b), backtest_of("two", 1.0)])
    weights = blends[combining.INVERSE].weights
    assert weights["a"][0] > 0.9
    assert weights["b"][0] < 0.1


def test_a_method_silent_on_a_series_leaves_it_to_the_others():
    said = combining.blended_mean([np.array([[np.nan], [2.0]]), np.array([[4.0], [4.0]])], np.full((2, 2), 0.5))
    np.testing.assert_array_equal(said, [[4.0], [3.0]])


@pytest.mark.parametrize("kind", combining.KINDS)
def test_a_class_nothing_was_learnt_of_takes_the_weights_of_all_series_and_not_every_method(kind):
    many = [backtest_of(f"method {error}", float(error)) for error in range(1, 9)]
    unseen = np.where(np.arange(4)[None, :, None] >= 2, np.nan, many[0].actual)
    _made, blends = by_key([replace(each, actual=unseen, memo={}) for each in many])
    learnt, lent = blends[kind].of_series(np.array(["a", "b"], dtype=object)).T
    np.testing.assert_array_equal(lent, learnt)
    assert (lent > 0).sum() <= combining.CONSIDERED
