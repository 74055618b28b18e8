"""What each period of one SKU was."""

from collections.abc import Callable

import numpy as np
import pytest

from core.base.errors import NoDataError
from core.workflows import cleaning, shelf, stock_outs
from core.workflows.shelf import INFERRED, NOT_ON_SALE, NOTHING, OUT, SOLD, SUSPECTED
from core.workflows.workspace import Workspace

START = np.datetime64("2026-01-01")
OUT_DAYS = range(80, 84)
NO_STOCK = range(79, 84)
"""Stock at close is nil from the day on which the last piece was sold."""
SILENT = range(30, 65)
SALES = "Date,SKU,Quantity\n" + "".join(
    f"{START + day},{sku},{6 + day % 3}\n"
    for day in range(90)
    for sku in ("A1001", "C1003", "D1004")
    if not (sku == "A1001" and day in OUT_DAYS)
    and not (sku == "C1003" and day in SILENT)
    and not (sku == "D1004" and (day < 10 or day == 50))
)
STOCK = "Date,SKU,On hand\n" + "".join(f"{START + day},A1001,{0 if day in NO_STOCK else 80}\n" for day in range(78, 90))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, imported_in: Callable[..., Workspace]) -> Workspace:
    """A shop that no test changes."""
    return imported_in(tmp_path_factory.mktemp("shop"), sales=SALES, stock=STOCK)


@pytest.fixture
def own(imported: Callable[..., Workspace]) -> Workspace:
    return imported(sales=SALES, stock=STOCK)


def days_in(found: shelf.Shelf, state: str) -> list[int]:
    return np.flatnonzero(found.states == state).tolist()


def test_days_without_stock_are_out_of_stock(shop: Workspace) -> None:
    found = shelf.shelf(shop, "A1001", "main")
    assert days_in(found, OUT) == list(NO_STOCK)
    assert len(days_in(found, SOLD)) == 85
    assert found.frequency == "day"


def test_days_before_the_first_sale_are_not_on_sale_and_a_day_without_sale_is_zero(shop: Workspace) -> None:
    found = shelf.shelf(shop, "D1004", "main")
    assert days_in(found, NOT_ON_SALE) == list(range(10))
    assert days_in(found, NOTHING) == [50]


def test_a_long_silence_is_a_suspicion_with_its_probability(shop: Workspace) -> None:
    found = shelf.shelf(shop, "C1003", "main")
    assert days_in(found, SUSPECTED) == list(SILENT)
    assert np.flatnonzero(~np.isnan(found.probability)).tolist() == list(SILENT)
    assert found.probability[SILENT[0]] > stock_outs.SHOWN_FROM
    assert found.table()["state"].tolist() == found.states.tolist()


def test_a_suspicion_that_a_rule_took_up_is_marked_as_inferred(own: Workspace) -> None:
    recipe = cleaning.changed(
        cleaning.active_recipe(own), "suspected_stock_outs", enabled=True, settings={"probability": 0.5}
    )
    cleaning.apply(own, recipe)
    assert days_in(shelf.shelf(own, "C1003", "main"), INFERRED) == list(SILENT)
    assert days_in(shelf.shelf(own, "A1001", "main"), OUT) == list(NO_STOCK)


def test_an_estimate_does_not_fill_the_shelf(own: Workspace) -> None:
    stock_outs.switch(own, estimate=True)
    found = shelf.shelf(own, "A1001", "main")
    assert days_in(found, OUT) == list(NO_STOCK)
    assert (found.lost[list(OUT_DAYS)] > 0).all()


def test_a_series_that_does_not_exist_is_refused(shop: Workspace) -> None:
    with pytest.raises(NoDataError, match="no A1001 at moon"):
        shelf.shelf(shop, "A1001", "moon")
