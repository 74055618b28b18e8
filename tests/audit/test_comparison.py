"""Audit of the leaderboard: every score from the forecasts of past dates and the clean demand, by its definition."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest

from core.workflows import comparing
from tests.audit import small_shop

METHODS = ("seasonal_naive", "moving_average", "ses")
HORIZON, SEASON = 12, 6
HORIZON_DAYS = 14
LEVELS = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975]
ORDER = sorted(small_shop.PLACES, key=lambda key: key[::-1])


@pytest.fixture(scope="module")
def demand(shop):
    """Units per series and open day, unknown where nobody could buy: one column per series."""
    clean = shop.written("clean")
    known = clean.assign(units=clean["units"].where(~clean["out_of_stock"]))
    wide = known.pivot_table(index="period", columns=["sku", "location"], values="units", dropna=False)
    return wide.reindex([str(day) for day in small_shop.trading_days()])


@pytest.fixture(scope="module")
def said(shop):
    """What each method and combination expected at each past date."""
    run_id = comparing.latest(shop.workspace).run_id
    parts = [
        comparing.backtest_lines(shop.workspace, run_id, *key).assign(sku=key[0], location=key[1])
        for key in small_shop.PLACES
    ]
    table = pd.concat(parts)
    return table.assign(period=table["period"].dt.strftime("%Y-%m-%d"), origin=table["origin"].dt.strftime("%Y-%m-%d"))


@pytest.fixture(scope="module")
def scored(shop, said):
    """The same with the units sold, where they are known."""
    clean = shop.written("clean").rename(columns={"units": "actual"})
    return said.merge(clean[~clean["out_of_stock"]], on=["sku", "location", "period"])


@pytest.fixture(scope="module")
def board(shop):
    return {row["model"]: row for row in shop.told["compare"]}


def scale(history: pd.Series, lag: int) -> np.ndarray:
    values = history.to_numpy(float)
    return (values[lag:] - values[:-lag])[np.isfinite(values[lag:] - values[:-lag])]


def test_past_dates_follow_one_another_a_horizon_apart(said):
    days = [str(day) for day in small_shop.trading_days()]
    told = said.groupby("origin")["period"].agg(["min", "max"]).sort_index()
    assert told["min"].tolist() == [days[at] for at in (-36, -24, -12)]
    assert told["max"].tolist() == [days[at] for at in (-25, -13, -1)]


@pytest.mark.parametrize("model", [*METHODS, "mean_of_best", "inverse_error"])
def test_wape_bias_and_mean_errors(scored, board, model):
    own = scored[scored["model"] == model]
    error = own["mean"] - own["actual"]
    row = board[model]
    assert row["points"] == len(own)
    assert row["wape"] == pytest.approx(error.abs().sum() / own["actual"].sum())
    assert row["bias"] == pytest.approx(error.sum() / own["actual"].sum())
    assert row["mae"] == pytest.approx(error.abs().mean())
    assert row["mse"] == pytest.approx((error**2).mean())
    assert row["rmse"] == pytest.approx(row["mse"] ** 0.5)


@pytest.mark.parametrize("model", [*METHODS, "mean_of_best", "inverse_error"])
def test_mase_and_rmsse_scale_by_what_was_known_at_each_past_date(scored, demand, board, model):
    absolute, squared = defaultdict(list), defaultdict(list)
    for (sku, place, origin), part in scored[scored["model"] == model].groupby(["sku", "location", "origin"]):
        known = demand[sku, place][demand.index <= origin]
        since = known[(known > 0).to_numpy().argmax() :]
        error = (part["mean"] - part["actual"]).to_numpy()
        absolute[sku, place] += list(np.abs(error) / np.abs(scale(known, SEASON)).mean())
        squared[sku, place] += list(error**2 / (scale(since, 1) ** 2).mean())
    assert board[model]["mase"] == pytest.approx(np.mean([np.mean(each) for each in absolute.values()]))
    assert board[model]["rmsse"] == pytest.approx(np.mean([np.mean(each) ** 0.5 for each in squared.values()]))


@pytest.fixture(scope="module")
def kept(shop, said):
    """Quantiles of periods and of totals as the product keeps them on disk, by method."""
    found = {}
    for path in shop.home.rglob("*.npz"):
        with np.load(path) as stored:
            arrays = dict(stored)
        for model in METHODS:
            own = said[said["model"] == model]
            mean = np.array(
                [
                    [
                        own[(own["sku"] == sku) & (own["location"] == place) & (own["origin"] == origin)]["mean"]
                        for sku, place in ORDER
                    ]
                    for origin in sorted(set(own["origin"]))
                ]
            )
            if "mean" in arrays and arrays["mean"].shape == mean.shape and np.allclose(arrays["mean"], mean):
                found[model] = arrays
    return found


@pytest.fixture(scope="module")
def actual(demand):
    """Units sold, by past date, series and step."""
    return np.array([[demand[key].to_numpy()[at : at + HORIZON or None] for key in ORDER] for at in (-36, -24, -12)])


def inside(actual, quantiles, levels, low, high):
    """Share of an actual's rank between two levels; what lies on quantiles reaches halfway to their neighbours."""
    below = [level for level, units in zip(levels, quantiles, strict=True) if units < actual - 1e-4]
    above = [level for level, units in zip(levels, quantiles, strict=True) if units > actual + 1e-4]
    tied = [level for level in levels if level not in below and level not in above]
    if not tied:
        return float(len(below) > levels.index(low) and len(above) > len(levels) - 1 - levels.index(high))
    first = (below[-1] + tied[0]) / 2 if below else 0.0
    last = (tied[-1] + above[0]) / 2 if above else 1.0
    return max(min(last, high) - max(first, low), 0.0) / (last - first)


