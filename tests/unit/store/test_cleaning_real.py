"""The default chain over a real year of an online shop."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest

from core.base.calendar import Frequency
from core.clean.recipe import default_recipe
from core.store.cleaning import period_units, run_row_rules

ROOT = Path(__file__).parents[3]
FILE = ROOT.parent / "shared/data/online_retail_uci/online_retail_2010_2011.csv.gz"
pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def chain():
    if not FILE.exists():
        pytest.skip("the UCI Online Retail file is not beside the project, so the real-data check is left out")
    texts = ("InvoiceNo", "StockCode", "Description", "CustomerID", "Country")
    options = pa.csv.ConvertOptions(column_types={name: pa.string() for name in texts}, strings_can_be_null=True)
    connection = duckdb.connect(":memory:")
    for migration in sorted((ROOT / "core/store/migrations").glob("*.sql")):
        connection.execute(migration.read_text(encoding="utf-8"))
    connection.register("incoming", pa.csv.read_csv(FILE, convert_options=options))
    connection.execute(
        "INSERT INTO sales_lines SELECT 'u', row_number() OVER () + 1, InvoiceNo, InvoiceDate, StockCode, Description, "
        "'main', Quantity, UnitPrice, NULL, NULL, NULL, Country, NULL, CustomerID, NULL, NULL FROM incoming"
    )
    return connection, run_row_rules(connection, default_recipe().row_rules())


def found(chain, rule):
    return next(outcome for outcome in chain[1].outcomes if outcome.rule == rule)


def test_every_repeated_line_is_removed(chain):
    assert (chain[1].lines_before, found(chain, "exact_duplicates").removed) == (541_909, 5_268)


@pytest.mark.parametrize("units", [80_995, 74_215])
def test_the_orders_taken_back_within_minutes_are_gone_on_both_sides(chain, units):
    left = chain[0].execute("SELECT count(*) FROM cleaned_lines WHERE abs(quantity) = $1", [units]).fetchall()
    assert left == [(0,)]


def test_postage_fees_and_vouchers_are_listed_but_party_bags_stay(chain):
    listed = set(chain[1].findings.filter(pc.equal(chain[1].findings["rule"], "non_products"))["sku"].to_pylist())
    assert {"POST", "DOT", "M", "m", "D", "C2", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS"} <= listed
    assert not any(code.startswith("DCGS") for code in listed)


def test_units_are_plausible(chain):
    cleaning, units = chain[1], period_units(chain[0], Frequency.DAY).table
    sold = pc.sum(units["units"]).as_py()
    # Write-offs had hidden more units than gifts and bookings add, so the net goes up a little.
    assert cleaning.units_before == 5_176_450
    assert 5_250_000 < cleaning.units_after < sold < 5_350_000
    assert np.nanmin(units["units"].to_numpy()) == 0


def test_most_returned_units_find_their_purchase(chain):
    left = chain[0].execute("SELECT -sum(quantity) FROM cleaned_lines WHERE quantity < 0").fetchall()[0][0]
    assert left < 0.1 * (found(chain, "bulk_cancelled").units_moved + found(chain, "returns").units_moved) / 2
