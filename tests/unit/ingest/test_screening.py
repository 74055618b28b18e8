"""What is kept of a table: nothing about persons, customers as pseudonyms, refused lines that name nobody."""

import re

import pytest

from core.base.errors import MappingError
from core.ingest.mapping import TableMapping
from core.ingest.privacy import masked, pseudonym, screened, without_customers

KEY = bytes(range(32))
ORDERS = (
    "Order ID,Date,SKU,Product name,Quantity,Customer,E-mail,Ship name,Carrier\n"
    "o1,2026-01-02,A-1,Wool hat,2,C-17,anna@example.com,Anna Schmidt,DHL\n"
    "o2,2026-01-03,A-2,Gift for bo@example.com,1,C-18,bo@example.com,Bo Li,UPS\n"
)
LONG = {0: "order_id", 1: "sold_at", 2: "sku", 3: "product_name", 4: "quantity", 5: "customer"}


def mapping(fields: dict[int, str], role: str = "sales", platform: str = "own columns") -> TableMapping:
    return TableMapping(role, platform, "long", fields)


def cells(found) -> list[list[str]]:
    return [column.to_pylist() for column in found.table.columns.columns]


def everything(found) -> str:
    return repr((cells(found), found.table.header, found.table.rejected, found.table.notes))


def test_only_columns_that_a_field_needs_are_kept_of_a_table_nobody_knows(table) -> None:
    found = screened(table(ORDERS), mapping(LONG), KEY)
    assert found.table.header == ("Order ID", "Date", "SKU", "Product name", "Quantity", "Customer")
    assert found.table.columns.column_names == ["c0", "c1", "c2", "c3", "c4", "c5"]


def test_columns_about_persons_are_named_and_the_customers_told_apart(table) -> None:
    found = screened(table(ORDERS), mapping(LONG), KEY)
    assert found.dropped == ("E-mail", "Ship name")
    assert [(entry.header, entry.kind) for entry in found.columns] == [
        ("Customer", "customer"), ("E-mail", "mail"), ("Ship name", "name"),
    ]  # fmt: skip


def test_customers_become_the_pseudonyms_that_conversion_would_make(table) -> None:
    found = screened(table(ORDERS), mapping(LONG), KEY)
    assert cells(found)[5] == [pseudonym("C-17", KEY), pseudonym("C-18", KEY)]


def test_a_missing_customer_stays_empty(table) -> None:
    text = "Date,SKU,Quantity,Customer\n2026-01-02,A,1,\n2026-01-02,B,1,7\n"
    found = screened(table(text), mapping({0: "sold_at", 1: "sku", 2: "quantity", 3: "customer"}), KEY)
    assert cells(found)[3][0] == ""


def test_the_mapping_moves_with_its_columns(table) -> None:
    text = "E-mail,Date,Phone,SKU,Quantity\na@b.example,2026-01-02,+49 30 1234567,A,1\n"
    found = screened(table(text), mapping({1: "sold_at", 3: "sku", 4: "quantity"}), KEY)
    assert found.mapping.fields == {0: "sold_at", 1: "sku", 2: "quantity"}
    assert cells(found) == [["2026-01-02"], ["A"], ["1"]]


def test_a_mail_address_inside_a_name_of_goods_is_taken_out_counted_and_told(table) -> None:
    found = screened(table(ORDERS), mapping(LONG), KEY)
    assert cells(found)[3] == ["Wool hat", "[removed]"]
    assert found.masked == 1
    assert "1 cells held an address or number of a person; it was removed." in found.table.notes


def test_a_mail_address_used_as_customer_is_hashed_in_one_spelling(table) -> None:
    text = "Date,SKU,Quantity,E-mail\n2026-01-02,A,1,Anna@Example.com\n2026-01-03,A,1,anna@example.com\n"
    found = screened(table(text), mapping({0: "sold_at", 1: "sku", 2: "quantity", 3: "customer"}), KEY)
    assert cells(found)[3] == [pseudonym("anna@example.com", KEY)] * 2


def test_an_order_number_that_is_a_telephone_number_still_matches_returns_without_being_one(table) -> None:
    text = "Order,Date,SKU,Quantity\n+49 30 1234567,2026-01-02,A,1\n+49 30 1234567,2026-01-05,A,-1\n77,2026-01-05,A,1\n"
    found = screened(table(text), mapping({0: "order_id", 1: "sold_at", 2: "sku", 3: "quantity"}), KEY)
    first, second, third = cells(found)[0]
    assert first == second
    assert re.fullmatch(r"hidden:[0-9a-f]{32}", first)
    assert third == "77"


def test_an_item_code_that_is_a_mail_address_makes_no_item(table) -> None:
    text = "Date,SKU,Quantity\n2026-01-02,a@b.example,1\n2026-01-02,A,1\n"
    found = screened(table(text), mapping({0: "sold_at", 1: "sku", 2: "quantity"}), KEY)
    assert cells(found)[1] == ["", "A"]


def test_a_name_that_slipped_among_the_numbers_is_not_repeated_in_a_reason(table) -> None:
    text = (
        "Date,SKU,Quantity,Customer\n2026-01-02,A,Anna Schmidt,7\n2026-01-02,A,12 pcs,8\n2026-01-02,A,13812345678,9\n"
    )
    found = screened(table(text), mapping({0: "sold_at", 1: "sku", 2: "quantity", 3: "customer"}), KEY)
    assert cells(found)[2] == ["[removed]", "12 pcs", "[removed]"]


