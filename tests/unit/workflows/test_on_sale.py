"""What product files state of the time an item is on sale bounds what is forecast and ordered of it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.simulate import kernels
from core.simulate.simulation import trace
from core.workflows import datasets, forecasting, importing, like_items, newcomers, planning, simulating, viewing
from core.workflows.forecasting import ForecastRequest
from core.workflows.importing import UploadedFile
from core.workflows.product_terms import on_sale
from core.workflows.scopes import SKU, Scope
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files

DAYS = pd.date_range("2025-12-01", "2026-02-28").strftime("%Y-%m-%d")
LEFT = "2026-02-10"
"""Day on which the last piece of ENDED was sold."""


def sales() -> str:
    lines = [
        f"{day},{sku},{4 + n % 3},5\n" for n, day in enumerate(DAYS) for sku in ("GOES-ON", "ENDS", "BACK", "STALE")
    ]
    return "Date,SKU,Quantity,Price\n" + "".join(lines + [f"{day},ENDED,5,5\n" for day in DAYS if day <= LEFT])


PRODUCTS = (
    "SKU,Name,Launch date,End of sale,Shelf life days,Unit cost\nGOES-ON,a,,,3,2\nENDED,b,,2026-02-01,,2\n"
    "ENDS,c,,2026-03-11,,2\nBACK,d,2026-02-20,2026-01-10,,2\nNEW,e,2026-03-21,,,2\nSTALE,f,,2025-11-20,,2\n"
)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder: Path = tmp_path_factory.mktemp("ending")
    shop = open_workspace(folder / "shop.duckdb")
    stock = "Date,SKU,On hand\n" + "".join(f"2026-02-28,{sku},1\n" for sku in ("GOES-ON", "ENDED", "ENDS", "BACK"))
    import_files(shop, sales=sales(), products=PRODUCTS, stock=stock)
    like_items.choose(shop, "NEW", "GOES-ON")
    forecasting.forecast(shop, ForecastRequest("moving_average", 40))
    planning.plan(shop, planning.PlanOptions())
    yield shop
    shop.close()


def expected(shop: Workspace, sku: str) -> np.ndarray:
    table = forecasting.required(shop).table
    return table[table["sku"] == sku].sort_values("period")["mean"].to_numpy()


def test_nothing_is_forecast_from_the_end_of_sale_on(planned: Workspace) -> None:
    assert expected(planned, "GOES-ON").min() > 3
    assert (expected(planned, "ENDED") == 0).all()
    ends = expected(planned, "ENDS")
    assert ends[:10].min() > 3
    assert (ends[10:] == 0).all()


def test_the_forecast_of_a_sku_says_when_its_sale_ends(planned: Workspace) -> None:
    head = viewing.newest(planned)
    ends = {sku: viewing.look(planned, head, Scope(SKU, sku)).ends for sku in ("ENDED", "ENDS", "GOES-ON", "BACK")}
    told = {sku: None if day is None else str(day) for sku, day in ends.items()}
    assert told == {"ENDED": "2026-02-01", "ENDS": "2026-03-11", "GOES-ON": None, "BACK": None}
    assert viewing.look(planned, head, Scope()).ends is None


@pytest.mark.parametrize("sku", ["BACK", "STALE"])
def test_a_launch_or_a_quarter_of_sales_after_the_end_takes_it_back(planned: Workspace, sku: str) -> None:
    assert expected(planned, sku).min() > 3


@pytest.mark.parametrize("header", ["Last sale", "Last sale date", "Date of last sale", "Last sold"])
def test_the_day_of_the_last_sale_is_no_end_of_sale(planned: Workspace, header: str) -> None:
    content = f"SKU,Product name,Category,Unit cost,{header}\nA,a,x,2,2026-02-27\nB,b,y,3,2026-02-26\n"
    look = importing.preview(planned, [UploadedFile("products.csv", content.encode())])[0]
    assert look.recognition.role == "products"
    assert "discontinued_on" not in look.recognition.to_mapping().fields.values()


def test_a_new_item_is_expected_from_its_launch_on(planned: Workspace) -> None:
    new = expected(planned, "NEW")
    assert (new[:20] == 0).all()
    assert new[20:].min() > 3


def test_paths_quantiles_and_sums_of_groups_end_too(planned: Workspace) -> None:
    run = forecasting.required(planned)
    paths = forecasting.stored_paths(planned, run.run_id, ["ENDED", "ENDS"])
    assert paths.units[:, :, 10:].sum() == 0
    quantiles = run.table[run.table["sku"] == "ENDED"].filter(like="q")
    assert quantiles.to_numpy(float).sum() == 0
    total = run.groups[run.groups["level"] == "total"].groupby("period")["mean"].sum().to_numpy()
    assert total == pytest.approx(run.table.groupby("period")["mean"].sum().to_numpy())


def test_what_is_ending_is_ordered_for_the_days_left_and_what_ended_not_at_all(planned: Workspace) -> None:
    lines = planning.required(planned).lines.set_index("sku")
    assert lines.loc["ENDED", "order_units"] == 0
    assert lines.loc["ENDS", "order_units"] < 0.7 * lines.loc["GOES-ON", "order_units"]


def test_stock_that_outlives_its_shelf_life_is_said(planned: Workspace) -> None:
    notes = planning.required(planned).lines.set_index("sku")["notes"]
    assert "days, longer than its shelf life of 3 days." in notes["GOES-ON"]
    assert "shelf life" not in notes["BACK"]


def test_no_lot_outlasts_the_end_of_sale_or_the_shelf_life(planned: Workspace) -> None:
    lots = planning.plan(planned, planning.PlanOptions(policy="min_max")).lines.set_index("sku")["order_units"]
    planning.plan(planned, planning.PlanOptions())
    # ten days of about five a day are left, and in three days after two weeks fifteen more sell
    assert lots["ENDS"] < 80
    assert lots["GOES-ON"] < 150 < lots["BACK"]


@pytest.mark.parametrize("rule", ["order_up_to", "min_max"])
def test_a_what_if_first_orders_what_the_plan_does(planned: Workspace, rule: str) -> None:
    lines = planning.plan(planned, planning.PlanOptions(policy=rule)).lines.set_index("sku")["order_units"]
    played = simulating.case_of(planned)
    first = trace(played)[0, :, 0, kernels.ORDER]
    planning.plan(planned, planning.PlanOptions())
    assert dict(zip(played.paths.skus, first, strict=True)) == lines.to_dict()


def test_an_order_that_is_less_for_an_end_of_sale_says_so(planned: Workspace) -> None:
    notes = planning.required(planned).lines.set_index("sku")["notes"]
    assert "No longer on sale from 1 Feb 2026 on; nothing is expected of it from then." in notes["ENDED"]
    assert "No longer on sale from 11 Mar 2026 on" in notes["ENDS"]
    assert not notes[["GOES-ON", "BACK"]].str.contains("No longer").any()


@pytest.mark.parametrize(("step", "end"), [("7D", "2026-03-03"), ("MS", "2026-03-11")])
def test_of_a_week_or_month_the_days_before_the_end_count(tmp_path, step: str, end: str) -> None:
    days = pd.date_range("2024-01-01", "2026-02-28", freq=step).strftime("%Y-%m-%d")
    days = days[days < "2026-02-22"]
    shop = open_workspace(tmp_path / "shop.duckdb")
    told = f"SKU,Name,End of sale\nA,a,{end}\n"
    import_files(shop, sales="Date,SKU,Quantity\n" + "".join(f"{day},A,7\n" for day in days), products=told)
    panel = datasets.current_dataset(shop).panel
    first = panel.calendar.following(4)
    found = on_sale(shop, newcomers.with_newcomers(shop, datasets.current_dataset(shop)).panel, 4)[0]
    place = np.searchsorted(first, np.datetime64(end), side="right") - 1
    lived = (np.datetime64(end) - first[place]).astype(int)
    length = (panel.frequency.last_day(first[place]) - first[place]).astype(int) + 1
    assert found[place] == pytest.approx(lived / length)
    assert (found[:place] == 1).all()
    assert (found[place + 1 :] == 0).all()
