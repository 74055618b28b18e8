"""Charts of the history: what is drawn is what was given, and no state is told by colour alone."""

from typing import Any

import numpy as np
import pytest

from core.charts import history

DAYS = np.arange("2026-02-02", "2026-02-16", dtype="datetime64[D]")
N = len(DAYS)
LOOKS = {
    "sold": ("Sold", "sold"), "zero": ("Nothing sold", "nothing"), "out": ("Out of stock", "out"),
    "guess": ("Perhaps out of stock", "suspected"), "taken": ("Taken", "inferred"), "none": ("Not on sale", "absent"),
}  # fmt: skip


def rows_data(**changes: Any) -> history.RowsData:
    values = {
        "periods": DAYS,
        "imported": np.full(N, 5.0),
        "clean": np.full(N, 6.0),
        "terms": {"Returns": -np.ones(N), "Outliers": np.zeros(N), "<b>Lost</b>": np.full(N, 2.0)},
        "promotions": np.zeros(N),
    }
    return history.RowsData(**(values | changes))


def calendar_data(kinds: list[str], frequency: str = "day") -> history.CalendarData:
    n = len(kinds)
    told = np.array([f"day {place}" for place in range(n)], dtype=object)
    return history.CalendarData(frequency, DAYS[:n], np.arange(float(n)), np.array(kinds, dtype=object), told, LOOKS)


def test_terms_of_nothing_are_not_drawn_and_names_are_no_markup() -> None:
    drawn = [trace.name for trace in history.history_rows(rows_data()).data]
    assert drawn == ["Imported", "Clean demand", "Returns", "&lt;b&gt;Lost&lt;/b&gt;"]


def test_terms_stand_on_an_axis_of_their_own_as_signed_bars() -> None:
    figure = history.history_rows(rows_data())
    assert [trace.yaxis for trace in figure.data] == [None, None, "y2", "y2"]
    assert figure.layout.barmode == "relative"
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    assert figure.data[2].y.tolist() == [-1.0] * N


def test_without_changes_only_the_lines_are_drawn() -> None:
    figure = history.history_rows(rows_data(terms={"Returns": np.zeros(N)}))
    assert [trace.name for trace in figure.data] == ["Imported", "Clean demand"]
    assert figure.layout.yaxis.domain is None


def test_promotions_are_the_area_between_usual_and_clean_demand() -> None:
    figure = history.history_rows(rows_data(promotions=np.full(N, 2.0), terms={}))
    usual, promoted = figure.data[0], figure.data[1]
    assert (usual.y[0], promoted.y[0], promoted.fill, promoted.name) == (
        4.0,
        6.0,
        "tonexty",
        "of which promotions added",
    )
    assert not usual.showlegend


def test_a_day_stands_in_its_week_and_on_its_weekday() -> None:
    figure = history.shelf_calendar(calendar_data(["sold"] * 9))
    bar = figure.data[0]
    assert bar.x.tolist() == ["2026-02-02"] * 7 + ["2026-02-09"] * 2
    assert (np.array(bar.base, float) + 0.44).round(6).tolist() == [0, 1, 2, 3, 4, 5, 6, 0, 1]
    assert figure.layout.yaxis.ticktext[0] == "Mon"
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


@pytest.mark.parametrize(("frequency", "x"), [("week", 5), ("month", 2)])
def test_weeks_and_months_stand_in_a_row_per_year(frequency: str, x: int) -> None:
    figure = history.shelf_calendar(calendar_data(["sold"], frequency))
    assert figure.data[0].x.tolist() == [x]
    assert figure.layout.yaxis.ticktext == ("2026",)


def test_empty_shelves_are_hatched_and_a_guess_more_lightly() -> None:
    figure = history.shelf_calendar(calendar_data(["sold", "zero", "out", "guess", "taken", "none"]))
    marks = {trace.name: trace.marker for trace in figure.data}
    hatched = {name: mark.pattern.shape for name, mark in marks.items() if mark.pattern.shape}
    assert hatched == {"Out of stock": "/", "Perhaps out of stock": "\\", "Taken": "\\", "Not on sale": "."}
    assert marks["Perhaps out of stock"].pattern.solidity < marks["Taken"].pattern.solidity


def test_more_units_are_drawn_deeper() -> None:
    colours = history.shelf_calendar(calendar_data(["sold"] * 3)).data[0].marker.color
    depth = [float(colour.rsplit(",", 1)[1][:-1]) for colour in colours]
    assert depth == sorted(depth)
    assert depth[-1] == 1.0


def test_empty_charts_say_so() -> None:
    none = DAYS[:0]
    for figure in (
        history.history_rows(rows_data(periods=none)),
        history.shelf_calendar(calendar_data([])),
    ):
        assert "Nothing to show" in figure.layout.annotations[0].text
