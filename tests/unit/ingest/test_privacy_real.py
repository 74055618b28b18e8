"""Published sales files: columns about persons are found, and no code, price, date or name of goods is mistaken."""

from pathlib import Path

import pytest

from core.ingest.privacy import personal_columns, screened
from core.ingest.reading import read
from core.ingest.recognition import recognise
from core.ingest.source import open_sources
from core.ingest.tables import ReadOptions

DATA = Path(__file__).parents[4] / "shared" / "data"
EXPECTED = {
    "carparts/carparts_wide.csv": {},
    "completejourney/products.csv.gz": {},
    "completejourney/transactions_sample.csv.gz": {"household_id": "customer"},
    "fresh_veg_cn/daily_sales.csv.gz": {},
    "import_samples/shopify_products_apparel.csv": {},
    "import_samples/shopify_products_home_garden.csv": {},
    "import_samples/woocommerce_sample_products.csv": {},
    "m5/calendar.csv": {},
    "m5/item_store_actuals_d1914_d1941.csv.gz": {},
    "oj_dominicks/orange_juice_yx.csv.gz": {},
    "online_retail_uci/by_day/2010-12-01.csv": {"CustomerID": "customer"},
    "scms/SCMS_Delivery_History_Dataset.csv.gz": {},
    "stallion/stallion.parquet": {},
    "superstore/Sample - Superstore.csv": {
        "Customer ID": "customer", "Customer Name": "name", "City": "place", "Postal Code": "place",
    },
    "uci_weekly/Sales_Transactions_Dataset_Weekly.csv": {},
    "walmart_2014/features.csv.gz": {},
    "walmart_2014/stores.csv": {},
}  # fmt: skip

pytestmark = pytest.mark.real_data


@pytest.mark.parametrize("name", list(EXPECTED))
def test_only_columns_about_persons_are_found_and_no_cell_is_taken_out(name: str) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"The published data set {name} is not on this machine.")
    (source,) = open_sources(path.name, path.read_bytes())
    table = read(source, ReadOptions())
    assert {entry.header: entry.kind for entry in personal_columns(table)} == EXPECTED[name]
    found = screened(table, recognise(table, path.name).to_mapping(), bytes(32))
    assert found.masked == 0
    assert found.table.columns.num_rows in {table.columns.num_rows, 0}
