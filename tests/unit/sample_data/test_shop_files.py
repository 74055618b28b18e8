"""The sample shop's files agree with one another and with the truth written beside them."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SHOP = Path(__file__).resolve().parents[3] / "sample_data"
LAST_DAY = pd.Timestamp("2026-10-31")
DAYS = pd.date_range("2023-11-01", LAST_DAY)
EXTRAS = ["SHIPPING", "GIFTWRAP", "DISCOUNT"]
KEY = ["SKU", "Warehouse"]


def data_files(folder):
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in {".gz", ".csv", ".json", ".npz"}
    }


@pytest.fixture(scope="module")
def sales():
    kinds = {"Order ID": str, "Original order": str}
    return pd.read_csv(SHOP / "sales.csv.gz", dtype=kinds, parse_dates=["Order date"])


@pytest.fixture(scope="module")
def goods(sales):
    """Lines that moved stock: each once, no cancelled orders, no shipping fees."""
    once = sales.drop_duplicates()
    return once[(once["Status"] != "cancelled") & ~once["SKU"].isin(EXTRAS)]


@pytest.fixture(scope="module")
def stock():
    return pd.read_csv(SHOP / "stock.csv.gz", parse_dates=["Date"])


@pytest.fixture(scope="module")
def purchases():
    return pd.read_csv(SHOP / "purchase_orders.csv.gz", parse_dates=["Order date", "Due date", "Received date"])


@pytest.fixture(scope="module")
def effects():
    return json.loads((SHOP / "truth" / "effects.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def truth():
    with np.load(SHOP / "truth" / "demand.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def series(truth):
    return pd.MultiIndex.from_arrays([truth["sku"], truth["location"]], names=KEY)


@pytest.fixture(scope="module")
def flows(goods, purchases, series):
    """Daily units per series, (n_series, n_days): outgoing sales, incoming returns and receipts."""

    def daily(table, day, units):
        wide = table.pivot_table(index=KEY, columns=day, values=units, aggfunc="sum", fill_value=0)
        return wide.reindex(index=series, columns=DAYS, fill_value=0).to_numpy().astype(int)

    sold, returned = goods[goods["Quantity"] > 0], goods[goods["Quantity"] < 0]
    received = purchases[purchases["Status"] == "received"]
    return {
        "sold": daily(sold, "Order date", "Quantity"),
        "returned": -daily(returned, "Order date", "Quantity"),
        "received": daily(received, "Received date", "Received units"),
    }


@pytest.fixture(scope="module")
def bulk(series):
    table = pd.read_csv(SHOP / "truth" / "bulk_orders.csv", parse_dates=["date"])
    units = np.zeros((len(series), len(DAYS)), int)
    units[series.get_indexer(pd.MultiIndex.from_frame(table[["sku", "location"]])), DAYS.get_indexer(table["date"])] = (
        table["sold"]
    )
    return units


@pytest.fixture(scope="module")
def product_demand(truth):
    """Unconstrained units per SKU and day."""
    return pd.DataFrame(np.maximum(truth["demand"], 0), columns=DAYS).groupby(truth["sku"]).sum()


@pytest.fixture(scope="module")
def lively():
    """SKUs that sold smoothly and briskly through the whole history."""
    groups = pd.read_csv(SHOP / "truth" / "groups.csv")
    chosen = (groups["process"] == "smooth") & (groups["units_a_day"] > 5) & (groups["stage"] == "established")
    return groups.loc[chosen, "sku"].tolist()


def test_all_files_together_stay_below_eight_megabytes():
    total = sum(path.stat().st_size for path in data_files(SHOP).values())
    assert 3_000_000 < total < 8_000_000


@pytest.mark.thorough
def test_generator_writes_the_same_files_again(tmp_path):
    def content(path):
        raw = path.read_bytes()
        return gzip.decompress(raw) if path.suffix == ".gz" else raw

    subprocess.run([sys.executable, "-W", "error", str(SHOP / "make_shop.py"), str(tmp_path)], check=True)
    fresh, kept = data_files(tmp_path), data_files(SHOP)
    assert list(fresh) == list(kept)
    assert [name for name in kept if content(fresh[name]) != content(kept[name])] == []


def test_compressed_files_carry_no_time_stamp():
    stamps = {path.name: path.read_bytes()[4:8] for path in data_files(SHOP).values() if path.suffix == ".gz"}
    assert set(stamps.values()) == {bytes(4)}


def test_stock_flows_balance_at_every_stock_record(stock, flows, series):
    opening = stock[stock["Date"] < DAYS[0]].set_index(KEY)["On hand"].reindex(series, fill_value=0).to_numpy()
    change = flows["received"] + flows["returned"] - flows["sold"]
    closing = opening[:, None] + change.cumsum(axis=1)
    later = stock[stock["Date"] >= DAYS[0]]
    row, day = series.get_indexer(pd.MultiIndex.from_frame(later[KEY])), DAYS.get_indexer(later["Date"])
    np.testing.assert_array_equal(closing[row, day], later["On hand"])
    assert closing.min() == 0


def test_every_series_has_a_stock_record_on_the_last_day(stock, series):
    last = stock[stock["Date"] == LAST_DAY]
    assert sorted(last[KEY].itertuples(index=False, name=None)) == sorted(series)


def test_last_stock_record_shows_what_is_still_on_order(stock, purchases):
    open_units = purchases[purchases["Status"] == "open"].groupby(KEY)["Ordered units"].sum()
    shown = stock[stock["Date"] == LAST_DAY].set_index(KEY)["On order"]
    pd.testing.assert_series_equal(
        shown[shown > 0].sort_index(), open_units.sort_index(), check_names=False, check_dtype=False
    )


def test_demand_is_what_was_sold_plus_what_was_lost(truth, flows, bulk):
    listed = truth["demand"] >= 0
    np.testing.assert_array_equal((flows["sold"] - bulk + truth["lost"])[listed], truth["demand"][listed])
    assert truth["lost"].min() == 0
    assert 0.03 < truth["lost"].sum() / truth["demand"][listed].sum() < 0.12


def test_sales_are_lost_only_on_days_that_close_empty(truth, stock, series):
    empty = np.zeros(truth["lost"].shape, bool)
    gone = stock[(stock["On hand"] == 0) & (stock["Date"] >= DAYS[0])]
    empty[series.get_indexer(pd.MultiIndex.from_frame(gone[KEY])), DAYS.get_indexer(gone["Date"])] = True
    assert not (truth["lost"][~empty] > 0).any()


def test_planted_dirt_is_there_in_the_stated_amounts(sales, effects):
    once = sales.drop_duplicates()
    returned = once[once["Status"] == "returned"]
    sold = once[once["Status"].isin(["completed", "paid"]) & ~once["SKU"].isin(EXTRAS)]
    found = {
        "lines": len(sales),
        "duplicates": int(sales.duplicated().sum()),
        "cancelled": int((once["Status"] == "cancelled").sum()),
        "returns": len(returned),
        "returned_units": int(-returned["Quantity"].sum()),
        "missing_prices": int(sales["Unit price"].isna().sum()),
        "not_goods": int(sales["SKU"].isin(EXTRAS).sum()),
        "shipping": int((sales["SKU"] == "SHIPPING").sum()),
        "giftwrap": int((sales["SKU"] == "GIFTWRAP").sum()),
        "discount": int((sales["SKU"] == "DISCOUNT").sum()),
        "units_sold": int(sold["Quantity"].sum()),
    }
    counts = effects["counts"]
    assert found == {name: counts[name] for name in found}


def test_bulk_orders_stand_in_the_sales_as_single_lines(goods, effects):
    table = pd.read_csv(SHOP / "truth" / "bulk_orders.csv", parse_dates=["date"])
    sold = table[table["sold"] > 0].rename(
        columns={"sku": "SKU", "location": "Warehouse", "date": "Order date", "sold": "Quantity"}
    )
    found = sold.merge(goods, on=["SKU", "Warehouse", "Order date", "Quantity"], how="left")
    assert found["Order ID"].notna().all()
    assert len(sold) == effects["counts"]["bulk_orders"] >= 8


def test_each_return_names_an_earlier_sale_of_the_same_product(goods):
    keys = ["Order ID", "SKU"]
    back = goods[goods["Status"] == "returned"]
    joined = back.merge(goods, left_on=["Original order", "SKU"], right_on=keys, suffixes=("", " sold"))
    assert len(joined) == len(back)
    assert (-joined["Quantity"] <= joined["Quantity sold"]).all()
    assert (joined["Order date"] - joined["Order date sold"]).dt.days.between(3, 14).all()


def test_chinese_export_is_gb18030_and_tells_the_same_sales(sales):
    raw = gzip.decompress((SHOP / "chinese" / "销售明细.csv.gz").read_bytes())
    with pytest.raises(UnicodeDecodeError):
        raw[:10_000].decode("utf-8")
    chinese = pd.read_csv(SHOP / "chinese" / "销售明细.csv.gz", encoding="gb18030", dtype={"订单编号": str})
    assert len(chinese) == len(sales)
    pd.testing.assert_series_equal(
        chinese.groupby("商品编码")["数量"].sum(), sales.groupby("SKU")["Quantity"].sum(), check_names=False
    )


def test_chinese_stock_and_products_match_the_english_ones(stock):
    stock_zh = pd.read_csv(SHOP / "chinese" / "库存.csv.gz", encoding="gb18030")
    products_zh = pd.read_csv(SHOP / "chinese" / "商品.csv", encoding="gb18030")
    products = pd.read_csv(SHOP / "products.csv")
    np.testing.assert_array_equal(stock_zh["现有库存"], stock["On hand"])
    assert products_zh["商品编码"].tolist() == products["SKU"].tolist()
    assert products_zh["商品名称"].is_unique


def stepwise(column, lively):
    """A column of the price file on each day, each row valid until the product's next one."""
    table = pd.read_csv(SHOP / "prices_promotions.csv.gz", parse_dates=["Date"], keep_default_na=False)
    return table.pivot_table(index="SKU", columns="Date", values=column, aggfunc="first").reindex(
        index=lively, columns=DAYS
    ).ffill(axis=1)  # fmt: skip


