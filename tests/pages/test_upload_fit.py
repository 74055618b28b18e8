"""“Do the files fit together?” on the Upload page: what does not meet, mends in one click, links, coverage."""

import pytest

from core.workflows import joining
from tests.pages.conftest import FIRST_DAY, SKUS
from tests.pages.reading import table_with, texts
from tests.pages.shops import prepared
from tests.uploading import import_files

STRANGE = f"stock_date,sku,on_hand\n{FIRST_DAY},sku-02,40\n{FIRST_DAY},NEVER SOLD,7\n".encode()


@pytest.fixture(scope="session")
def strange_template(templates, imported_template):
    return prepared(templates / "strange", imported_template, lambda shop: import_files(shop, more=STRANGE))


@pytest.fixture
def strange_shop(opened, strange_template):
    """The small shop with stock of a code that is spelled otherwise in the sales, and of one that never sold."""
    return opened(strange_template)


@pytest.fixture(scope="session")
def sales_only_template(templates, empty_template):
    sales = "date,sku,quantity\n2026-01-30,A,2\n2026-01-31,B,1\n"
    return prepared(templates / "sales-only", empty_template, lambda shop: import_files(shop, sales=sales))


@pytest.fixture
def sales_only_shop(opened, sales_only_template):
    """A shop that has imported nothing but sales."""
    return opened(sales_only_template)


@pytest.fixture
def fitting(page):
    """The page with the section open."""

    def open_():
        return page("upload").toggle(key="upload-fit-open").set_value(True).run()

    return open_


@pytest.mark.usefixtures("strange_shop")
def test_keys_that_meet_no_sales_are_listed(fitting):
    at = fitting()
    assert not at.exception
    listed = table_with(at, "Supplier")
    assert {"sku-02", "NEVER SOLD"} <= set(listed["SKU"])


@pytest.mark.usefixtures("sales_only_shop")
def test_sales_alone_are_not_said_to_meet_other_files(fitting):
    at = fitting()
    assert not at.exception
    assert "Only sales are stored" in texts(at.caption)
    assert "is one that sells" not in texts(at.success)


def test_a_likely_mend_is_linked_in_one_click_and_taken_back_in_another(strange_shop, fitting, finished):
    at = fitting()
    assert table_with(at, "Is probably")["Is probably"].tolist() == [SKUS[1]]
    at.button(key="upload-fit-link-all").click().run()
    finished(strange_shop)
    at.run()
    assert "1 link was changed." in texts(at.success)
    assert joining.links(strange_shop)[["old_sku", "new_sku"]].values.tolist() == [["sku-02", SKUS[1]]]
    assert table_with(at, "Counts as")["Code"].tolist() == ["sku-02"]
    at.button(key="upload-fit-unlink").click().run()
    finished(strange_shop)
    assert joining.links(strange_shop).empty


def test_a_link_by_hand_that_no_file_knows_is_refused_in_a_sentence(strange_shop, fitting, finished):
    at = fitting()
    at.text_input(key="upload-fit-old").set_value("X").run()
    at.text_input(key="upload-fit-new").set_value("Y").run()
    at.button(key="upload-fit-link-by-hand").click().run()
    finished(strange_shop)
    at.run()
    assert "are named by no file" in texts(at.error)
    assert joining.links(strange_shop).empty


def test_a_list_of_links_is_taken_as_a_file(strange_shop, fitting, finished):
    at = fitting()
    uploader = next(each for each in at.file_uploader if each.key.startswith("upload-fit-file"))
    uploader.upload("links.csv", f"old_sku,new_sku,factor\nNEVER SOLD,{SKUS[2]},6\n".encode())
    at.run()
    at.button(key="upload-fit-import").click().run()
    finished(strange_shop)
    assert joining.links(strange_shop)[["old_sku", "factor"]].values.tolist() == [["NEVER SOLD", 6.0]]


@pytest.mark.usefixtures("strange_shop")
def test_the_share_of_sku_periods_that_each_driver_covers_is_shown(fitting):
    at = fitting()
    covered = table_with(at, "Share of SKU-periods")
    assert "Stock on hand" in covered["Driver"].tolist()


@pytest.mark.usefixtures("empty_shop")
def test_without_sales_there_is_nothing_to_compare(page):
    assert not page("upload").toggle
