"""Each metric against a number worked out by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from core.base.errors import InsufficientHistoryError
from core.evaluate.backtest import Backtest, Plan, error_scales, rolling_origins
from core.evaluate.choosing import champions
from core.evaluate.leaderboard import failed_row, gains_on, leaderboard, row
from core.evaluate.metrics import error_by_step, scores, series_errors
from core.series.forecast import LEVELS


def backtest_of(
    model: str, actual: list[list[list[float]]], mean: list[list[list[float]]], scale: float = 2.0
) -> Backtest:
    real, said = np.array(actual), np.array(mean)
    spread = np.array([-3, -2.5, -2, -1, 0, 1, 2, 2.5, 3.0])
    shape = (real.shape[0], real.shape[1])
    return Backtest(
        model=model,
        skus=np.array([f"S{number}" for number in range(real.shape[1])], dtype=object),
        locations=np.array(["main"] * real.shape[1], dtype=object),
        origins=np.arange(real.shape[0]) + 10,
        periods=np.zeros((real.shape[0], real.shape[2]), "datetime64[D]"),
        actual=real,
        mean=said,
        quantiles=np.maximum(said[..., None] + spread, 0.0),
        levels=LEVELS,
        scale=np.full(shape, scale),
        squared_scale=np.full(shape, scale**2),
        fit_seconds=1.0,
        predict_seconds=0.5,
        substitutions=(),
    )


ONE = backtest_of("one", [[[10.0, 20.0, 0.0, 30.0]]], [[[12.0, 18.0, 1.0, 33.0]]])


def test_wape_is_absolute_error_over_actual() -> None:
    assert scores(ONE).wape == pytest.approx((2 + 2 + 1 + 3) / 60)


def test_bias_is_positive_when_the_forecast_is_too_high() -> None:
    assert scores(ONE).bias == pytest.approx((2 - 2 + 1 + 3) / 60)


def test_squared_errors() -> None:
    result = scores(ONE)
    assert result.mse == pytest.approx((4 + 4 + 1 + 9) / 4)
    assert result.rmse == pytest.approx(math.sqrt(18 / 4))
    assert result.rmsse == pytest.approx(math.sqrt(18 / 4 / 4))


def test_mase_divides_by_the_scale_of_the_history() -> None:
    assert scores(ONE).mase == pytest.approx((8 / 4) / 2)


def test_coverage_counts_actuals_inside_the_interval() -> None:
    between = backtest_of("between", [[[10.1, 19.9, 0.1, 30.1]]], [[[12.0, 18.0, 1.0, 33.0]]])
    assert scores(between).coverage_80 == pytest.approx(3 / 4)  # 30.1 lies below 33 − 2
    assert scores(between).coverage_95 == pytest.approx(1.0)


def test_an_actual_on_the_edge_of_an_interval_counts_in_part() -> None:
    # 10 and 20 lie on 10 and 90 %: three quarters of the ranks around those (7.5 to 17.5, 82.5 to 92.5 %) are inside;
    # 0 lies on all quantiles up to 25 %, so its rank is anywhere up to 37.5 %; 30 lies on 2.5 %, its rank up to 3.75 %
    assert scores(ONE).coverage_80 == pytest.approx((0.75 + 0.75 + 0.275 / 0.375 + 0) / 4)
    assert scores(ONE).coverage_95 == pytest.approx((1 + 1 + 0.35 / 0.375 + 0.0125 / 0.0375) / 4)


def test_what_was_not_observed_is_not_scored() -> None:
    holes = backtest_of("holes", [[[10.0, np.nan]]], [[[8.0, 99.0]]])
    assert scores(holes).points == 1
    assert scores(holes).mae == pytest.approx(2.0)


def test_a_metric_without_demand_is_undefined_not_zero() -> None:
    nothing = backtest_of("nothing", [[[0.0, 0.0]]], [[[1.0, 1.0]]])
    assert math.isnan(scores(nothing).wape)
    assert row(nothing).record()["wape"] is None
    assert scores(nothing).mae == pytest.approx(1.0)


def test_mase_of_a_series_without_scale_is_left_out_of_the_mean() -> None:
    two = backtest_of("two", [[[10.0], [4.0]]], [[[8.0], [1.0]]])
    two.scale[0, 1] = np.nan
    assert scores(two).mase == pytest.approx(1.0)
    assert np.isnan(series_errors(two).mase[1])


def test_pinball_loss_of_a_point_mass() -> None:
    exact = backtest_of("exact", [[[50.0]]], [[[50.0]]])
    spread = np.array([3, 2.5, 2, 1, 0, 1, 2, 2.5, 3.0])
    weight = np.minimum(np.array(LEVELS), 1 - np.array(LEVELS))
    assert scores(exact).pinball == pytest.approx(float((spread * weight).mean()))


def test_error_by_step_is_wape_of_each_step() -> None:
    assert error_by_step(ONE).tolist() == pytest.approx([0.2, 0.1, np.nan, 0.1], nan_ok=True)


def test_scales_follow_their_definitions() -> None:
    history = np.array([[np.nan, 0.0, 2.0, 4.0, 3.0, 7.0]])
    absolute, squared = error_scales(history, 2)
    assert absolute[0] == pytest.approx(np.mean([4.0, 1.0, 3.0]))
    assert squared[0] == pytest.approx(np.mean([4.0, 1.0, 16.0]))  # from the first sale on


def test_origins_leave_room_for_learning() -> None:
    assert rolling_origins(100, Plan(28, 3), 7).tolist() == [16, 44, 72]
    assert rolling_origins(60, Plan(28, 3), 7).tolist() == [32]
    with pytest.raises(InsufficientHistoryError, match="Choose a shorter horizon"):
        rolling_origins(20, Plan(19, 3), 7)


def test_leaderboard_sorts_by_error_and_counts_wins() -> None:
    actual = [[[10.0, 10.0], [10.0, 10.0], [10.0, 10.0]]]
    naive = backtest_of("seasonal_naive", actual, [[[12.0, 12.0], [12.0, 12.0], [11.0, 11.0]]])
    better = backtest_of("better", actual, [[[11.0, 11.0], [11.0, 11.0], [12.5, 12.5]]])
    first, second = leaderboard([naive, better])
    assert (first.model, second.model) == ("better", "seasonal_naive")
    assert first.skus_won == pytest.approx(2 / 3)
    assert first.beats_naive is True
    assert second.beats_naive is None


def test_champion_per_segment_and_per_sku() -> None:
    actual = [[[10.0] * 200] * 600]
    first = backtest_of("first", actual, [[[11.0] * 200] * 400 + [[14.0] * 200] * 200])
    second = backtest_of("second", actual, [[[12.0] * 200] * 400 + [[10.5] * 200] * 200])
    segments = np.array(["x"] * 400 + ["y"] * 200, dtype=object)
    chosen, reasons = champions([first, second], segments, per_sku=False)
    assert chosen.tolist() == ["first"] * 400 + ["second"] * 200
    assert "“y”" in reasons[-1]
    mixed = np.array(["x"] * 600, dtype=object)
    assert champions([first, second], mixed, per_sku=True)[0].tolist() == ["first"] * 400 + ["second"] * 200


def test_luck_on_few_points_does_not_choose_a_champion() -> None:
    actual = [[[10.0], [10.0], [10.0]]]
    steady = backtest_of("steady", actual, [[[11.0], [11.0], [11.0]]])
    lucky = backtest_of("lucky", actual, [[[15.0], [15.0], [10.2]]])
    segments = np.array(["x", "x", "x"], dtype=object)
    assert champions([steady, lucky], segments, per_sku=True)[0].tolist() == ["steady"] * 3


def test_a_failed_model_costs_its_row_only() -> None:
    record = failed_row("arima", 12, "too short").record()
    assert record["failed"] == 12
    assert record["wape"] is None
    assert record["reason"] == "too short"


def test_mape_is_blank_where_nothing_was_sold_in_a_period() -> None:
    assert math.isnan(scores(ONE).mape)
    sold = backtest_of("sold", [[[10.0, 20.0]]], [[[12.0, 18.0]]])
    assert scores(sold).mape == pytest.approx((0.2 + 0.1) / 2)


def test_smape_counts_two_zeros_as_right() -> None:
    result = backtest_of("one", [[[0.0, 10.0]]], [[[0.0, 30.0]]])
    assert scores(result).smape == pytest.approx((0.0 + 2 * 20 / 40) / 2)


def test_the_ranked_probability_score_without_spread_is_the_absolute_error() -> None:
    sure = replace(ONE, quantiles=np.repeat(ONE.mean[..., None], len(LEVELS), axis=3), memo={})
    assert scores(sure).crps == pytest.approx(scores(sure).mae)


def test_churn_is_what_forecasts_moved_between_origins() -> None:
    moved = backtest_of("moved", [[[1.0, 1.0]], [[1.0, 1.0]]], [[[10.0, 10.0]], [[12.0, 9.0]]])
    assert scores(moved).churn == pytest.approx(3 / 20)
    assert math.isnan(scores(ONE).churn)


def test_the_interval_of_a_gain_is_a_share_of_the_naive_error() -> None:
    actual, mean = [[[1.0, 3.0]] * 3], [[[2.0, 2.0]] * 3]
    naive, same = backtest_of("seasonal_naive", actual, mean), backtest_of("same", actual, mean)
    better = backtest_of("better", actual, [[[1.5, 2.5]] * 3])
    gains = gains_on("seasonal_naive", [naive, same, better])
    assert set(gains) == {"same", "better"}
    assert gains["same"] == pytest.approx((0.0, 0.0))
    assert gains["better"] == pytest.approx((0.5, 0.5))


def test_without_the_naive_method_no_gain_is_known() -> None:
    assert gains_on("seasonal_naive", [ONE, ONE]) == {}


def test_a_champion_that_has_not_the_smallest_error_does_not_claim_it() -> None:
    actual = [[[10.0] * 9] * 3]
    single = backtest_of("single", actual, [[[12.0] * 9] * 3])
    mixed = backtest_of("median_of_best", actual, [[[12.01] * 9] * 3])
    segments = np.array(["x"] * 3, dtype=object)
    chosen, reasons = champions([single, mixed], segments, per_sku=False)
    assert chosen.tolist() == ["median_of_best"] * 3
    assert reasons[0].startswith("a combination with nearly the smallest error in the segment “x”, pulled towards the")
    straight = backtest_of("straight", actual, [[[12.01, 7.99] * 4 + [12.01]] * 3])
    _chosen, reasons = champions([single, straight], segments, per_sku=False)
    assert reasons[0].startswith("nearly the smallest error, with much less bias")
    _chosen, reasons = champions([single], segments, per_sku=True)
    assert reasons[0].startswith("smallest error for this SKU, pulled towards its segment “x” (RMSSE")


def test_a_row_without_any_score_says_why() -> None:
    unseen = replace(ONE, actual=np.full((1, 1, 4), np.nan), note="Learned anew.", memo={})
    assert row(unseen).record()["mae"] is None
    assert row(unseen).reason == (
        "Learned anew.; No error can be measured: nothing was on sale and in stock in the periods forecast."
    )
    assert row(ONE).reason == ""
