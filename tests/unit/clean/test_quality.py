"""Scores of data quality and the ranking of issues."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.clean.quality import (
    LineCounts,
    RuleTotal,
    assess,
    completeness,
    consistency,
    timeliness,
    uniqueness,
    validity,
)
from core.series.panel import from_dense

DAYS = regular(Frequency.DAY, "2024-01-01", 5)
PANEL = from_dense(
    np.array([[1.0, np.nan, 0, 2, 3], [np.nan, np.nan, 1, 1, 1]]),
    DAYS,
    ["A", "B"],
    censored=np.array([[False, False, True, False, False], [False] * 5]),
)


def test_completeness_is_the_share_of_known_periods_since_each_start():
    dimension = completeness(PANEL)
    assert dimension.score == pytest.approx(75.0)
    assert dimension.reason == "Of 8 SKU-periods, 1 were not observed and 1 were out of stock."


def test_validity_counts_refused_lines_and_bad_prices():
    dimension = validity(LineCounts(lines=990, refused_lines=10, bad_price_lines=40))
    assert dimension.score == pytest.approx(95.0)
    assert dimension.reason == "Of 1,000 lines, 10 could not be read and 40 are priced at zero or below."


def test_uniqueness_counts_repeated_lines():
    assert uniqueness(LineCounts(lines=200, duplicate_lines=1)).score == pytest.approx(99.5)


def test_consistency_compares_only_lines_that_state_both():
    assert consistency(LineCounts(lines=1000, comparable_lines=50, contradicting_lines=5)).score == pytest.approx(90.0)


def test_consistency_is_unknown_without_anything_to_compare():
    dimension = consistency(LineCounts(lines=1000))
    assert dimension.score is None
    assert "cannot be compared" in dimension.reason


@pytest.mark.parametrize(
    ("as_of", "score", "late"),
    [
        ("2024-01-05", 100, "0"),
        ("2024-01-06", 100, "0"),
        ("2024-01-07", 100 * 27 / 28, "1"),
        ("2024-06-01", 0, "28 or more"),
    ],
)
def test_timeliness_counts_the_full_periods_missing_since_the_last(as_of, score, late):
    dimension = timeliness(DAYS, np.datetime64(as_of))
    assert dimension.score == pytest.approx(score)
    assert dimension.reason == f"The last period with sales is 5 Jan 2024; {late} full periods since then are missing."


def test_timeliness_is_unknown_without_a_day_to_compare_with():
    assert timeliness(DAYS, None).score is None


def test_nothing_imported_has_no_scores_at_all():
    empty = from_dense(np.empty((0, 5)), DAYS, [])
    report = assess(LineCounts(0), empty, [], 0.0)
    assert [dimension.score for dimension in report.dimensions] == [None] * 5
    assert all(dimension.reason for dimension in report.dimensions)
    assert report.score is None


def test_the_overall_score_leaves_out_what_is_unknown():
    report = assess(LineCounts(lines=100), PANEL, [], 10.0)
    assert report.score == pytest.approx((75 + 100 + 100) / 3)


def test_issues_come_by_units_affected_and_rules_without_findings_not_at_all():
    totals = [RuleTotal("a", "A", 5, 2.0), RuleTotal("b", "B", 1, 30.0), RuleTotal("c", "C", 0, 0.0)]
    report = assess(LineCounts(lines=100), PANEL, totals, 60.0)
    assert [(issue.rule, issue.share) for issue in report.issues] == [("b", 0.5), ("a", 2 / 60)]
