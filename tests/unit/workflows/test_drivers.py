"""What files beside the sales say, seen on the data everything computes on."""

from pathlib import Path

import numpy as np
import pytest

from core.workflows import datasets, importing
from core.workflows.importing import Decision, UploadedFile
from core.workflows.workspace import Workspace, open_workspace

SALES = "Date,Store,SKU,Quantity\n" + "".join(
    f"2026-01-{day:02d},{store},A1,{day}\n" for day in range(1, 11) for store in ("north", "south")
)


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "shop.duckdb")


def loaded(shop: Workspace, **files: str) -> datasets.Dataset:
    named = [UploadedFile(f"{name}.csv", text.encode()) for name, text in ({"sales": SALES} | files).items()]
    looks = importing.preview(shop, named)
    assert [look.problem for look in looks] == [""] * len(looks)
    importing.import_tables(shop, [Decision(look, look.recognition.to_mapping()) for look in looks if look.recognition])
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
