from datetime import date, timedelta

import pytest

from core.workflows import segmenting
from core.workflows.segmenting import SegmentRequest
from tests.pages.reading import metrics, texts
from tests.pages.shops import prepared
from tests.uploading import import_files


def sku_table(at):
    return next(each.value for each in at.dataframe if "XYZ" in each.value.columns)


@pytest.mark.usefixtures("empty_shop")
def test_an_empty_shop_is_sent_to_the_upload(page):
    at = page("segments")
    assert not at.exception
    assert "There is no sales history yet" in texts(at.markdown)


def test_the_cards_and_the_table_tell_the_same(imported_shop, page):
    at = page("segments")
    assert not at.exception
    table = segmenting.segment_skus(imported_shop, SegmentRequest()).table
    assert metrics(at)["A items"] == str(int((table["abc"] == "A").sum()))
    assert metrics(at)["Even sellers (X)"] == str(int((table["xyz"] == "X").sum()))
    assert set(sku_table(at)["SKU"]) == set(table["sku"])


@pytest.mark.usefixtures("imported_shop")
def test_the_number_of_groups_is_as_chosen(page):
    at = page("segments")
    at.selectbox(key="segments-k").set_value(3).run()
    assert not at.exception
    assert metrics(at)["Groups"] == "3"
    groups = next(each.value for each in at.dataframe if "What sets it apart" in each.value.columns)
    assert groups["Group"].tolist() == ["Group 1", "Group 2", "Group 3"]
    assert groups["SKUs"].sum() == 12


@pytest.mark.usefixtures("imported_shop")
def test_the_table_shows_the_group_the_address_names(page):
    at = page("segments", group="Group 2")
    assert not at.exception
    assert set(sku_table(at)["Group"]) == {"Group 2"}


@pytest.mark.usefixtures("imported_shop")
def test_a_lower_cut_off_makes_fewer_a_items(page):
    at = page("segments")
    before = int(metrics(at)["A items"])
    at.slider(key="segments-a").set_value(50).run()
    assert int(metrics(at)["A items"]) < before


@pytest.mark.usefixtures("imported_shop")
def test_cut_offs_that_cross_are_refused_with_a_sentence(page):
    at = page("segments")
    at.slider(key="segments-a").set_value(90)
    at.slider(key="segments-b").set_value(80).run()
    assert not at.exception
    assert "ABC cut-offs must rise between 0 and 1; 0.9 and 0.8 were given." in texts(at.error)


def test_looking_stores_nothing_and_saving_stores_a_run(imported_shop, page):
    at = page("segments")
    assert segmenting.newest_run(imported_shop) is None
    at.button(key="segments-keep").click().run()
    assert not at.exception
    stored = segmenting.newest_run(imported_shop)
    assert stored is not None
    assert stored.manifest["skus"] == 12


def test_every_view_of_the_groups_draws(imported_shop, page):
    at = page("segments")
    for view in ("shape", "map", "k"):
        at.segmented_control(key="segments-view").set_value(view).run()
        assert not at.exception
    assert imported_shop is not None


def few_sales(units):
    lines = ["order_date,sku,quantity,unit_price"]
    for day in range(120):
        lines += [f"{date(2025, 9, 1) + timedelta(day)},S{sku},{sold},5" for sku, sold in enumerate(units(day))]
    return "\n".join(lines)


SMALL = {
    "one": (1, "the data has 1 SKU;", lambda day: [1 + day % 3]),
    "two": (2, "the data has 2 SKUs;", lambda day: [1 + day % 3, day % 5]),
    "three": (3, "the data has 3 SKUs;", lambda day: [1 + day % 3, day % 5, 7]),
    "alike": (6, "all SKUs sell alike", lambda _day: [3] * 6),
    "zero": (5, "nothing was sold", lambda _day: [0] * 5),
}


@pytest.fixture(params=list(SMALL))
def small_shop(request, opened, templates, empty_template):
    """A shop of which there can be one group only: its workspace, number of SKUs, and what the page says of it."""
    n_skus, told, units = SMALL[request.param]

    def fill(workspace):
        import_files(workspace, sales=few_sales(units))

    return opened(prepared(templates / f"small-{request.param}", empty_template, fill)), n_skus, told


def test_a_small_shop_has_its_classes_and_one_group_with_the_reason(small_shop, page):
    _workspace, n_skus, told = small_shop
    at = page("segments")
    assert not at.exception
    assert not at.error
    assert told in texts(at.info)
    assert metrics(at)["Groups"] == "1"
    table = sku_table(at)
    assert table["Group"].tolist() == ["Group 1"] * n_skus
    assert table["ABC"].isin(["A", "C"]).all()


def test_four_skus_may_be_up_to_three_groups(opened, templates, empty_template, page):
    def fill(workspace):
        import_files(workspace, sales=few_sales(lambda day: [1 + day % 3, day % 5, 7, 20 * (day % 7 == 0)]))

    opened(prepared(templates / "small-four", empty_template, fill))
    at = page("segments")
    assert at.selectbox(key="segments-k").options == ["Suggested", "2", "3"]
    at.selectbox(key="segments-k").set_value(3).run()
    assert not at.exception
    assert metrics(at)["Groups"] == "3"


def test_weekly_shapes_are_multiples_of_the_average_week(imported_shop):
    shapes = segmenting.group(imported_shop, 2).shapes
    assert shapes.mean(axis=1) == pytest.approx([1.0, 1.0], abs=0.02)
