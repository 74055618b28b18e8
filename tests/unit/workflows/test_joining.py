"""How files meet: what matches no sales, what would mend it, and links between codes."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from core.base.errors import FileFormatError, ParameterError
from core.store import facts
from core.workflows import datasets, joining
from core.workflows.joining import Link
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files

SALES = "Date,Store,SKU,Product name,Quantity,Unit price\n" + "".join(
    f"2026-01-{day:02d},north,{sku},{name},{day},2.5\n"
    for day in range(1, 11)
    for sku, name in (("AB-1", "Blue mug"), ("0077", "Red mug"), ("CD-2", "Tea pot"))
)


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "shop.duckdb")


@pytest.fixture
def sold(imported: Callable[..., Workspace]) -> Workspace:
    return imported(sales=SALES)


@pytest.fixture(scope="module")
def unlinked(tmp_path_factory: pytest.TempPathFactory, imported_in: Callable[..., Workspace]) -> Workspace:
    """A shop that no test changes."""
    return imported_in(tmp_path_factory.mktemp("shop"), sales=SALES)


def units(shop: Workspace) -> dict[str, float]:
    panel = datasets.current_dataset(shop).panel
    return dict(zip(panel.skus.tolist(), [float(row.sum()) for row in panel.dense(fill=0.0)], strict=True))


def test_stock_of_codes_spelled_otherwise_is_listed_with_its_mend(uncleaned: Workspace) -> None:
    import_files(
        uncleaned, sales=SALES, stock="Date,Store,SKU,On hand\n2026-01-10,north,ab-1,7\n2026-01-10,north,77.0,9\n"
    )
    report = joining.unmatched(uncleaned)
    assert report.unmatched[["role", "kind", "sku", "units"]].values.tolist() == [
        ["stock", "sku", "77.0", 9.0],
        ["stock", "sku", "ab-1", 7.0],
    ]
    assert report.suggestions[["kind", "old", "new", "confidence"]].values.tolist() == [
        ["sku", "ab-1", "AB-1", 0.98],
        ["sku", "77.0", "0077", 0.9],
    ]
    assert facts.stock_rows(uncleaned)["sku"].to_pylist() == ["77.0", "ab-1"]


def test_stock_told_bin_by_bin_is_added_up(uncleaned: Workspace) -> None:
    bins = "2026-01-09,north,Z-9,50\n2026-01-10,north,Z-9,7\n2026-01-10,north,Z-9,5\n"
    import_files(uncleaned, sales=SALES, stock="Date,Store,SKU,On hand\n" + bins)
    row = joining.unmatched(uncleaned).unmatched.iloc[0]
    assert (row["sku"], row["rows"], row["units"]) == ("Z-9", 3, 12.0)


def test_a_code_that_fits_two_skus_is_left_to_the_planner(uncleaned: Workspace) -> None:
    sales = SALES + "2026-01-05,north,AB1,Green mug,3,2.5\n"
    import_files(uncleaned, sales=sales, stock="Date,Store,SKU,On hand\n2026-01-10,north,a.b1,7\n")
    assert joining.unmatched(uncleaned).suggestions.empty


def test_the_only_product_of_the_same_name_and_a_barcode_without_its_check_digit_are_offered(
    uncleaned: Workspace,
) -> None:
    sales = SALES + "2026-01-05,north,4006381333931,Pen,3,2.5\n"
    products = "SKU,Product name,Unit cost\nX-9,blue  MUG,1.5\n400638133393,Writer,0.5\n"
    import_files(uncleaned, sales=sales, products=products)
    offered = joining.unmatched(uncleaned).suggestions
    assert offered[["old", "new", "confidence"]].values.tolist() == [
        ["400638133393", "4006381333931", 0.8],
        ["X-9", "AB-1", 0.7],
    ]


def test_two_sold_codes_that_differ_in_case_are_one_sku_the_larger_one(uncleaned: Workspace) -> None:
    import_files(uncleaned, sales=SALES + "2026-01-05,north,ab-1,Blue mug,3,2.5\n")
    (row,) = joining.unmatched(uncleaned).suggestions.to_dict("records")
    assert (row["old"], row["new"], row["units"]) == ("ab-1", "AB-1", 3.0)


def test_places_and_suppliers_that_meet_nothing_are_told_apart(uncleaned: Workspace) -> None:
    import_files(
        uncleaned,
        sales=SALES,
        stock="Date,Store,SKU,On hand\n2026-01-10,North ,AB-1,7\n",
        suppliers="Supplier,Lead time days\nAcme,9\n",
    )
    report = joining.unmatched(uncleaned)
    kinds = {
        (row["role"], row["kind"]): row["location"] or row["supplier"] for row in report.unmatched.to_dict("records")
    }
    assert kinds == {("stock", "location"): "North ", ("suppliers", "supplier"): "Acme"}
    assert report.suggestions[["kind", "old", "new"]].values.tolist() == [["location", "North ", "north"]]


def test_what_sold_skus_lack_comes_with_the_money_they_made(uncleaned: Workspace) -> None:
    import_files(uncleaned, sales=SALES, products="SKU,Unit cost,Supplier\nAB-1,1.5,Acme\n")
    lacking = joining.unmatched(uncleaned).lacking
    counts = lacking.groupby("lacks").size().to_dict()
    assert counts == {"product": 2, "stock": 3, "supplier": 2, "terms": 1, "cost": 2}
    assert set(lacking["money"]) == {137.5}


def test_money_at_stake_is_counted_at_cost(uncleaned: Workspace) -> None:
    import_files(
        uncleaned,
        sales=SALES,
        products="SKU,Unit cost\nQQ,1.5\n",
        stock="Date,Store,SKU,On hand\n2026-01-10,north,QQ,4\n",
    )
    (row,) = joining.unmatched(uncleaned).unmatched.query("role == 'stock'").to_dict("records")
    assert (row["rows"], row["units"], row["money"]) == (1, 4.0, 6.0)


def test_without_sales_nothing_is_listed(shop: Workspace) -> None:
    import_files(shop, stock="Date,Store,SKU,On hand\n2026-01-10,north,AB-1,7\n")
    report = joining.unmatched(shop)
    assert (len(report.unmatched), len(report.lacking), len(report.suggestions)) == (0, 0, 0)


def test_a_link_counts_in_sales_and_stock_and_is_taken_back(shop: Workspace) -> None:
    import_files(shop, sales=SALES, stock="Date,Store,SKU,On hand\n2026-01-10,north,AB-1,2\n2026-01-10,north,CD-2,5\n")
    before = datasets.current_dataset(shop).version
    done = joining.link(shop, "AB-1", "CD-2", 3.0, "sold by three")
    assert (done.changed, done.rebuilt) == (1, True)
    assert units(shop) == {"0077": 55.0, "CD-2": 220.0}
    assert facts.stock_rows(shop).select(["sku", "on_hand"]).to_pylist() == [{"sku": "CD-2", "on_hand": 11.0}]
    assert datasets.current_dataset(shop).version != before
    joining.unlink(shop, "AB-1")
    assert datasets.current_dataset(shop).version == before
    assert units(shop) == {"0077": 55.0, "AB-1": 55.0, "CD-2": 55.0}


def test_chains_lead_straight_to_their_end(sold: Workspace) -> None:
    joining.link(sold, "AB-1", "CD-2", 2.0)
    joining.link(sold, "CD-2", "0077", 3.0)
    table = joining.links(sold)
    assert table[["old_sku", "new_sku", "factor"]].values.tolist() == [["AB-1", "0077", 6.0], ["CD-2", "0077", 3.0]]
    assert units(sold) == {"0077": 55.0 * 10}


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Link("AB-1", "AB-1"), "cannot stand for itself"),
        (Link("", "AB-1"), "Fill in both"),
        (Link("AB-1", "CD-2", 0.0), "above 0"),
        (Link("AB-1", "CD-2", float("nan")), "above 0"),
        (Link("nowhere", "nobody"), "named by no file"),
    ],
)
def test_what_is_no_link_is_refused(unlinked: Workspace, wanted: Link, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        joining.link_all(unlinked, [wanted])
    assert joining.links(unlinked).empty


def test_a_circle_is_refused_and_nothing_of_its_batch_is_stored(unlinked: Workspace) -> None:
    with pytest.raises(ParameterError, match="“AB-1” already counts as “0077”"):
        joining.link_all(unlinked, [Link("AB-1", "CD-2"), Link("CD-2", "0077"), Link("0077", "AB-1")])
    assert joining.links(unlinked).empty


def test_what_is_not_linked_cannot_be_unlinked(unlinked: Workspace) -> None:
    with pytest.raises(ParameterError, match="“AB-1” is not"):
        joining.unlink(unlinked, "AB-1")


def test_a_file_of_links_is_taken_whole_and_says_what_waits(sold: Workspace) -> None:
    text = "Old SKU;New SKU;Factor;Reason\nAB-1;CD-2;2,5;successor\nlater;latest;;\n"
    done = joining.import_links(sold, "links.csv", text.encode())
    assert done.changed == 2
    assert done.notes[0] == "1 linked codes are in no file yet, such as later; the links wait for them."
    assert joining.links(sold)[["old_sku", "factor", "reason"]].values.tolist() == [
        ["AB-1", 2.5, "successor"],
        ["later", 1.0, ""],
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,sku\nA,B\nC,D\n", "old_sku and new_sku are expected"),
        ("old_sku,new_sku,factor\nA,B,1\nC,D,-2\n", "line 3: a number of pieces above 0"),
        ("old_sku,new_sku\nA,B\nC,C\n", "line 3: two different codes"),
        ("old_sku,new_sku\nA,B\nA,C\n", "line 3: “A” was linked to “B”"),
    ],
)
def test_a_line_that_is_no_link_refuses_the_file(unlinked: Workspace, text: str, said: str) -> None:
    with pytest.raises(FileFormatError, match=said):
        joining.import_links(unlinked, "links.csv", text.encode())
    assert joining.links(unlinked).empty


def test_coverage_tells_what_is_known_and_how_far_ahead(shop: Workspace) -> None:
    drivers = "Date,SKU,Price,Clicks\n2026-01-01,AB-1,2.5,4\n2026-01-06,AB-1,3,5\n2026-01-20,AB-1,2,0\n"
    import_files(shop, sales=SALES, drivers=drivers, stock="Date,Store,SKU,On hand\n2026-01-10,north,AB-1,7\n")
    table = joining.coverage(shop).set_index("driver")
    price, clicks, sold, stock = (table.loc[name] for name in ("price", "clicks", "sold_price", "on_hand"))
    assert (price["source"], price["skus"], bool(price["known_ahead"])) == ("file", 1, True)
    assert price["share"] == pytest.approx(1 / 3)
    assert price["known_until"] == pd.Timestamp("2026-01-20")
    assert clicks["share"] == pytest.approx(2 / 30)
    assert pd.isna(clicks["known_until"])
    assert (sold["source"], sold["skus"], bool(sold["known_ahead"])) == ("sales", 2, False)
    assert stock["share"] == pytest.approx(1 / 30)
