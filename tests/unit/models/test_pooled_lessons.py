"""What pooled regressions share of a panel: the same rows for all of them, and nothing that outlives the panel."""

import gc
import weakref

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models import registry
from core.models.pooled_lessons import lessons, source_of
from core.models.pooled_rows import RowSource, Smoothing, draw_rows
from core.series.features import FeatureSettings
from core.series.panel import from_dense

SETTINGS = FeatureSettings(groups=True)


def panel():
    values = np.random.default_rng(3).poisson(6.0, (4, 90)).astype(float)
    return from_dense(values, regular(Frequency.DAY, "2024-01-01", 90), ["a", "b", "c", "d"])


def test_the_next_method_finds_what_the_one_before_prepared():
    shop = panel()
    first = lessons(shop, SETTINGS)
    assert lessons(shop, SETTINGS) is first
    assert first.rows(7, 300, 1) is first.rows(7, 300, 1)
    assert source_of(shop, 0, SETTINGS, first.learned) is first.source


def test_other_settings_another_panel_and_periods_ahead_are_prepared_anew():
    shop = panel()
    first = lessons(shop, SETTINGS)
    assert source_of(shop, 3, SETTINGS, first.learned) is not first.source
    assert source_of(shop, 0, SETTINGS, Smoothing.of(shop)) is not first.source
    assert lessons(panel(), SETTINGS) is not first
    assert lessons(shop, FeatureSettings()) is not first


def test_rows_are_those_drawn_without_anything_kept():
    shop, learned = panel(), Smoothing.of(panel())
    fresh = draw_rows(RowSource.of(shop, 0, SETTINGS, learned), 7, 300, 5)
    kept = lessons(shop, SETTINGS)
    for seed in (4, 5):
        rows = kept.rows(7, 300, seed)
    for name in ("series", "target", "origin", "features", "ratio", "weight"):
        np.testing.assert_array_equal(getattr(rows, name), getattr(fresh, name))


@pytest.mark.parametrize("key", ["kmeans_regression", "gradient_boosting", "ridge_lasso"])
def test_a_method_forecasts_the_same_whoever_prepared_the_panel(key):
    alone, shared = panel(), panel()
    registry.create("decision_tree").fit(shared, seed=2)
    expected, found = (registry.create(key).fit(each, seed=2).mean(7) for each in (alone, shared))
    np.testing.assert_array_equal(found, expected)


def test_nothing_that_is_kept_holds_the_panel():
    left = {}
    for key in registry.METHODS:
        if not registry.capabilities(key).slow:
            shop = panel()
            registry.create(key).fit(shop, seed=1).predict(7, (0.5,))
            left[key] = weakref.ref(shop)
    del shop
    gc.collect()
    assert [key for key, panel_of in left.items() if panel_of() is not None] == []