def test_dates_with_names_of_months_stay(table) -> None:
    text = "Date,SKU,Quantity,Customer\n2 January 2026,A,1,7\n3-Feb-2026,A,1,8\n"
    found = screened(table(text), mapping({0: "sold_at", 1: "sku", 2: "quantity", 3: "customer"}), KEY)
    assert cells(found)[0] == ["2 January 2026", "3-Feb-2026"]


def test_refused_lines_of_a_table_about_persons_show_nothing(table) -> None:
    lines = "".join(f"o{n},2026-01-02,A-1,Hat,2,C-{n},c{n}@example.com,N,DHL\n" for n in range(200))
    found = screened(table(ORDERS + lines + "o9,2026-01-02,A-1,Hat, big,2,Max Mustermann,max@example.com,N,DHL\n"),
                     mapping(LONG), KEY)  # fmt: skip
    (line,) = found.table.rejected
    assert line.content == ""
    assert line.reason == "Line 204 has 10 fields, expected 9."


def test_refused_lines_of_other_sales_show_only_what_stands_in_kept_columns(table) -> None:
    rows = "".join(f"2026-01-02,A-{n % 7},{n}\n" for n in range(200))
    found = screened(
        table("Date,SKU,Quantity\n" + rows + "2026-01-03,A-3,2,Max Mustermann\n"),
        mapping({0: "sold_at", 1: "sku", 2: "quantity"}), KEY,
    )  # fmt: skip
    (line,) = found.table.rejected
    assert line.content == "2026-01-03, A-3, 2, [removed]"


def test_records_stay_what_they_were(table) -> None:
    raw = table(ORDERS)
    assert screened(raw, mapping(LONG), KEY).table.records == raw.records == 2


def test_without_a_field_for_customers_their_numbers_are_dropped(table) -> None:
    found = screened(table(ORDERS), without_customers(mapping(LONG)), KEY)
    assert found.dropped == ("Customer", "E-mail", "Ship name")
    assert "customer" not in found.mapping.fields.values()


def test_a_column_of_names_cannot_be_kept_as_something_else(table) -> None:
    with pytest.raises(MappingError, match=r"“Ship name” is about persons \(name\) and cannot be kept as channel"):
        screened(table(ORDERS), mapping(LONG | {7: "channel"}), KEY)


def test_a_town_may_be_a_place_of_sale(table) -> None:
    text = "Date,SKU,Quantity,City\n2026-01-02,A,1,Berlin\n"
    found = screened(table(text), mapping({0: "sold_at", 1: "sku", 2: "quantity", 3: "location"}), KEY)
    assert cells(found)[3] == ["Berlin"]


def test_a_known_export_keeps_what_its_repairs_read_and_drops_persons_and_notes(table) -> None:
    text = (
        "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem sku,Cancelled at,Notes,"
        "Billing Name\n"
        "#1,a@b.example,paid,2026-01-02,1,Hat,H,,ring twice,Anna\n"
    )
    fields = {0: "order_id", 2: "status", 3: "sold_at", 4: "quantity", 5: "product_name", 6: "sku"}
    found = screened(table(text), mapping(fields, platform="shopify_orders"), KEY)
    assert found.dropped == ("Email", "Notes", "Billing Name")
    assert "Cancelled at" in found.table.header


def test_addresses_of_warehouses_and_suppliers_are_no_persons(table) -> None:
    text = "SKU,Location,On hand,Address\nA,Main Street 5,3,Main Street 5\n"
    found = screened(table(text), mapping({0: "sku", 1: "location", 2: "on_hand"}, "stock", "some_export"), KEY)
    assert found.dropped == ()
    assert "Address" in found.table.header


def test_a_mapping_that_lacks_a_field_keeps_the_headers_its_refusal_will_name(table) -> None:
    found = screened(table(ORDERS), mapping({1: "sold_at"}), KEY)
    assert "Carrier" in found.table.header
    assert "E-mail" not in found.table.header


def test_an_identifier_in_a_header_or_a_file_name_is_masked(table) -> None:
    text = "Date,SKU,Quantity,Carrier a@b.example\n2026-01-02,A,1,DHL\n"
    found = screened(table(text), mapping({0: "sold_at", 1: "sku", 2: "quantity", 3: "channel"}), KEY)
    assert found.table.header[3] == "[removed] 4"
    assert masked("orders of anna@example.com.csv") == "[removed]"


def test_nothing_about_a_person_is_left_anywhere(table) -> None:
    text = everything(screened(table(ORDERS), mapping(LONG), KEY))
    assert not re.search(r"anna|example\.com|schmidt|C-17|Bo Li", text, re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "ES91 2100 0418 4502 0005 1332 2024", "AT611904300234573201 PAID", "de89 3704 0044 0532 0130 00",
        "AB12 paid from DE89 3704 0044 0532 0130 00",
    ],
)  # fmt: skip
def test_an_account_number_is_found_whatever_stands_beside_it(text: str) -> None:
    assert masked(text) == "[removed]"


def test_a_longer_code_that_begins_like_an_account_number_stays() -> None:
    assert masked("DE89370400440532013000ABCD") == "DE89370400440532013000ABCD"


@pytest.mark.parametrize("text", ["Tel. 0171 1234567", "ring, call 0049 171 1234567", "Handy:0171/1234567"])
def test_a_number_that_is_said_to_be_a_telephone_s_is_one(text: str) -> None:
    assert masked(text) == "[removed]"


@pytest.mark.parametrize("text", ["Phone case 0171", "Hotel 0171 1234567", "0171 1234567"])
def test_numbers_that_nobody_calls_stay(text: str) -> None:
    assert masked(text) == text
