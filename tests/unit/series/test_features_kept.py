"""What is kept beside a panel: the latest result, of small panels, as long as the panel lives."""

import gc
import weakref

import numpy as np

from core.base.calendar import Frequency, regular
from core.series.features_kept import Beside
from core.series.panel import from_dense


class Result:
    """Something that can be referred to weakly."""


def panel(n_periods=20):
    return from_dense(np.ones((2, n_periods)), regular(Frequency.DAY, "2024-01-01", n_periods), ["a", "b"])


def test_the_same_question_is_answered_once():
    shop, kept = panel(), Beside()
    first = kept.get(shop, "key", Result)
    assert kept.get(shop, "key", Result) is first
    assert kept.known(shop, "key") is first


def test_another_question_or_another_panel_is_answered_anew():
    shop, kept = panel(), Beside()
    first = kept.get(shop, "key", Result)
    assert kept.get(panel(), "key", Result) is not first
    assert kept.get(shop, "other", Result) is not first
    assert kept.known(shop, "key") is None


def test_of_large_panels_nothing_is_kept():
    shop, kept = panel(), Beside(most=39)
    kept.get(shop, "key", Result)
    assert kept.known(shop, "key") is None


def test_a_result_goes_with_its_panel():
    shop, kept = panel(), Beside()
    result = weakref.ref(kept.get(shop, "key", Result))
    del shop
    gc.collect()
    assert result() is None
