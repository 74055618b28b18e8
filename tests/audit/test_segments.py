"""Audit of ABC, XYZ and demand class: from the raw lines of the last 365 days."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from core.base.calendar import Frequency, regular
from core.series.panel import from_dense
from core.workflows import segmenting
from tests.audit import books, small_shop

SKUS = tuple(sorted(small_shop.PRICES))


@pytest.fixture(scope="module")
def table(shop):
    return shop.written("segments").set_index("sku")


@pytest.fixture(scope="module")
def last_year(files):
    """Lines of the last 365 days with what they brought, in the shop's money."""
    lines = pd.DataFrame(books.true_lines(files["sales.csv"], files["sales_late.csv"]))
    lines["money"] = lines["quantity"] * lines["unit_price"] * np.where(lines["currency"] == "USD", small_shop.RATE, 1)
    return lines[lines["order_date"] > str(small_shop.LAST - timedelta(365))]


def test_units_of_the_last_year(shop, table):
    clean = shop.written("clean")
    recent = clean[clean["period"] > str(small_shop.LAST - timedelta(365))]
    assert table["units"].to_dict() == pytest.approx(recent.groupby("sku")["units"].sum().to_dict())


def test_revenue_of_the_last_year_in_the_shops_money(table, last_year):
    assert table["revenue"].to_dict() == pytest.approx(last_year.groupby("sku")["money"].sum().to_dict())


def test_abc_by_revenue(table, last_year):
    assert table["abc"].to_dict() == books.classes(last_year.groupby("sku")["money"].sum().to_dict())


@pytest.fixture(scope="module")
def weeks(shop):
    """Units per SKU and open day over all places, six days to a trading week, the newest weeks whole."""
    clean = shop.written("clean")
    known = clean.assign(units=clean["units"].where(~clean["out_of_stock"]))
    wide = known.pivot_table(index="period", columns="sku", values="units", aggfunc=lambda each: each.sum(skipna=False))
    return wide.reindex([str(day) for day in small_shop.trading_days()])


def test_xyz_by_the_variation_of_weekly_units(weeks, table):
    whole = weeks.iloc[len(weeks) % 6 :].to_numpy().reshape(-1, 6, weeks.shape[1])
    mean = np.nanmean(whole, axis=1)
    variation = np.nanstd(mean, axis=0) / np.nanmean(mean, axis=0)
    expected = {sku: "X" if cv <= 0.5 else "Y" if cv <= 1 else "Z" for sku, cv in zip(weeks, variation, strict=True)}
    assert table["xyz"].to_dict() == expected


def test_demand_class_by_gaps_and_amounts(weeks, table):
    found = {}
    for sku in weeks:
        known = weeks[sku].dropna()
        sold = known[known > 0]
        gap, spread = len(known) / len(sold), (sold.std(ddof=0) / sold.mean()) ** 2
        found[sku] = {(0, 0): "smooth", (1, 0): "intermittent", (0, 1): "erratic", (1, 1): "lumpy"}[
            gap >= 1.32, spread >= 0.49
        ]
    assert table["demand_class"].to_dict() == found


def test_a_strong_weekday_is_no_variation_of_weeks_in_a_shop_that_shuts_on_sundays():
    """Eight weeks of one unit a day and forty on Saturdays: every week sells the same."""
    units = np.tile([1.0, 1, 1, 1, 1, 40], 8)[None]
    calendar = regular(Frequency.DAY, "2024-01-01", 48, closed_weekdays=[6])
    sales = segmenting._Sales.of(from_dense(units, calendar, ["A"]))
    assert sales.variation.tolist() == [0.0]