def test_regression_on_true_demand_finds_the_promotion_uplifts(product_demand, lively, effects):
    price, kind = stepwise("Price", lively).astype(float), stepwise("Promotion type", lively)
    elasticity = pd.read_csv(SHOP / "products.csv").set_index("SKU")["Category"].map(effects["price_elasticity"])
    log = np.log(product_demand.loc[lively] + 0.5) + np.log(price).mul(elasticity[lively], axis=0)
    # Sales events and the gift season move demand on the very days of promotions: they are left out.
    calm = ~(DAYS.month.isin([11, 12]) | ((DAYS.month == 6) & (DAYS.day > 14)))
    log, coupon, flash = (
        table.loc[:, calm].T for table in (log, (kind == "Coupon week") * 1.0, (kind == "Flash sale") * 1.0)
    )
    month, weekday = log.index.to_period("M"), log.index.day_of_week
    log = log - log.groupby(weekday).transform("mean")
    log, coupon, flash = (table - table.groupby(month).transform("mean") for table in (log, coupon, flash))
    design = np.column_stack([coupon.to_numpy().ravel(), flash.to_numpy().ravel()])
    uplift = np.exp(np.linalg.lstsq(design, log.to_numpy().ravel())[0])
    truth = effects["promotion_uplift"]
    assert uplift == pytest.approx([truth["Coupon week"], truth["Flash sale"]], rel=0.06)


