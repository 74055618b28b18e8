"""Charts: titled axes, what is drawn is what was given, empty input says so, data is never markup."""

import numpy as np
import plotly.graph_objects as go
import pytest

from core.charts import comparison, demand, stock
from core.charts.theme import DARK, LIGHT

DAYS = np.arange("2024-01-01", "2024-01-11", dtype="datetime64[D]")
FUTURE = np.arange("2024-01-11", "2024-01-14", dtype="datetime64[D]")


def fan_data(**changes: object) -> demand.FanData:
    values = {
        "periods": DAYS,
        "history": np.arange(10.0),
        "censored": np.arange(10) == 3,
        "future": FUTURE,
        "mean": np.array([9.0, 9.5, 10.0]),
        "quantiles": {level: np.full(3, 10 * level) for level in (0.025, 0.1, 0.25, 0.75, 0.9, 0.975)},
        "earlier": {"<b>ARIMA</b>": (DAYS[7:], np.array([6.0, 7.0, 8.0]))},
        "promotions": DAYS[2:3],
    }
    return demand.FanData(**(values | changes))


def names(figure: go.Figure) -> list[str]:
    return [trace.name for trace in figure.data]


def test_fan_shows_bands_history_forecast_stock_outs_and_promotions() -> None:
    assert names(demand.forecast_fan(fan_data())) == [
        "95 % interval",
        "80 % interval",
        "50 % interval",
        "Sold",
        "Forecast",
        "Said earlier: &lt;b&gt;ARIMA&lt;/b&gt;",
        "Out of stock",
        "Promotion",
    ]


def test_fan_without_forecast_is_the_history() -> None:
    bare = fan_data(
        future=FUTURE[:0], mean=np.empty(0), quantiles={}, earlier={}, censored=np.zeros(10, bool), promotions=DAYS[:0]
    )
    assert names(demand.forecast_fan(bare)) == ["Sold"]


EMPTY = [
    demand.forecast_fan(fan_data(periods=DAYS[:0], history=np.empty(0), censored=np.zeros(0, bool), future=FUTURE[:0])),
    demand.lines(DAYS, {}, "units"),
    demand.error_by_step({}, "day"),
    comparison.accuracy_against_time(["a"], [float("nan")], [1.0]),
    comparison.heat_map(np.empty((0, 0)), [], [], "%"),
    comparison.group_profile(np.empty((0, 0)), [], []),
    comparison.sku_map(np.empty((0, 2)), np.empty(0, int), [], np.empty(0, object)),
    comparison.silhouettes({}, 2),
    comparison.pareto(np.zeros(3), 1, 2, "units"),
    stock.projected_stock([], 0, 0),
    stock.waterfall([]),
    stock.cost_parts({}, "USD"),
    stock.exchange_curve([], [], [], {}, "USD"),
]


@pytest.mark.parametrize("figure", EMPTY)
def test_empty_input_gives_a_figure_that_says_so(figure: go.Figure) -> None:
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text == "Nothing to show for this choice yet."


FULL = [
    demand.lines(DAYS, {"Lamps": np.arange(10.0)}, "Units per day"),
    demand.error_by_step({"ARIMA": np.array([0.1, 0.2])}, "day"),
    comparison.accuracy_against_time(["ARIMA"], [0.2], [1.0]),
    comparison.silhouettes({2: 0.4, 3: 0.3}, 2),
    comparison.pareto(np.array([5.0, 3.0, 1.0]), 1, 2, "units"),
    comparison.pareto(np.array([5.0]), 1, 1, "units"),
    stock.cost_parts({"Today": {"Holding": 5.0}}, "USD"),
    stock.exchange_curve([1.0, 2.0], [0.8, 0.9], ["80 %", "90 %"], {"Today": (1.5, 0.85)}, "USD"),
    stock.projected_stock([stock.StockFan("Today", DAYS, np.zeros(10), np.ones(10), np.full(10, 2.0))], 5.0, 2.0),
    stock.waterfall([("Expected demand", 10.0), ("On hand", -4.0), ("Order", 6.0)]),
]


@pytest.mark.parametrize("figure", FULL)
def test_the_value_axis_has_a_title(figure: go.Figure) -> None:
    assert figure.layout.yaxis.title.text
    assert figure.data


def test_a_shop_of_one_sku_has_a_running_share_and_one_end() -> None:
    figure = comparison.pareto(np.array([5.0]), 1, 1, "units")
    assert list(figure.data[0].y) == [0.0, 100.0]
    assert [each.text for each in figure.layout.annotations] == ["end of A"]


def test_labels_of_levels_that_meet_stand_at_different_ends() -> None:
    figure = stock.projected_stock([stock.StockFan("Today", DAYS, np.zeros(10), np.zeros(10), np.ones(10))], 0.0, 0.0)
    assert [(each.x, each.xanchor) for each in figure.layout.annotations] == [(0, "left"), (1, "right")]


def test_the_waterfall_ends_in_the_order() -> None:
    trace = stock.waterfall([("Expected demand", 10.0), ("On hand", -4.0), ("Order", 6.0)]).data[0]
    assert list(trace.measure) == ["relative", "relative", "total"]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_texts_can_be_read_in_both_modes(palette) -> None:
    for colour in (palette.ink, palette.muted, palette.good, palette.bad, palette.warn):
        assert contrast(colour, palette.paper) >= 4.5
