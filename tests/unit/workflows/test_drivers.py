"""What files beside the sales say, seen on the data everything computes on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.series.features_drivers import log_price
from core.series.kept import Recent
from core.workflows import datasets, drivers, settings
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files

SALES = "Date,Store,SKU,Quantity\n" + "".join(
    f"2026-01-{day:02d},{store},A1,{day}\n" for day in range(1, 11) for store in ("north", "south")
)


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "shop.duckdb")


def loaded(shop: Workspace, **files: str) -> datasets.Dataset:
    import_files(shop, **({"sales": SALES} | files))
    return datasets.current_dataset(shop)


def test_facts_about_a_store_become_attributes_of_its_series(shop: Workspace) -> None:
    panel = loaded(shop, store_features="Store,Type,Size\nnorth,A,1500\nsouth,B,900\n").panel
    assert panel.locations.tolist() == ["north", "south"]
    assert panel.attributes["Type"].tolist() == ["A", "B"]
    assert panel.attributes["Size"].tolist() == ["1500", "900"]


def test_more_events_than_are_kept_apart_are_told(shop: Workspace) -> None:
    rows = "".join(f"2026-01-{1 + number % 10:02d},one-off {number},{number % 3}\n" for number in range(70))
    data = loaded(shop, drivers="Date,Event name,Clicks\n" + rows)
    named = [name for name in data.panel.drivers if name.startswith("event:")]
    assert len(named) == 61
    assert (
        data.notes[-1] == "Driver files name 70 events; the 60 most frequent are kept apart, the others count as one."
    )


def test_a_reported_empty_shelf_is_no_lack_of_demand(shop: Workspace) -> None:
    sales = "Date,Store,SKU,Quantity\n" + "".join(
        f"2026-01-{day:02d},north,A1,5\n" for day in range(1, 11) if day not in {5, 6}
    )
    stock = "Date,Store,SKU,On hand\n2026-01-04,north,A1,0\n2026-01-05,north,A1,0\n2026-01-06,north,A1,0\n"
    panel = loaded(shop, sales=sales, stock=stock).panel
    assert np.flatnonzero(panel.censored).tolist() == [3, 4, 5]


def test_units_returns_and_revenue_stand_beside_the_clean_demand(shop: Workspace) -> None:
    sales = "Date,SKU,Quantity,Unit price\n2026-01-01,A1,4,2.5\n2026-01-02,A1,-1,2.5\n2026-01-03,A1,2,2.5\n"
    data = loaded(shop, sales=sales)
    assert data.imported.tolist() == [[4.0, 0.0, 2.0]]
    assert data.revenue[0] == pytest.approx(12.5)


def test_what_was_only_ever_returned_is_not_forecast_and_told(shop: Workspace) -> None:
    data = loaded(shop, sales="Date,SKU,Quantity\n2026-01-01,A1,4\n2026-01-02,A1,3\n2026-01-02,B1,-1\n")
    assert data.panel.skus.tolist() == ["A1"]
    assert data.notes == ("1 SKU at a location has no sale left after cleaning; it is not forecast.",)


PRICED = "Date,SKU,Quantity,Unit price\n" + "".join(
    f"2026-01-{day:02d},{sku},2,{price}\n"
    for sku, prices in (("A1", [4, 4, 5, 5, 5, 5]), ("B1", [2, 2, 2, 2, 3, 3]))
    for day, price in enumerate(prices, 1)
)


def test_what_a_piece_was_sold_for_is_a_driver_of_the_past(shop: Workspace) -> None:
    panel = loaded(shop, sales=PRICED + "2026-01-08,B1,2,3\n").panel
    prices = panel.dense(panel.drivers["sold_price"])
    assert prices[0].tolist() == [4, 4, 5, 5, 5, 5, 5, 5]
    assert "sold_price" not in panel.until(3).future_drivers


def test_prices_of_files_go_before_those_of_sales(shop: Workspace) -> None:
    panel = loaded(shop, sales=PRICED, prices="Date,SKU,Price\n2026-01-01,A1,9\n2026-01-09,A1,8\n").panel
    sold = panel.dense(panel.drivers["sold_price"])
    assert np.isnan(sold[0]).all()
    assert sold[1].tolist() == [2, 2, 2, 2, 3, 3]
    assert np.exp(log_price(panel, 4)).round(6).tolist() == [[9] * 8 + [8] * 2, [2, 2, 2, 2, 3, 3, 3, 3, 3, 3]]


def test_counts_and_movements_that_contradict_each_other_are_told(shop: Workspace) -> None:
    stock = "Date,SKU,On hand\n2026-01-01,A1,10\n2026-01-04,A1,9\n"
    moves = "Date,SKU,Movement type,Quantity\n2026-01-02,A1,issue,-3\n2026-01-05,A1,issue,-20\n"
    notes = loaded(shop, sales=PRICED, stock=stock, stock_movements=moves).notes
    assert any("1 stock counts differ" in note and "9 counted, 7 expected" in note for note in notes)
    assert any("more went out than was in stock" in note and "on 5 Jan 2026: -11 left" in note for note in notes)


def test_a_day_of_great_sales_of_the_shops_country_is_no_outlier(shop: Workspace) -> None:
    days = np.arange("2025-10-01", "2025-12-15", dtype="datetime64[D]")
    units = {"2025-11-28": 90, "2025-12-03": 90}
    sales = "Date,SKU,Quantity\n" + "".join(
        f"{day},A1,{units.get(str(day), 6 + n % 3)}\n" for n, day in enumerate(days)
    )
    assert (loaded(shop, sales=sales).panel.values < 60).all()
    settings.write(shop, replace(settings.read(shop), country="US"))
    panel = datasets.rebuild(shop).panel
    assert panel.calendar.periods[panel.values > 60].astype(str).tolist() == ["2025-11-28"]


def test_named_holidays_are_kept_apart_as_far_as_memory_allows(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.write(shop, replace(settings.read(shop), country="CN"))
    sales = "Date,SKU,Quantity\n" + "".join(
        f"2025-0{month}-{day:02d},A1,2\n" for month in (1, 2) for day in range(1, 29)
    )
    named = {name for name in loaded(shop, sales=sales).panel.drivers if name.startswith("holiday:")}
    assert {"holiday:public", "holiday:spring_festival", "holiday:singles_day"} <= named
    monkeypatch.setattr(drivers, "MOST_HOLIDAY_VALUES", 1)
    monkeypatch.setattr(datasets, "_recent", Recent(1))
    fewer = [name for name in datasets.current_dataset(shop).panel.drivers if name.startswith("holiday:")]
    assert fewer == ["holiday:public"]
