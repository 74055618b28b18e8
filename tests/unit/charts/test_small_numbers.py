"""Charts of shops whose numbers are 1, differ by rounding only, or are not known."""

import numpy as np

from core.charts.demand import error_by_step
from core.charts.segments import nine_boxes
from core.charts.stock import cost_parts, exchange_curve


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
