"""The whole way on the sample shop, held against the truth its generator wrote down."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.workflows import cleaning, datasets, home, planning, sample, segmenting
from core.workflows.comparing import CompareRequest, compare
from core.workflows.forecasting import ForecastRequest, forecast
from core.workflows.workspace import Workspace, open_workspace

TRUTH = Path(__file__).parents[2] / "sample_data" / "truth"
EFFECTS = json.loads((TRUTH / "effects.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = open_workspace(tmp_path_factory.mktemp("sample") / "shop.duckdb")
    sample.load(workspace)
    return workspace


@pytest.fixture(scope="module")
def planned(shop: Workspace) -> planning.PlanRun:
    compare(shop, CompareRequest(models=("seasonal_naive", "ses"), folds=1))
    forecast(shop, ForecastRequest())
    return planning.plan(shop, planning.PlanOptions())


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    """One row per series and day: demand, and units lost to empty shelves."""
    with np.load(TRUTH / "demand.npz") as stored:
        n_series, n_days = stored["demand"].shape
        days = np.datetime64(int(stored["first_day"]), "D") + np.arange(n_days)
        frame = pd.DataFrame(
            {
                "sku": np.repeat(stored["sku"].astype(str), n_days),
                "location": np.repeat(stored["location"].astype(str), n_days),
                "period": np.tile(days, n_series).astype("datetime64[s]"),
                "demand": stored["demand"].ravel().astype(float),
                "lost": stored["lost"].ravel().astype(float),
            }
        )
    return frame[frame["demand"] >= 0]


def test_every_series_of_the_shop_is_there(shop: Workspace, truth: pd.DataFrame) -> None:
    panel = datasets.current_dataset(shop).panel
    sold = truth[truth["demand"] > truth["lost"]].groupby(["sku", "location"]).ngroups
    assert len(panel) == sold
    assert panel.n_periods == 1096


def test_planted_faults_are_found_and_counted(shop: Workspace) -> None:
    found = cleaning.report(shop).effects
    counts = EFFECTS["counts"]
    assert found["exact_duplicates"][0] == counts["duplicates"]
    assert found["non_products"][0] == pytest.approx(counts["not_goods"], rel=0.02)
    assert found["cancelled_orders"][0] == pytest.approx(counts["cancelled"], rel=0.02)


def test_stock_outs_are_told_from_days_without_demand(shop: Workspace, truth: pd.DataFrame) -> None:
    told = cleaning.clean_demand(shop)
    both = told.merge(truth, on=["sku", "location", "period"])
    lost = both["lost"] > 0
    assert both.loc[lost, "out_of_stock"].mean() > 0.95
    assert not both.loc[~both["out_of_stock"], "lost"].gt(0).mean() > 0.01


def test_clean_demand_is_what_was_sold(shop: Workspace, truth: pd.DataFrame) -> None:
    told = cleaning.clean_demand(shop)
    both = told.merge(truth, on=["sku", "location", "period"])
    open_days = ~both["out_of_stock"] & both["units"].notna()
    sold = (both["demand"] - both["lost"])[open_days]
    assert both.loc[open_days, "units"].sum() == pytest.approx(sold.sum(), rel=0.03)
    assert np.corrcoef(both.loc[open_days, "units"], sold)[0, 1] > 0.97


def test_promotions_planned_ahead_reach_the_forecast(shop: Workspace) -> None:
    panel = datasets.current_dataset(shop).panel
    assert np.nansum(panel.future_drivers["promotion"]) > 0
    assert "price" in panel.future_drivers
    assert "clicks" not in panel.future_drivers


def test_groups_follow_how_skus_really_sell(shop: Workspace) -> None:
    from sklearn.metrics import adjusted_mutual_info_score

    table = segmenting.segment_skus(shop, segmenting.SegmentRequest(n_groups=6)).table
    real = pd.read_csv(TRUTH / "groups.csv").set_index("sku").loc[table["sku"]]
    kind = real["season"] + real["popularity"]
    assert adjusted_mutual_info_score(kind, table["group"]) > 0.25
    assert set(table.loc[table["sku"].isin(real.index[real["popularity"] == "hit"]), "abc"]) <= {"A", "B"}


def test_the_plan_sees_the_empty_shelves_and_the_open_orders(planned: planning.PlanRun) -> None:
    stock = pd.read_csv(sample.FOLDER / "stock.csv.gz")
    last = stock[stock["Date"] == "2026-10-31"]
    assert len(last) >= len(planned.lines)
    merged = planned.lines.merge(last, left_on=["sku", "location"], right_on=["SKU", "Warehouse"])
    assert np.array_equal(merged["on_hand"], merged["On hand"])
    orders = pd.read_csv(sample.FOLDER / "purchase_orders.csv.gz")
    waiting = orders[orders["Received date"].isna()]
    awaited = (waiting["Ordered units"] - waiting["Received units"].fillna(0)).sum()
    assert planned.lines["on_order"].sum() == pytest.approx(awaited)


def test_every_order_is_explained_and_keeps_its_terms(planned: planning.PlanRun) -> None:
    lines = planned.lines
    for place, terms in enumerate(planned.steps):
        assert sum(units for _name, units in terms) == pytest.approx(lines["order_units"].iloc[place], abs=1e-6)
    ordered = lines[lines["order_units"] > 0]
    assert len(ordered) > 20
    assert (ordered["order_units"] % ordered["pack"] == 0).all()
    assert (ordered["order_units"] >= ordered["moq"]).all()


def test_home_tells_what_is_out_and_what_is_too_much(shop: Workspace, planned: planning.PlanRun) -> None:
    status = home.status(shop)
    empty = ((planned.lines["on_hand"] <= 0) & (planned.lines["expected_demand"] > 0.5)).sum()
    assert status.stocked_out == empty > 0
    assert status.excess is not None
    assert status.excess > 0
    assert status.exceptions["state"].iloc[0] == home.OUT
