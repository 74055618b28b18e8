"""Stock counted on any day of a week or month: the last count is what the period closed with."""

from pathlib import Path

import numpy as np
import pytest

from core.workflows import datasets
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files

MONTHS = np.arange("2024-01", "2026-01", dtype="datetime64[M]")
WEEKS = np.arange("2024-01-01", "2025-06-30", 7, dtype="datetime64[D]")


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "shop.duckdb")


def sold_out(shop: Workspace, **files: str) -> list[str]:
    """First days of the periods in which a SKU counts as out of stock."""
    import_files(shop, **files)
    panel = datasets.current_dataset(shop).panel
    return panel.calendar.periods[panel.censored].astype(str).tolist()


def out_of_stock(shop: Workspace, periods: np.ndarray, stock: dict[str, int]) -> list[str]:
    """Periods in which A1 counts as out of stock when 5 are sold on the first day of each."""
    sold = "Date,Store,SKU,Quantity\n" + "".join(f"{np.datetime64(day, 'D')},north,A1,5\n" for day in periods)
    counted = "Date,Store,SKU,On hand\n" + "".join(f"{day},north,A1,{units}\n" for day, units in stock.items())
    return sold_out(shop, sales=sold, stock=counted)


def test_a_month_is_sold_out_when_it_closes_with_nothing(shop: Workspace) -> None:
    closes = {str(np.datetime64(month + 1, "D") - 1): 9 for month in MONTHS} | {"2025-04-30": 0}
    assert out_of_stock(shop, MONTHS, closes) == ["2025-04-01"]


def test_an_empty_first_day_does_not_make_a_month_sold_out(shop: Workspace) -> None:
    every = {str(day): 9 for day in np.arange("2024-01-01", "2026-01-01", dtype="datetime64[D]")}
    assert out_of_stock(shop, MONTHS, every | {"2025-03-01": 0}) == []


def test_a_week_is_sold_out_when_it_closes_with_nothing(shop: Workspace) -> None:
    sundays = {str(day + 6): 9 for day in WEEKS} | {"2024-03-17": 0}
    assert out_of_stock(shop, WEEKS, sundays) == ["2024-03-11"]


def test_goods_moved_before_a_monthly_history_lie_there_when_it_begins(shop: Workspace) -> None:
    moves = (
        "Date,Store,SKU,Movement type,Quantity\n2023-12-05,north,A1,receipt,100\n2025-12-31,north,A1,shipment,-100\n"
    )
    sold = "Date,Store,SKU,Quantity\n" + "".join(f"{np.datetime64(day, 'D')},north,A1,5\n" for day in MONTHS)
    assert sold_out(shop, sales=sold, stock_movements=moves) == ["2025-12-01"]