def test_clicks_lead_demand_by_the_stated_days(product_demand, effects):
    clicks = pd.read_csv(SHOP / "behaviour.csv.gz", parse_dates=["Date"]).pivot_table(
        index="SKU", columns="Date", values="Clicks"
    )
    clicks = np.log1p(clicks.reindex(columns=DAYS).dropna())
    wanted = np.log(product_demand.loc[clicks.index] + 0.5)
    changes = [table.diff(axis=1).to_numpy()[:, 1:] for table in (clicks, wanted)]
    agreement = {
        lag: np.corrcoef(changes[0][:, : -lag - 1].ravel(), changes[1][:, lag:-1].ravel())[0, 1] for lag in range(1, 8)
    }
    assert max(agreement, key=agreement.get) == effects["leads"]["Clicks"]["days"]


def test_known_pairs_share_baskets_far_more_often_than_chance(goods, effects):
    sold = goods[goods["Quantity"] > 0]
    orders = sold["Order ID"].nunique()
    baskets = sold.groupby("SKU")["Order ID"].agg(set)
    for first, second in effects["pairs"]:
        together = len(baskets[first] & baskets[second])
        lift = together * orders / (len(baskets[first]) * len(baskets[second]))
        assert lift > 4, (first, second, lift)


def test_promotions_of_the_coming_quarter_are_already_known():
    table = pd.read_csv(SHOP / "prices_promotions.csv.gz", parse_dates=["Date"])
    coming = table[(table["Date"] > LAST_DAY) & (table["Promotion"] == 1)]
    assert {"Double Eleven", "Christmas"} <= set(coming["Promotion type"])
    assert coming["Date"].max() <= LAST_DAY + pd.Timedelta(weeks=13)


def test_deliveries_come_late_short_and_some_are_still_open(purchases):
    done = purchases[purchases["Status"] == "received"]
    late = (done["Received date"] > done["Due date"]).mean()
    short = (done["Received units"] < done["Ordered units"]).mean()
    assert 0.2 < late < 0.6
    assert 0.03 < short < 0.09
    assert (purchases["Status"] == "open").sum() > 100


def test_orders_keep_minimum_and_pack(purchases):
    joined = purchases.merge(pd.read_csv(SHOP / "supplier_items.csv"), on=["SKU", "Supplier"])
    assert len(joined) == len(purchases)
    assert (joined["Ordered units"] >= joined["MOQ"]).all()
    assert (joined["Ordered units"] % joined["Pack size"] == 0).all()


def test_planner_opens_on_shortages_thin_cover_and_excess(stock, truth, series):
    last = stock[stock["Date"] == LAST_DAY].set_index(KEY)["On hand"].reindex(series).to_numpy()
    live = truth["demand"][:, -1] >= 0
    rate = np.maximum(truth["demand"][:, -56:], 0).mean(axis=1)
    cover = last / np.maximum(rate, 0.02)
    shares = [(kind & live).sum() / live.sum() for kind in (last == 0, (last > 0) & (cover < 10), cover > 120)]
    assert all(0.02 < share < 0.3 for share in shares), shares


def test_money_is_sensible():
    products = pd.read_csv(SHOP / "products.csv")
    margin = 1 - products["Unit cost"] / products["Price"]
    assert products["Unit cost"].between(2, 80).all()
    assert margin.between(0.3, 0.61).all()
    assert margin.median() == pytest.approx(0.5, abs=0.08)
