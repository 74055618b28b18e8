"""Facts about a history that all methods share: found again by content, and never by anything else."""

from dataclasses import replace

import numpy as np

from core.base.calendar import Frequency, regular
from core.models import groundwork
from core.series.panel import from_dense


def panel(values, **parts):
    values = np.asarray(values, float)
    names = [f"sku-{i}" for i in range(len(values))]
    return from_dense(values, regular(Frequency.WEEK, "2022-01-03", values.shape[1]), names, **parts)


VALUES = np.random.default_rng(1).poisson(4.0, (5, 60)).astype(float)


def test_equal_panels_share_their_facts():
    assert groundwork.groundwork(panel(VALUES)) is groundwork.groundwork(panel(VALUES.copy()))


def test_another_value_name_stock_out_or_calendar_has_facts_of_its_own():
    first = groundwork.groundwork(panel(VALUES))
    changed = VALUES.copy()
    changed[2, 30] += 1
    empty = np.zeros(VALUES.shape, bool)
    empty[0, 5] = True
    base = panel(VALUES)
    later = replace(base, calendar=regular(Frequency.WEEK, "2022-01-10", 60))
    renamed = replace(base, skus=np.array([f"other-{i}" for i in range(5)], object))
    for other in (panel(changed), panel(VALUES, censored=empty), later, renamed):
        assert groundwork.groundwork(other) is not first


def test_the_facts_are_those_of_the_history():
    values = VALUES.copy()
    values[3], values[4, :50] = 0.0, np.nan
    known = groundwork.groundwork(panel(values))
    assert known.seen.tolist() == [60, 60, 60, 60, 10]
    assert known.sold.tolist() == [True, True, True, False, True]
    np.testing.assert_allclose(known.average, np.nanmean(values, axis=1))


def test_what_was_usual_is_kept_per_origin():
    history = panel(VALUES)
    known = groundwork.groundwork(history)
    one, other = (groundwork.past_usual(history, known, np.array(origins)) for origins in ([50, 40], [50, 30]))
    assert groundwork.past_usual(history, known, np.array([50, 40])) is one
    np.testing.assert_array_equal(one.average[0], other.average[0])
    np.testing.assert_allclose(other.average[1], VALUES[:, :30].mean(axis=1))


def test_facts_of_the_past_are_those_of_the_series_cut_off_there():
    whole, rows = panel(VALUES), np.array([4, 1])
    found = groundwork.past_groundwork(whole, groundwork.groundwork(whole), rows, 40)
    cut = groundwork.groundwork(whole.take(rows).until(40))
    for name in ("seen", "average", "sold", "alpha", "simple", "classes", "silent", "whole", "streams"):
        np.testing.assert_array_equal(getattr(found, name), getattr(cut, name))


def test_facts_of_the_past_are_found_again_by_content_origin_and_rows():
    rows = np.array([0, 2])
    first, again = (
        groundwork.past_groundwork(each, groundwork.groundwork(each), rows, 30)
        for each in (panel(VALUES), panel(VALUES.copy()))
    )
    assert again is first
    whole = panel(VALUES)
    known = groundwork.groundwork(whole)
    assert groundwork.past_groundwork(whole, known, rows, 31) is not first
    assert groundwork.past_groundwork(whole, known, rows[::-1], 30) is not first


def test_the_pasts_of_three_folds_and_their_champions_are_remembered_together():
    whole, rows = panel(VALUES), np.arange(2)
    known = groundwork.groundwork(whole)
    once = [groundwork.past_groundwork(whole, known, rows, origin) for origin in range(10, 58)]
    again = [groundwork.past_groundwork(whole, known, rows, origin) for origin in range(10, 58)]
    assert all(one is other for one, other in zip(once, again, strict=True))
