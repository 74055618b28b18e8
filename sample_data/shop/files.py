"""Writes the shop's files: the English set, the Chinese export, and compressed bytes that never change."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from shop import names, settings
from shop.catalogue import Catalogue
from shop.demand import season_and_week
from shop.market import Market, holidays
from shop.supply import Flows, stocked


def write(folder: Path, name: str, table: pd.DataFrame, encoding: str = "utf-8") -> None:
    """Writes a table as CSV, compressed when the name ends in .gz, with no time stamp in the bytes."""
    text = table.to_csv(index=False, lineterminator="\n").encode(encoding)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    # No time stamp and no file name in the header: the same table gives the same bytes.
    path.write_bytes(gzip.compress(text, 9, mtime=0) if name.endswith(".gz") else text)


def number(values: pd.Series | np.ndarray) -> np.ndarray:
    """Numbers as shortest text, 3.0 as 3, missing as empty: smaller files, and what a person would type."""
    codes, distinct = pd.factorize(np.asarray(values, float), use_na_sentinel=False)
    texts = np.array(["" if np.isnan(value) else f"{value:.10g}" for value in distinct], object)
    return texts[codes]


def dates(day: object, form: str = "%Y-%m-%d") -> np.ndarray:
    """Day numbers as date texts."""
    texts = pd.date_range(settings.START - pd.Timedelta(days=1), periods=settings.SPAN + 401).strftime(form)
    return texts.to_numpy()[np.asarray(day, np.int64) + 1]


def sales(lines: pd.DataFrame) -> pd.DataFrame:
    """The English sales export."""
    return pd.DataFrame(
        {
            "Order ID": lines["order_id"],
            "Order date": dates(lines["day"]),
            "Customer": lines["customer"],
            "Channel": lines["channel"],
            "Warehouse": np.array(settings.WAREHOUSES)[lines["place"]],
            "SKU": lines["sku"],
            "Product": lines["name"],
            "Unit price": number(lines["price"]),
            "Quantity": lines["units"],
            "Discount": number(lines["discount"]),
            "Status": lines["status"],
            "Original order": lines["original"],
        }
    )


def sales_zh(lines: pd.DataFrame) -> pd.DataFrame:
    """The same lines as a Chinese export."""
    return pd.DataFrame(
        {
            "订单编号": lines["order_id"],
            "下单时间": dates(lines["day"], "%Y/%m/%d"),
            "渠道": lines["channel"].map(names.CHANNELS_ZH),
            "仓库": np.array(settings.WAREHOUSES_ZH)[lines["place"]],
            "商品编码": lines["sku"],
            "商品名称": lines["name_zh"],
            "单价": number(lines["price"]),
            "数量": lines["units"],
            "优惠金额": number(lines["discount"]),
            "订单状态": lines["status"].map(names.STATUSES_ZH),
        }
    )


def _allocated(flows: Flows) -> np.ndarray:
    """Units set aside for the coming Double Eleven: an eighth of what the well-stocked series hold, last day only."""
    allocated = np.zeros_like(flows.on_hand)
    last = flows.on_hand[:, -1]
    allocated[:, -1] = np.where(last >= 80, last // 8, 0)
    return allocated


def snapshots(catalogue: Catalogue, flows: Flows) -> pd.DataFrame:
    """Stock records per series: the opening, each Sunday, each day that closed empty, and the last day.

    Columns: day (-1 = the day before the first), sku, place, on_hand, on_order, allocated in units.
    """
    day = np.arange(settings.DAYS)
    weekday = settings.calendar()[: settings.DAYS].day_of_week.to_numpy()
    shown = stocked(catalogue, flows) & ((weekday == 6) | (flows.on_hand == 0))
    shown |= day == settings.DAYS - 1
    row, when = np.nonzero(shown)
    allocated = _allocated(flows)
    table = pd.DataFrame(
        {
            "row": row,
            "day": when,
            "on_hand": flows.on_hand[row, when],
            "on_order": flows.on_order[row, when],
            "allocated": allocated[row, when],
        }
    )
    first = np.flatnonzero(flows.opening)
    opening = pd.DataFrame({"row": first, "day": -1, "on_hand": flows.opening[first], "on_order": 0, "allocated": 0})
    table = pd.concat([opening, table]).sort_values(["row", "day"], ignore_index=True)
    series = catalogue.series.iloc[table["row"].to_numpy()]
    sku = catalogue.products["sku"].to_numpy()[series["product"].to_numpy()]
    return table.assign(sku=sku, place=series["place"].to_numpy())


def stock(table: pd.DataFrame) -> pd.DataFrame:
    """The English stock records."""
    return pd.DataFrame(
        {
            "SKU": table["sku"],
            "Warehouse": np.array(settings.WAREHOUSES)[table["place"]],
            "Date": dates(table["day"]),
            "On hand": table["on_hand"],
            "On order": table["on_order"],
            "Allocated": table["allocated"],
        }
    )


def stock_zh(table: pd.DataFrame) -> pd.DataFrame:
    """The same stock records as a Chinese export, without what is set aside."""
    return pd.DataFrame(
        {
            "商品编码": table["sku"],
            "仓库": np.array(settings.WAREHOUSES_ZH)[table["place"]],
            "库存日期": dates(table["day"], "%Y/%m/%d"),
            "现有库存": table["on_hand"],
            "在途": table["on_order"],
        }
    )


def products(catalogue: Catalogue, market: Market) -> pd.DataFrame:
    """The English product list, with the list price of the last day."""
    table = catalogue.products
    launch = pd.to_datetime(settings.START) + pd.to_timedelta(table["launch"], unit="D")
    end = pd.to_datetime(settings.START) + pd.to_timedelta(table["end"], unit="D")
    supplier = catalogue.suppliers["supplier"].to_numpy()[catalogue.items["supplier"].to_numpy()]
    return pd.DataFrame(
        {
            "SKU": table["sku"],
            "Product": table["product"],
            "Category": table["category"],
            "Brand": table["brand"],
            "Unit cost": number(table["unit_cost"]),
            "Price": number(market.list_price[:, settings.DAYS - 1]),
            "Supplier": supplier,
            "Launch date": launch.dt.strftime("%Y-%m-%d"),
            "Discontinued date": end.dt.strftime("%Y-%m-%d").where(table["stage"] == "discontinued", ""),
        }
    )


def products_zh(catalogue: Catalogue, market: Market) -> pd.DataFrame:
    """The same products as a Chinese export."""
    table = catalogue.products
    return pd.DataFrame(
        {
            "商品编码": table["sku"],
            "商品名称": table["product_zh"],
            "类目": table["category"].map({name: zh for name, (_, zh) in names.CATEGORIES.items()}),
            "品牌": table["brand"],
            "成本价": number(table["unit_cost"]),
            "售价": number(market.list_price[:, settings.DAYS - 1]),
            "供应商": catalogue.suppliers["supplier_zh"].to_numpy()[catalogue.items["supplier"].to_numpy()],
        }
    )


def suppliers(catalogue: Catalogue) -> pd.DataFrame:
    """Suppliers and their terms."""
    table = catalogue.suppliers
    return pd.DataFrame(
        {
            "Supplier": table["supplier"],
            "Lead time (days)": table["lead"],
            "Lead time SD": number(table["lead_sd"]),
            "Review period (days)": table["review"],
            "Order minimum": table["minimum"],
            "Order cost": table["order_cost"],
        }
    )


def supplier_items(catalogue: Catalogue) -> pd.DataFrame:
    """Minimum order quantity, pack size and cost per supplier and SKU."""
    table = catalogue.items
    return pd.DataFrame(
        {
            "Supplier": catalogue.suppliers["supplier"].to_numpy()[table["supplier"].to_numpy()],
            "SKU": table["sku"],
            "MOQ": table["moq"],
            "Pack size": table["pack"],
            "Unit cost": number(table["unit_cost"]),
        }
    )


def purchase_orders(catalogue: Catalogue, flows: Flows) -> pd.DataFrame:
    """Purchase order lines; those not arrived by the last day have no received date and no received units."""
    table = flows.purchases
    series = catalogue.series.iloc[table["series"].to_numpy()]
    items = catalogue.items.iloc[series["product"].to_numpy()]
    arrived = (table["arrives"] < settings.DAYS).to_numpy()
    return pd.DataFrame(
        {
            "PO number": table["number"],
            "Supplier": catalogue.suppliers["supplier"].to_numpy()[items["supplier"].to_numpy()],
            "SKU": items["sku"].to_numpy(),
            "Warehouse": np.array(settings.WAREHOUSES)[series["place"]],
            "Order date": dates(table["day"]),
            "Due date": dates(table["due"]),
            "Received date": np.where(arrived, dates(np.minimum(table["arrives"], settings.SPAN)), ""),
            "Ordered units": table["ordered"],
            "Received units": np.where(arrived, table["delivered"], 0),
            "Unit cost": number(items["unit_cost"]),
            "Status": np.where(arrived, "received", "open"),
        }
    )


def prices_promotions(catalogue: Catalogue, market: Market) -> pd.DataFrame:
    """Rows where a price or promotion differs from the day before, and per promotion day.

    Each row is valid until the product's next row, so a Promotion = 0 row ends each promotion.
    """
    day = np.arange(settings.SPAN)
    price, kind = market.price, market.promotion
    changed = kind > 0
    changed[:, 1:] |= (price[:, 1:] != price[:, :-1]) | (kind[:, 1:] != kind[:, :-1])
    launch, end = (catalogue.products[name].to_numpy()[:, None] for name in ("launch", "end"))
    changed = (changed & (day > launch) & (day < end)) | (day == np.maximum(launch, 0))
    row, when = np.nonzero(changed)
    shown = kind[row, when]
    return pd.DataFrame(
        {
            "Date": dates(when),
            "SKU": catalogue.products["sku"].to_numpy()[row],
            "Price": number(price[row, when]),
            "Promotion": (shown > 0).astype(int),
            "Promotion type": np.array(settings.PROMOTIONS)[shown],
        }
    )


def behaviour(catalogue: Catalogue, market: Market) -> pd.DataFrame:
    """Clicks, favourites and ad spend of the livelier products.

    Shoppers look some days before they buy, so each signal runs ahead of the season by its lead, times its own
    deviation; that deviation is what demand answers to.
    """
    wave = season_and_week(catalogue) * market.event
    units = catalogue.products["units_a_day"].to_numpy()
    launch = catalogue.products["launch"].to_numpy()
    day = np.arange(settings.DAYS)
    parts = []
    for row in market.watched:
        columns: dict[str, object] = {"Date": dates(day), "SKU": catalogue.products["sku"].iloc[row]}
        for name, per_unit in (("Clicks", 22.0), ("Favourites", 5.0)):
            lead = settings.LEADS[name][0]
            ahead = wave[row, lead : settings.DAYS + lead] * np.exp(market.deviation[name][row, : settings.DAYS])
            columns[name] = np.round(units[row] * per_unit * ahead).astype(np.int64)
        columns["Ad spend"] = np.round(np.expm1(market.deviation["Ad spend"][row, : settings.DAYS])).astype(np.int64)
        parts.append(pd.DataFrame(columns)[day >= launch[row]])
    return pd.concat(parts, ignore_index=True)


def market_table(market: Market) -> pd.DataFrame:
    """The competitor's price index (known to the last day) and the holidays (known ahead)."""
    names_of_days = holidays()
    competitor = np.where(np.arange(settings.SPAN) < settings.DAYS, market.competitor, np.nan)
    return pd.DataFrame(
        {
            "Date": dates(np.arange(settings.SPAN)),
            "Competitor price index": number(competitor),
            "Holiday": [int(bool(name)) for name in names_of_days],
            "Holiday name": names_of_days,
        }
    )


def write_all(folder: Path, catalogue: Catalogue, market: Market, flows: Flows, lines: pd.DataFrame) -> None:
    """Writes the English and the Chinese files."""
    records = snapshots(catalogue, flows)
    tables = {
        "sales.csv.gz": sales(lines),
        "stock.csv.gz": stock(records),
        "products.csv": products(catalogue, market),
        "suppliers.csv": suppliers(catalogue),
        "supplier_items.csv": supplier_items(catalogue),
        "purchase_orders.csv.gz": purchase_orders(catalogue, flows),
        "prices_promotions.csv.gz": prices_promotions(catalogue, market),
        "behaviour.csv.gz": behaviour(catalogue, market),
        "market.csv": market_table(market),
    }
    chinese = {
        "chinese/销售明细.csv.gz": sales_zh(lines),
        "chinese/商品.csv": products_zh(catalogue, market),
        "chinese/库存.csv.gz": stock_zh(records),
    }
    # Compression leaves the interpreter free, so one file is packed while the next is written out.
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(write, folder, name, table) for name, table in tables.items()]
        jobs += [pool.submit(write, folder, name, table, "gb18030") for name, table in chinese.items()]
    for job in jobs:
        job.result()
