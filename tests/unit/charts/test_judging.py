import numpy as np
import pytest

from core.charts import breakdown, comparison, demand, judging
from core.charts.breakdown import PartsData
from core.charts.comparison import Measure

DAYS = np.datetime64("2026-01-01") + np.arange(4)
FOUR = np.array([1.0, 2.0, 3.0, 4.0])


def told(figure) -> str:
    return figure.layout.annotations[0].text


def test_calibration_draws_shares_in_percent_beside_the_diagonal():
    figure = judging.calibration({"<b>Naive": (np.array([0.1, 0.9]), np.array([0.2, 0.8]))})
    assert [trace.name for trace in figure.data] == ["Honest", "&lt;b&gt;Naive"]
    assert list(figure.data[1].y) == [20, 80]


def test_charts_without_anything_to_show_say_so():
    empty = np.empty(0)
    assert "Compare again" in told(judging.calibration({}))
    assert "Nothing to show" in told(judging.actual_against_forecast(empty, empty, []))
    assert "no period in common" in told(breakdown.two_versions(DAYS[:0], (empty, empty), (empty, empty)))
    unknown = np.full(4, np.nan)
    assert "no history a year before" in told(breakdown.year_over_year(DAYS, (FOUR, unknown, unknown), "Units"))
    assert "Nothing to show" in told(breakdown.series_lines(DAYS, FOUR, {}))
    assert "Nothing to show" in told(breakdown.autocorrelations(np.array([1.0]), 0.1))
    assert "residuals are all 0" in told(breakdown.autocorrelations(np.full(9, np.nan), 0.1))
    assert "Nothing to show" in told(breakdown.parts_chart(PartsData(DAYS, 2, FOUR, unknown, {})))


def test_parts_of_nothing_but_zero_get_no_band():
    data = PartsData(DAYS, 2, FOUR, FOUR, {"Season": np.array([1.0, -1, 1, -1]), "Promotion": np.zeros(4)})
    figure = breakdown.parts_chart(data)
    assert [trace.name for trace in figure.data] == ["Sold and forecast", "Level and trend", "Season"]
    assert figure.layout.yaxis2.domain[1] < figure.layout.yaxis.domain[0]


@pytest.mark.parametrize(("measure", "expected"), [(None, [50.0]), (Measure("RMSSE", share=False), [0.5])])
def test_shares_are_drawn_in_percent_and_other_scores_as_they_are(measure, expected):
    assert list(comparison.accuracy_against_time(["Naive"], [0.5], [1.0], measure).data[0].y) == expected
    assert list(demand.error_by_step({"Naive": np.array([0.5])}, "day", measure).data[0].y) == expected
