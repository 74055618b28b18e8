"""History in rows: every period adds up, and each row holds what it says."""

from pathlib import Path

import numpy as np
import pytest

from core.base.errors import NoDataError
from core.store import datasets as dataset_store
from core.workflows import adjustments, cleaning, datasets, stock_outs
from core.workflows.history_rows import HistoryRows, history_rows
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files

TERMS = ("imported", "returns", "others", "outliers", "filled", "lost_sales", "manual")


def sales() -> str:
    """Sixty days of two SKUs at two places, with one fault of every kind."""
    rng = np.random.default_rng(6)
    rows, number = [], 1000
    for day in range(60):
        date = np.datetime64("2026-01-01") + day
        for sku in ("A1001", "B1002"):
            for place in ("north", "south"):
                units = int(rng.poisson(8)) + 1
                number += 1
                rows.append(f"{number},{date},{place},{sku},{units},2.5,paid,c{day % 7}")
    rows += [
        "C1,2026-01-20,north,A1001,-2,2.5,paid,c3",
        "9001,2026-01-21,south,B1002,40,2.5,cancelled,c1",
        "9002,2026-01-22,south,B1002,400,2.5,paid,c2",
        "9003,2026-01-23,north,A1001,6,2.5,paid,c3",
        "9003,2026-01-23,north,A1001,6,2.5,paid,c3",
    ]
    return "Order,Date,Store,SKU,Quantity,Unit price,Status,Customer\n" + "\n".join(rows) + "\n"


STOCK = "Date,Store,SKU,On hand\n" + "".join(
    f"2026-02-{day:02d},north,A1001,{0 if day in {10, 11, 12} else 50}\n" for day in range(1, 28)
)
PROMOTION = "Date,SKU,Promotion\n2026-01-15,A1001,1\n2026-01-16,A1001,1\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = open_workspace(tmp_path_factory.mktemp("rows") / "shop.duckdb")
    import_files(workspace, sales=sales(), stock=STOCK, promotions=PROMOTION)
    stock_outs.switch(workspace, estimate=True)
    day = np.datetime64("2026-02-20").astype(object)
    adjustments.adjust(workspace, "B1002", "south", day, 33.0, "counted again")
    return workspace


def total(rows: HistoryRows) -> np.ndarray:
    return np.sum([getattr(rows, name) for name in TERMS], axis=0)


@pytest.mark.parametrize(
    "scope",
    [(None, None), ("A1001", None), (None, "south"), ("A1001", "north"), ("B1002", "south")],
)
def test_the_rows_add_up_to_clean_demand_in_every_period(shop: Workspace, scope: tuple[str | None, str | None]) -> None:
    rows = history_rows(shop, *scope)
    np.testing.assert_allclose(total(rows), rows.clean, atol=1e-9)
    panel = datasets.current_dataset(shop).panel
    chosen = [
        scope[0] in {None, sku} and scope[1] in {None, at} for sku, at in zip(panel.skus, panel.locations, strict=True)
    ]
    np.testing.assert_allclose(rows.clean, np.nansum(panel.dense()[np.array(chosen)], axis=0))


def on(rows: HistoryRows, name: str, day: str) -> float:
    return float(getattr(rows, name)[np.flatnonzero(rows.periods == np.datetime64(day))[0]])


def test_what_came_back_stands_with_the_sale_it_was_taken_from(shop: Workspace) -> None:
    rows = history_rows(shop, "A1001", "north")
    assert rows.returns.sum() == -2.0
    assert (on(rows, "returns", "2026-01-18"), on(rows, "returns", "2026-01-20")) == (-2.0, 0.0)


def test_cancelled_orders_and_doubled_lines_stand_among_the_others(shop: Workspace) -> None:
    assert on(history_rows(shop, "B1002", "south"), "others", "2026-01-21") == -40.0
    assert on(history_rows(shop, "A1001", "north"), "others", "2026-01-23") == -6.0


