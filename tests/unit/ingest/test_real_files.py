"""Published data sets come in whole: every record is loaded or listed."""

from pathlib import Path

import pytest

from core.ingest.conversion import convert
from core.ingest.reading import ReadOptions, read
from core.ingest.recognition import recognise
from core.ingest.source import open_sources

DATA = Path(__file__).parents[4] / "shared" / "data"

FILES = {
    "online_retail_uci/online_retail_2010_2011.csv.gz": ("sales", "uci_online_retail", 541_909, 5_176_450.0),
    "walmart_2014/train.csv.gz": ("sales", "walmart_2014", 421_570, 6_737_218_987.11),
    "walmart_2014/features.csv.gz": ("drivers", "walmart_2014", 57_860, None),
    "walmart_2014/stores.csv": ("drivers", "walmart_2014", 90, None),
    "m5/daily_levels1to9_train_d1_d1941.csv": ("sales", "m5", 154 * 1941, None),
    "carparts/carparts_wide.csv": ("sales", "own columns", 2_674 * 51 - 6_122, None),
    "uci_weekly/Sales_Transactions_Dataset_Weekly.csv": ("sales", "own columns", 811 * 52, None),
    "superstore/Sample - Superstore.csv": ("sales", "own columns", 10_194, None),
    "fresh_veg_cn/daily_sales.csv.gz": ("sales", "own columns", 46_595, None),
    "stallion/stallion.parquet": ("sales", "own columns", 21_000, None),
    "m5/item_store_actuals_d1914_d1941.csv.gz": ("sales", "m5", 30_490 * 28, None),
    "m5/calendar.csv": ("drivers", "m5", 6_074, None),
    "m5/weights_levels1to9.csv": ("drivers", "m5", 2 * 154, None),
    "fresh_veg_cn/附件1.xlsx": ("products", "own columns", 251, None),
    "fresh_veg_cn/附件3.xlsx": ("drivers", "own columns", 55_982, None),
    "completejourney/transactions_sample.csv.gz": ("sales", "own columns", 75_000, None),
    "completejourney/products.csv.gz": ("products", "own columns", 92_331, None),
    "groceries/groceries.csv": ("sales", "own columns", 43_367, 43_367.0),
    "groceries/GoodsOrder_zh.csv": ("sales", "own columns", 43_367, 43_367.0),
    "import_samples/shopify_products_apparel.csv": ("products", "shopify_products", 22, None),
    "import_samples/shopify_products_home_garden.csv": ("products", "shopify_products", 21, None),
    "import_samples/woocommerce_sample_products.csv": ("products", "woocommerce_products", 24, None),
}
"""Role, platform, records (as counted by the publishers), and total units where published."""

ANSWERS = {
    "uci_weekly/Sales_Transactions_Dataset_Weekly.csv": ReadOptions(start_date="2024-01-01"),
    "superstore/Sample - Superstore.csv": ReadOptions(date_order="dmy"),
    "groceries/groceries.csv": ReadOptions(layout="baskets", start_date="2024-01-31"),
    "groceries/GoodsOrder_zh.csv": ReadOptions(layout="baskets", start_date="2024-01-31"),
}
"""What only the user knows: the first week, what 03/01/19 means, and that rows are baskets."""


@pytest.mark.real_data
@pytest.mark.parametrize("path", FILES)
def test_a_published_file_comes_in_whole(path):
    if not (DATA / path).exists():
        pytest.skip(f"{path} is not in ../shared/data, so it cannot be read here")
    role, platform, records, units = FILES[path]
    options = ANSWERS.get(path, ReadOptions())
    raw = read(open_sources(path, (DATA / path).read_bytes())[0], options)
    found = recognise(raw, path)
    loaded = convert(raw, found, customer_key=b"k")
    assert (found.role, found.platform, loaded.records, loaded.quarantined) == (role, platform, records, ())
    assert loaded.rows.num_rows == records
    if units is not None:
        assert sum(loaded.rows.column("quantity").to_pylist()) == pytest.approx(units)


@pytest.mark.real_data
def test_deliveries_without_a_known_order_date_are_set_aside_and_counted():
    path = "scms/SCMS_Delivery_History_Dataset.csv.gz"
    if not (DATA / path).exists():
        pytest.skip(f"{path} is not in ../shared/data, so it cannot be read here")
    raw = read(open_sources(path, (DATA / path).read_bytes())[0], ReadOptions(date_order="mdy"))
    found = recognise(raw, path)
    done = convert(raw, found, customer_key=b"k")
    assert (found.role, done.records, done.rows.num_rows) == ("orders", 10_324, 4_592)
    assert {line.reason for line in done.quarantined} == {
        "“N/A - From RDC” in column “PO Sent to Vendor Date” is not a date.",
        "“Date Not Captured” in column “PO Sent to Vendor Date” is not a date.",
    }