@pytest.mark.parametrize("model", METHODS)
def test_shares_of_actuals_inside_the_bands(kept, actual, board, model):
    known = np.isfinite(actual)
    for name, ends in {"coverage_80": (0.1, 0.9), "coverage_95": (0.025, 0.975)}.items():
        pairs = zip(actual[known], kept[model]["quantiles"][known], strict=True)
        shares = [inside(units, bands, LEVELS, *ends) for units, bands in pairs]
        assert board[model][name] == pytest.approx(np.mean(shares))


@pytest.mark.parametrize("model", METHODS)
def test_shares_of_totals_inside_the_bands_leave_out_stock_outs(kept, actual, board, model):
    known, total = np.isfinite(actual).all(axis=2), actual.sum(axis=2)
    bands = kept[model]["totals"]
    for name, ends in {"coverage_total_80": (0.1, 0.9), "coverage_total_95": (0.025, 0.975)}.items():
        pairs = zip(total[known], bands[known], strict=True)
        shares = [inside(units, own, [*LEVELS, 0.99], *ends) for units, own in pairs]
        assert board[model][name] == pytest.approx(np.mean(shares))


def test_replayed_cost(kept, actual, board):
    """Service level 90 %, so a unit short is worth nine times the holding of one left over."""
    known, total = np.isfinite(actual).all(axis=2), actual.sum(axis=2)
    cost = np.array([small_shop.COSTS[sku] for sku, _place in ORDER])
    holding = cost * 0.25 * HORIZON_DAYS / 365.25
    found = {}
    for model in METHODS:
        stock = np.ceil(kept[model]["totals"][..., 6] - 1e-4)
        left, short = np.maximum(stock - total, 0)[known], np.maximum(total - stock, 0)[known]
        each = np.broadcast_to(holding, known.shape)[known]
        found[model] = (each * (left + 9 * short)).sum()
        assert (board[model]["left_units"], board[model]["lost_units"]) == (left.sum(), short.sum())
        assert board[model]["holding_cost"] == pytest.approx((each * left).sum())
        assert board[model]["lasted"] == pytest.approx((short == 0).mean())
        assert board[model]["service"] == pytest.approx(1 - short.sum() / total[known].sum())
        assert board[model]["cost_index"] == pytest.approx(found[model] / found["seasonal_naive"])


def test_the_mean_of_the_best_three_is_their_mean(said):
    wide = said.pivot_table(index=["sku", "location", "period"], columns="model", values="mean")
    assert wide["mean_of_best"].to_numpy() == pytest.approx(wide[list(METHODS)].mean(axis=1).to_numpy())


def test_share_of_series_won_and_whether_naive_is_beaten(board, scored, demand):
    origins = sorted(set(scored["origin"]))
    errors = {model: [rmsse(scored, demand, model, key, origins) for key in ORDER] for model in board}
    least = np.min(list(errors.values()), axis=0)
    for model, own in errors.items():
        assert board[model]["skus_won"] == pytest.approx((np.array(own) <= least).mean()), model
        beats = None if model == "seasonal_naive" else board[model]["rmsse"] < board["seasonal_naive"]["rmsse"]
        assert board[model]["beats_naive"] == beats


def demand_class(history: pd.Series) -> str:
    known = history.dropna()
    sizes = known[known > 0]
    seldom, uneven = len(known) / len(sizes) >= 1.32, (sizes.std(ddof=0) / sizes.mean()) ** 2 >= 0.49
    return {(False, False): "smooth", (True, False): "intermittent", (False, True): "erratic"}.get(
        (seldom, uneven), "lumpy"
    )


def test_weights_by_inverse_error_come_from_earlier_past_dates(said, scored, demand):
    """Equal at the first past date, then one over the squared mean RMSSE of the demand class."""
    wide = said.pivot_table(index=["origin", "sku", "location", "period"], columns="model", values="mean")
    origins = sorted(set(said["origin"]))
    for at, origin in enumerate(origins):
        known = demand[demand.index <= origin]
        kinds = {key: demand_class(known[key]) for key in ORDER}
        for key in ORDER:
            alike = [each for each in ORDER if kinds[each] == kinds[key]]
            errors = {
                model: np.mean([rmsse(scored, demand, model, each, origins[:at]) for each in alike])
                for model in METHODS
            }
            weight = {model: error**-2 if at else 1.0 for model, error in errors.items()}
            rows = wide.loc[(origin, *key)]
            expected = sum(rows[model] * weight[model] for model in METHODS) / sum(weight.values())
            assert rows["inverse_error"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-6), (origin, key)


def rmsse(scored, demand, model, key, origins):
    """Of one series over some past dates."""
    own = scored[(scored["model"] == model) & (scored["sku"] == key[0]) & (scored["location"] == key[1])]
    found = []
    for origin in origins:
        known = demand[key][demand.index <= origin]
        part = own[own["origin"] == origin]
        found += list(
            (part["mean"] - part["actual"]) ** 2 / (scale(known[(known > 0).to_numpy().argmax() :], 1) ** 2).mean()
        )
    return np.sqrt(np.mean(found)) if found else np.nan
