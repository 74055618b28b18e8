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
}
"""Role, platform, records (as counted by the publishers), and total units where published."""


@pytest.mark.real_data
@pytest.mark.parametrize("path", FILES)
def test_a_published_file_comes_in_whole(path):
    if not (DATA / path).exists():
        pytest.skip(f"{path} is not in ../shared/data, so it cannot be read here")
    role, platform, records, units = FILES[path]
    options = ReadOptions(start_date="2024-01-01") if path.startswith("uci_weekly") else ReadOptions()
    raw = read(open_sources(path, (DATA / path).read_bytes())[0], options)
    found = recognise(raw, path)
    loaded = convert(raw, found, customer_key=b"k")
    assert (found.role, found.platform, loaded.records, loaded.quarantined) == (role, platform, records, ())
    assert loaded.rows.num_rows == records
    if units is not None:
        assert sum(loaded.rows.column("quantity").to_pylist()) == pytest.approx(units)
