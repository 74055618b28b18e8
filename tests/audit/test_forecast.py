"""Audit of the forecast: combination, levels, totals by week and month, last year, and the record of the method."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from core.workflows import comparing, forecasting
from tests.audit import small_shop

MEMBERS = ("seasonal_naive", "moving_average", "ses")
KEYS = ["sku", "location", "period"]


@pytest.fixture(scope="module")
def table(shop):
    return shop.written("forecast")


@pytest.fixture(scope="module")
def sold(shop):
    """Units sold by SKU, location and day, stock-outs as sold."""
    return shop.written("clean")


def test_every_open_day_of_the_horizon_and_no_closed_one(table):
    days = [small_shop.LAST + timedelta(n) for n in range(1, 57)]
    expected = [str(day) for day in days if day.weekday() != 6]
    assert sorted(set(table["period"])) == expected
    assert len(table) == 6 * len(expected)


def test_the_combination_is_the_weighted_mean_of_its_members(shop, table):
    means = {name: shop.written(name).set_index(KEYS)["mean"] for name in MEMBERS}
    combined = table.set_index(KEYS)["mean"]
    errors = comparing.series_error_table(shop.workspace, comparing.latest(shop.workspace).run_id)
    for alike in (["JAR"], ["TEA", "MUG", "POT", "TIN"]):
        own = errors[errors["sku"].isin(alike)].groupby("model")["rmsse"].mean()
        weight = {name: own[name] ** -2 for name in MEMBERS}
        expected = sum(means[name] * weight[name] for name in MEMBERS) / sum(weight.values())
        chosen = combined.index.get_level_values("sku").isin(alike)
        assert combined[chosen].to_numpy() == pytest.approx(expected[combined.index][chosen].to_numpy(), abs=1e-5)


@pytest.mark.parametrize("level", ["total", "category", "location"])
def test_levels_add_up(shop, table, level):
    groups = forecasting.required(shop.workspace).groups
    name = {
        "total": table["sku"].map(lambda _: "total"),
        "category": table["sku"].map(small_shop.CATEGORIES),
        "location": table["location"],
    }[level]
    summed = table.groupby([name, "period"])["mean"].sum()
    own = groups[groups["level"] == level]
    told = own.set_index(["name", own["period"].dt.strftime("%Y-%m-%d")])["mean"]
    assert dict(told) == pytest.approx(dict(summed), rel=1e-12)


def test_quantiles_are_those_of_the_stored_paths(shop, table):
    paths = forecasting.stored_paths(shop.workspace, forecasting.required(shop.workspace).run_id)
    own = table.set_index(["sku", "location"])
    for at, key in enumerate(zip(paths.skus, paths.locations, strict=True)):
        for name, share in {"q05": 0.05, "q50": 0.5, "q90": 0.9}.items():
            assert own.loc[key, name].to_numpy() == pytest.approx(
                np.quantile(paths.units[:, at], share, axis=0), abs=1e-4
            )


def near(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["period"] <= str(small_shop.LAST + timedelta(28))]


def test_the_cards_of_the_whole_shop(page, table, sold):
    cards = page("forecast").cards
    expected = near(table)["mean"].sum()
    days = {str(date.fromisoformat(day) - timedelta(364)) for day in set(near(table)["period"])}
    before = sold[sold["period"].isin(days)]["units"].sum()
    assert cards["Next four weeks"][0] == f"{expected:,.0f} units"
    assert cards["Until 13 Feb 2026"][0] == f"{table['mean'].sum():,.0f} units"
    assert cards["Same weeks last year"] == (f"{before:,.0f} units", f"{expected / before - 1:+.1%}")


def test_the_range_of_a_sum_comes_from_summed_paths(shop, page):
    paths = forecasting.stored_paths(shop.workspace, forecasting.required(shop.workspace).run_id, ["TIN"])
    total = paths.units[:, 0].sum(axis=1)
    low, high = np.quantile(total, (0.1, 0.9))
    assert page("forecast", sku="TIN").cards["Until 13 Feb 2026"][1] == f"80 % range {low:.0f} to {high:.0f}"


def test_what_was_said_about_the_whole_shop_against_what_was_sold(shop, page, sold):
    run = comparing.latest(shop.workspace).run_id
    parts = [comparing.backtest_lines(shop.workspace, run, *key) for key in small_shop.PLACES]
    said = pd.concat(parts).query("model == 'inverse_error'").groupby("period")["mean"].sum()
    actual = sold.groupby("period")["units"].sum()
    actual = actual[[f"{day:%Y-%m-%d}" for day in said.index]].to_numpy()
    wape = np.abs(said.to_numpy() - actual).sum() / actual.sum()
    assert page("forecast").cards["Error at past dates (WAPE)"][0] == f"{wape:.1%}"


def test_files_of_the_page_say_what_the_command_line_wrote(page, table):
    shown = page("forecast")
    assert shown.csv("forecast").equals(table)
    months = shown.sheet("forecast", "By month").set_index(["SKU", "Location"]).drop(columns="Method")
    summed = table.assign(month=table["period"].str[:7]).pivot_table(
        index=["sku", "location"], columns="month", values="mean", aggfunc="sum"
    )
    assert months.to_numpy() == pytest.approx(summed.to_numpy())
    wide = shown.csv("forecast-wide").set_index(["SKU", "Location"]).drop(columns="Method")
    assert wide.to_numpy().sum() == pytest.approx(table["mean"].sum())
    whole = shown.sheet("forecast", "Shown", header=2)
    assert whole["Expected units"].to_numpy() == pytest.approx(table.groupby("period")["mean"].sum().to_numpy())
