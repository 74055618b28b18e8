"""Audit of a part of the sample shop: the clean demand of teas and spare parts from the raw files."""

import gzip
import io
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from core.workflows import cleaning
from core.workflows.workspace import open_workspace
from tests.uploading import import_files

SAMPLE = Path(__file__).parents[2] / "sample_data"
AUDITED = ("TEA-105", "TEA-108", "SPA-10")
NO_GOODS = ("SHIPPING", "GIFTWRAP", "DISCOUNT")


def part(name: str, wanted: tuple[str, ...]) -> str:
    """The header of a file and its lines about the SKUs wanted."""
    lines = gzip.decompress((SAMPLE / name).read_bytes()).decode().splitlines()
    return "\n".join([lines[0], *(line for line in lines[1:] if any(code in line for code in wanted))])


@pytest.fixture(scope="module")
def sales() -> str:
    return part("sales.csv.gz", (*AUDITED, *NO_GOODS))


@pytest.fixture(scope="module")
def clean(tmp_path_factory, sales) -> pd.DataFrame:
    """Clean demand as the product has it."""
    workspace = open_workspace(tmp_path_factory.mktemp("sample") / "shop.duckdb")
    import_files(workspace, sales=sales, stock=part("stock.csv.gz", AUDITED))
    found = cleaning.clean_demand(workspace)
    outliers = cleaning.findings(workspace).query("rule == 'outliers_hampel'")
    workspace.close()
    assert len(outliers) < 20
    capped = set(zip(outliers["sku"], outliers["location"], outliers["period"].astype(str).str[:10], strict=True))
    keys = zip(found["sku"], found["location"], found["period"].astype(str).str[:10], strict=True)
    by_key = found.assign(key=list(keys)).set_index("key")
    return by_key[~by_key.index.isin(capped)]


@pytest.fixture(scope="module")
def sold(sales) -> dict[tuple[str, str, str], int]:
    """Units by SKU, warehouse and day, without repeated and cancelled lines, returns off the order they name."""
    lines = pd.read_csv(io.StringIO(sales), dtype=str, keep_default_na=False).drop_duplicates()
    lines = lines[(lines["Status"] != "cancelled") & ~lines["SKU"].isin(NO_GOODS)].astype({"Quantity": int})
    days = {
        (order, sku): day for order, sku, day in zip(lines["Order ID"], lines["SKU"], lines["Order date"], strict=True)
    }
    units: dict[tuple[str, str, str], int] = defaultdict(int)
    for line in lines.itertuples():
        day = days[line[12], line.SKU] if line[12] else line[2]
        units[line.SKU, line.Warehouse, day] += line.Quantity
    return units


def test_units_of_every_day_on_which_demand_is_known(clean, sold):
    known = clean[clean["units"].notna()]
    wrong = {key: (units, sold.get(key, 0)) for key, units in known["units"].items() if units != sold.get(key, 0)}
    assert wrong == {}
    assert known["units"].sum() > 3_000


def test_nothing_was_sold_where_demand_is_said_to_be_unknown(clean, sold):
    silent = clean[clean["units"].isna()]
    assert [key for key in silent.index if sold.get(key, 0)] == []


def test_no_sale_is_left_out(clean, sold):
    assert [key for key, units in sold.items() if units and key not in clean.index] == []
