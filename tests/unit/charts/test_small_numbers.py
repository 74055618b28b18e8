"""Charts of shops whose numbers are 1, differ by rounding only, or are not known."""

import numpy as np

from core.charts.comparison import silhouettes
from core.charts.demand import FanData, error_by_step, forecast_fan, lines
from core.charts.learning import rounds_chart
from core.charts.segments import nine_boxes
from core.charts.stock import cost_parts, exchange_curve
from core.charts.theme import LONE


def test_rounding_noise_of_a_perfect_forecast_is_drawn_as_no_error():
    drawn = error_by_step({"Theta": np.array([3e-16, 1e-16]), "Naive": np.zeros(2)}, "day")
    assert drawn.data[0].y.tolist() == [0.0, 0.0]


def test_few_steps_ahead_have_whole_marks_only():
    assert error_by_step({"Naive": np.ones(4)}, "month").layout.xaxis.dtick == 1
    assert error_by_step({"Naive": np.ones(28)}, "day").layout.xaxis.dtick is None


def test_a_box_of_one_sku_speaks_of_one():
    drawn = nine_boxes(np.array([[1, 2]]), np.array([[0.25, 0.75]]), ["A"], ["X", "Y"])
    assert list(drawn.data[0].text[0]) == ["1 SKU<br>25.0%", "2 SKUs<br>75.0%"]


def test_service_against_cash_says_why_it_is_empty():
    drawn = exchange_curve([np.nan, np.nan], [0.9, 0.95], ["90 %", "95 %"], {"Baseline": (np.nan, 0.9)}, "USD")
    assert "Without unit costs" in drawn.layout.annotations[0].text


def test_a_single_part_of_the_cost_is_named():
    assert cost_parts({"Baseline": {"Ordering": 12.0}}, "USD").layout.showlegend


def test_a_value_between_two_gaps_is_seen_as_a_dot():
    days = np.arange("2026-01-01", "2026-01-07", dtype="datetime64[D]")
    drawn = lines(days, {"Lamps": np.array([4.0, np.nan, 2.0, 3.0, np.nan, 5.0])}, "Units").data[0]
    assert drawn.mode == "lines+markers"
    assert list(drawn.marker.size) == [LONE, 0, 0, 0, 0, LONE]
    assert lines(days, {"Lamps": np.ones(6)}, "Units").data[0].mode == "lines"


def test_a_forecast_of_one_period_shows_its_point_and_its_intervals():
    day = np.array(["2026-02-01"], "datetime64[D]")
    none = np.empty(0, "datetime64[D]")
    quantiles = {level: np.array([10 * level]) for level in (0.1, 0.9)}
    band, sold, said = forecast_fan(FanData(none, np.empty(0), np.zeros(0, bool), day, np.ones(1), quantiles)).data
    assert list(band.x) == ["2026-01-31 12:00", "2026-02-01 12:00", "2026-02-01 12:00", "2026-01-31 12:00"]
    assert list(band.y) == [9.0, 9.0, 1.0, 1.0]
    # of a few points Plotly would draw markers too
    assert band.mode == "lines"
    assert list(said.marker.size) == [LONE]
    assert sold.mode == "lines"


def test_the_suggested_number_of_groups_is_named_and_not_only_coloured():
    assert list(silhouettes({2: 0.4, 3: 0.5}, 3).data[0].text) == ["", "suggested"]


def test_networks_are_told_apart_without_colours():
    drawn = rounds_chart({"LSTM": [2.0, 1.0], "GRU": [2.0, 1.5]}).data
    assert {(trace.line.dash, trace.marker.symbol) for trace in drawn} == {("solid", "circle"), ("dash", "square")}
