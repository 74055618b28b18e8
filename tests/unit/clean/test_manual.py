"""Corrections by hand come last and are reported."""

from dataclasses import replace

import numpy as np

from core.base.calendar import Frequency, regular
from core.clean.manual import Corrections, corrected
from core.series.panel import from_dense

DAYS = regular(Frequency.DAY, "2024-01-01", 5)
PANEL = from_dense(
    np.array([[1.0, 2, 3, 4, 5], [np.nan, np.nan, 7, 8, 9]]), DAYS, ["A", "B"], locations=["x", "y"],
    censored=np.array([[False] * 5, [False, False, True, False, False]]),
)  # fmt: skip


def given(*rows):
    skus, locations, periods, units, reasons = zip(*rows, strict=True) if rows else ([],) * 5
    return Corrections(
        np.array(skus, dtype=object), np.array(locations, dtype=object), np.array(periods, "datetime64[D]"),
        np.array(units, float), np.array(reasons, dtype=object),
    )  # fmt: skip


def test_the_planners_figure_replaces_what_the_files_say():
    result, findings = corrected(PANEL, given(("B", "y", "2024-01-03", 12.0, "trade fair")))
    assert result.dense()[1, 2] == 12.0
    assert not result.censored.any()
    found = findings[0]
    assert (found.rule, found.sku, found.location, found.period) == ("manual", "B", "y", "2024-01-03")
    assert (found.before, found.after, found.reason) == (7.0, 12.0, "trade fair")


def test_a_figure_that_changes_nothing_is_still_reported():
    assert len(corrected(PANEL, given(("A", "x", "2024-01-01", 1.0, "checked")))[1]) == 1


def test_nothing_counts_as_lost_where_the_planner_gave_the_demand():
    lost = replace(PANEL, drivers={name: np.ones(len(PANEL.values)) for name in ("lost_units", "lost_sd")})
    result, _findings = corrected(lost, given(("B", "y", "2024-01-03", 12.0, "trade fair")))
    assert np.isnan(result.dense(result.drivers["lost_units"]))[1].tolist() == [True, True, True, False, False]
    assert np.isnan(result.dense(result.drivers["lost_sd"]))[:, 2].tolist() == [False, True]


def test_corrections_of_what_is_not_there_are_left_out():
    elsewhere = given(
        ("Z", "x", "2024-01-01", 1.0, ""), ("A", "y", "2024-01-01", 1.0, ""), ("A", "x", "2025-01-01", 1.0, ""),
        ("B", "y", "2024-01-01", 1.0, ""),
    )  # fmt: skip
    assert corrected(PANEL, elsewhere) == (PANEL, [])
    assert corrected(PANEL, given()) == (PANEL, [])