def test_the_others_are_what_the_other_row_rules_found(shop: Workspace) -> None:
    found = dataset_store.findings(shop, datasets.current_dataset(shop).version)
    chosen = found[found["rule"].isin(["cancelled_orders", "exact_duplicates"])]
    moved = (chosen["after_units"].fillna(0) - chosen["before_units"]).sum()
    assert history_rows(shop).others.sum() == pytest.approx(moved)


def test_a_slip_of_the_keyboard_is_an_outlier(shop: Workspace) -> None:
    rows = history_rows(shop, "B1002", "south")
    assert on(rows, "outliers", "2026-01-22") < -300
    assert np.count_nonzero(rows.outliers) == 1


def test_lost_sales_are_those_of_the_empty_shelf(shop: Workspace) -> None:
    rows = history_rows(shop, "A1001", "north")
    days = rows.periods[rows.lost_sales > 0].astype(str).tolist()
    assert set(days) <= {"2026-02-10", "2026-02-11", "2026-02-12"}
    assert rows.lost_sales.sum() > 0


def test_a_correction_by_hand_is_the_last_word(shop: Workspace) -> None:
    rows = history_rows(shop, "B1002", "south")
    assert on(rows, "clean", "2026-02-20") == 33.0
    assert np.count_nonzero(rows.manual) == 1
    assert on(rows, "manual", "2026-02-20") == 33.0 - on(rows, "imported", "2026-02-20")


def test_promotions_are_a_part_of_clean_demand_and_no_term(shop: Workspace) -> None:
    rows = history_rows(shop, "A1001")
    assert set(np.flatnonzero(rows.promotions)) <= {14, 15}
    assert np.all(rows.promotions <= rows.clean)


def test_the_table_has_a_column_for_each_row(shop: Workspace) -> None:
    table = history_rows(shop).table()
    assert list(table.columns) == ["period", *TERMS, "clean", "promotions"]
    assert len(table) == 60


def test_an_unknown_sku_is_refused(shop: Workspace) -> None:
    with pytest.raises(NoDataError, match="no such SKU and location"):
        history_rows(shop, "Z", "north")


def test_what_was_sold_and_taken_back_before_the_first_clean_sale_is_imported_and_returned(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "early.duckdb")
    head = "Order,Date,SKU,Quantity,Unit price,Status,Customer\n"
    lines = [f"{day},{np.datetime64('2026-01-01') + day},OLD,{5 + day % 3},2.5,paid,c1\n" for day in range(60)]
    lines += [f"1{day},{np.datetime64('2026-02-01') + day},LATE,{5 + day % 3},2.5,paid,c2\n" for day in range(20)]
    lines += ["90,2026-01-10,LATE,700,2.5,paid,c3\n", "C90,2026-01-10,LATE,-700,2.5,paid,c3\n"]
    lines += ["91,2026-01-11,LATE,40,2.5,cancelled,c1\n", "92,2026-01-11,NEVER,30,2.5,cancelled,c1\n"]
    import_files(workspace, sales=head + "".join(lines))
    rows = history_rows(workspace, "LATE")
    np.testing.assert_allclose(total(rows), rows.clean, atol=1e-9)
    assert [on(rows, name, "2026-01-10") for name in ("imported", "returns", "others")] == [700.0, -700.0, 0.0]
    assert [on(rows, name, "2026-01-11") for name in ("imported", "returns", "others")] == [40.0, 0.0, -40.0]
    assert history_rows(workspace).others.sum() == -40.0


def test_weeks_add_up_too(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "weekly.duckdb")
    text = "Order,Date,SKU,Quantity,Unit price\n" + "".join(
        f"{week},{np.datetime64('2025-01-06') + 7 * week},W2001,{10 + week % 3},1.5\n" for week in range(120)
    )
    text += "999,2025-06-02,W2001,250,1.5\n"
    import_files(workspace, weekly=text)
    rows = history_rows(workspace)
    np.testing.assert_allclose(total(rows), rows.clean, atol=1e-9)
    assert on(rows, "outliers", "2025-06-02") < -150
    assert cleaning.report(workspace).quality.score is not None
