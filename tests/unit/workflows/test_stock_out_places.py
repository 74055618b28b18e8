"""Stock-outs where the stock file or the sales name no place, by the rule of the order plan."""

import numpy as np
import pandas as pd
import pytest

from core.workflows import datasets, joining
from core.workflows.supply_places import STOCK_DAYS, stock_days_placed
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files

DAYS = pd.date_range("2026-01-01", "2026-02-28").strftime("%Y-%m-%d").tolist()
EMPTY = {"2026-02-10", "2026-02-11", "2026-02-12"}
LATER = EMPTY - {"2026-02-10"}
"""Days that began without stock; on the first one there was some to sell."""


@pytest.fixture
def shop(tmp_path) -> Workspace:
    return open_workspace(tmp_path / "shop.duckdb")


def table(places: dict[str, set[str]], column: str, units: int) -> str:
    """Sales or counts of A1 per place, those of the given days left out or 0."""
    store = "Store," if any(places) else ""
    rows = [
        f"{day},{f'{place},' if place else ''}A1,{units if day not in empty else 0}\n"
        for place, empty in places.items()
        for day in DAYS
    ]
    return f"Date,{store}SKU,{column}\n" + "".join(rows)


def stock_outs(shop: Workspace, sales: str, stock: str) -> set[str]:
    import_files(shop, sales=sales, stock=stock)
    panel = datasets.current_dataset(shop).panel
    out = panel.dense(panel.censored.astype(float))
    return set(panel.calendar.periods[np.nan_to_num(out).max(axis=0) > 0].astype(str))


def test_stock_without_a_place_is_that_of_the_only_one_that_sells(shop: Workspace) -> None:
    found = stock_outs(shop, table({"north": EMPTY}, "Quantity", 5), table({"": EMPTY}, "On hand", 9))
    assert found == LATER


def test_where_sales_name_no_place_the_shop_is_out_when_every_place_is(shop: Workspace) -> None:
    stock = table({"north": EMPTY, "south": LATER}, "On hand", 9)
    assert stock_outs(shop, table({"": EMPTY}, "Quantity", 5), stock) == {"2026-02-12"}


def test_stock_without_a_place_is_of_none_where_several_sell(shop: Workspace) -> None:
    sales = table({"north": EMPTY, "south": set()}, "Quantity", 5)
    assert stock_outs(shop, sales, table({"": EMPTY}, "On hand", 9)) == set()


def test_a_sum_begins_when_every_place_has_told_its_stock_and_carries_each_on() -> None:
    told = [(1, "x", 0.0), (3, "x", 4.0), (5, "x", 0.0), (2, "y", 6.0), (4, "y", 0.0)]
    rows = pd.DataFrame([(day, "A", place, units, False) for day, place, units in told], columns=STOCK_DAYS)
    placed = stock_days_placed(rows, "main")
    assert placed[["day", "on_hand"]].values.tolist() == [[2, 6.0], [3, 10.0], [4, 4.0], [5, 0.0]]
    assert set(placed["location"]) == {"main"}


def test_what_is_reported_of_the_very_place_goes_before_all_else() -> None:
    rows = pd.DataFrame([(1, "A", "main", 3.0, False), (1, "A", "north", 7.0, False)], columns=STOCK_DAYS)
    assert stock_days_placed(rows, "north")["on_hand"].tolist() == [7.0]


@pytest.mark.parametrize(("sold", "stocked"), [("north", ""), ("", "north")])
def test_no_location_without_sales_is_listed_where_one_side_names_none(
    uncleaned: Workspace, sold: str, stocked: str
) -> None:
    stock = table({stocked: set()}, "On hand", 9)
    import_files(uncleaned, sales=table({sold: set()}, "Quantity", 5), stock=stock)
    report = joining.unmatched(uncleaned)
    assert report.unmatched.empty
    assert "stock" not in set(report.lacking["lacks"])
