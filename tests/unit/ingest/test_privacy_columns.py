"""Columns about persons are found by their names and by their values; codes, prices and dates never are."""

import pytest

from core.ingest.privacy import personal_columns
from core.ingest.privacy_words import kind_of_header


def found(table, text: str) -> dict[str, tuple[str, str]]:
    return {entry.header: (entry.kind, entry.found_by) for entry in personal_columns(table(text))}


def column(table, values: list[str], header: str = "extra") -> dict[str, tuple[str, str]]:
    rows = "".join(f'S{number},"{value}",2\n' for number, value in enumerate(values))
    return found(table, f"SKU,{header},Quantity\n{rows}")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Billing Phone", "phone"), ("E-Mail-Adresse", "mail"), ("Vorname", "name"), ("Straße", "address"),
        ("Code postal", "place"), ("Numéro de téléphone", "phone"), ("Correo electrónico", "mail"),
        ("DNI", "id_number"), ("收货人姓名", "name"), ("买家手机号码", "phone"), ("身份证号", "id_number"),
        ("支付宝账号", "account"), ("出生日期", "birthday"), ("buyerEmail", "mail"), ("ship_to_phone_2", "phone"),
        ("Customer Full Name", "name"), ("Kontakt Telefon", "phone"),
    ],
)  # fmt: skip
def test_headers_of_five_languages_tell_what_they_hold_about_persons(header: str, kind: str) -> None:
    assert kind_of_header(header) == kind


@pytest.mark.parametrize(
    "header",
    [
        "Name",
        "Phone case",
        "iPhone 13",
        "Order Number",
        "Product Name",
        "Item Description",
        "Ship Date",
        "Mail order qty",
    ],
)
def test_headers_about_goods_are_not_about_persons(header: str) -> None:
    assert kind_of_header(header) == ""


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("mail", ["anna@example.com", "bo.li+x@shop.co.uk", "王@例子.com"]),
        ("phone", ["+49 30 1234567", "+1 (555) 123-4567", "+8613812345678"]),
        ("phone", ["13812345678", "15987654321", "18600001111"]),
        ("phone", ["555-123-4567", "555-987-6543", "555-222-3333"]),
        ("id_number", ["11010519491231002X", "440524188001010014", "11010519491231002x"]),
        ("id_number", ["123-45-6789", "078-05-1120", "219-09-9999"]),
        ("account", ["4111111111111111", "5555555555554444", "378282246310005"]),
        ("account", ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "FR1420041010050500013M02606"]),
        ("device", ["192.168.10.20", "8.8.8.8", "2001:db8::7"]),
        ("address", ["12 Main Street", "7a Abbey Road", "100 West Lake Avenue"]),
        ("address", ["Hauptstraße 12", "Goethestr. 5", "Am Markt 3"]),
        ("address", ["12 rue de la Paix", "3 bis avenue Foch", "1 place Bellecour"]),
        ("address", ["上海市浦东新区世纪大道100号", "北京市海淀区中关村大街1号楼", "广州市天河区体育东路5号"]),
        ("name", ["Schmidt, Anna", "Meier, Hans", "Müller, Jörg K."]),
        ("name", ["Mr John Smith", "Mrs Mary Jones", "Frau Eva Braun"]),
        ("name", ["王先生", "李女士", "欧阳小姐"]),
    ],
)  # fmt: skip
def test_values_tell_what_no_header_says(table, kind: str, values: list[str]) -> None:
    assert column(table, values) == {"extra": (kind, "values")}


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Barcode", ["4006381333931", "6901234567892", "9780306406157"]),
        ("SKU code", ["000012", "1E5", "AB-12-34"]),
        ("Order", ["13800000001", "13800000002", "13800000003"]),
        ("extra", ["114-1234567-1234567", "114-7654321-7654321", "113-0000001-0000002"]),
        ("extra", ["1984576212345678901", "2024011910001234567", "3312345678901234567"]),
        ("extra", ["2024-01-01T10:00:00+0800", "2024-01-02 10:00:00 +08:00", "20240103"]),
        ("extra", ["+12.50", "-1,234.56", "1.234.567,89"]),
        ("extra", ["https://cdn.shop/lamp_1024@2x.jpg", "https://cdn.shop/chair@2x.png", "https://cdn.shop/a@3x.webp"]),
        ("extra", ["12:30:00", "08:15", "23:59:59"]),
        ("extra", ["SET OF 3 CAKE TINS PANTRY DESIGN", "whole milk", "Sony, black"]),
        ("extra", ["110105194912310021", "440524188001010015", "110105194912310022"]),
        ("extra", ["4111111111111112", "5555555555554445", "4006381333931123"]),
        ("extra", ["DE89370400440532013001", "GB82WEST12345698765433", "XX12ABCD12345678901234"]),
    ],
)
def test_codes_prices_dates_and_names_of_goods_are_never_taken_for_persons(table, header, values) -> None:
    assert column(table, values, header) == {}


def test_one_mail_address_in_two_hundred_makes_a_column_personal(table) -> None:
    assert column(table, [f"word {n}" for n in range(199)] + ["a@b.example"]) == {"extra": ("mail", "values")}


def test_a_single_mail_address_among_thousands_does_not(table) -> None:
    assert column(table, [f"word {n}" for n in range(999)] + ["a@b.example"]) == {}


def test_a_column_is_judged_over_its_whole_length(table) -> None:
    assert column(table, ["-"] * 20_000 + ["+49 30 1234567"] * 200) == {"extra": ("phone", "values")}


def test_a_column_named_for_persons_counts_without_any_value(table) -> None:
    (entry,) = personal_columns(table("SKU,Quantity,Customer Name\nA,1,\nB,2,\n"))
    assert (entry.column, entry.kind, entry.found_by, entry.share) == (2, "name", "name", 0.0)


def test_name_and_values_together_are_said_with_the_share(table) -> None:
    (entry,) = personal_columns(table("SKU,Quantity,Customer\nA,1,a@b.example\nB,2,C-17\n"))
    assert (entry.kind, entry.found_by, entry.share, entry.sure) == ("mail", "both", 0.5, True)
