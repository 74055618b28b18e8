"""What each row rule takes for a fault, and what it leaves alone."""

import pytest

from core.clean.registry import create
from core.store.cleaning import run_row_rules
from tests.clean_lines import left, line, store


def after(rule, *lines, **settings):
    cursor = store(*lines)
    cleaning = run_row_rules(cursor, [create(rule, settings)])
    return left(cursor), cleaning.findings.to_pylist()


def test_a_repeated_line_of_the_same_order_goes_and_names_the_first():
    same = {"order_id": "536365", "customer": "17850"}
    rows, findings = after(
        "exact_duplicates", line(2, "2024-01-02 10:00", "A", 6, **same), line(5, "2024-01-02 10:00", "A", 6, **same)
    )
    assert rows == [(2, 6.0)]
    assert [(found["line"], found["reason"]) for found in findings] == [("a.csv:5", "Same as line 2 of a.csv")]


def test_a_line_equal_in_two_exports_of_its_order_leaves_the_order_as_the_later_one_has_it():
    lines = [
        line(number, "2024-01-02", "A", 1, order_id="9", unit_price=price, upload_id=upload, status=status)
        for upload, number, price, status in (
            ("a", 1, 10.0, "pending"), ("a", 2, 5.0, "pending"), ("b", 11, 10.0, "pending"), ("b", 12, 5.0, "shipped"),
        )
    ]  # fmt: skip
    cursor = store(*lines)
    run_row_rules(cursor, [create("exact_duplicates"), create("key_duplicates")])
    assert left(cursor) == [(11, 1.0), (12, 1.0)]


def test_lines_of_one_order_that_differ_in_price_are_not_repeated():
    rows, _ = after(
        "exact_duplicates",
        line(1, "2024-01-02", "A", 6, order_id="9"),
        line(2, "2024-01-02", "A", 6, order_id="9", unit_price=2.0),
    )
    assert len(rows) == 2


def test_equal_lines_without_order_number_in_one_file_are_separate_sales():
    rows, _ = after("exact_duplicates", *(line(n, "2024-01-02", "A", 1, order_id=None) for n in (1, 2)))
    assert rows == [(1, 1.0), (2, 1.0)]


def test_equal_lines_without_order_number_go_when_another_file_brings_them_again():
    rows, _ = after(
        "exact_duplicates",
        *(line(n, "2024-01-02", "A", 1, order_id=None) for n in (1, 2)),
        *(line(n, "2024-01-02", "A", 1, order_id=None, upload_id="b") for n in (11, 12, 13)),
    )
    assert rows == [(11, 1.0), (12, 1.0), (13, 1.0)]


def test_equal_lines_without_order_number_go_when_asked():
    rows, _ = after(
        "exact_duplicates",
        *(line(n, "2024-01-02", "A", 1, order_id=None) for n in (1, 2)),
        without_order="also within a file",
    )
    assert rows == [(1, 1.0)]


def test_the_file_loaded_first_keeps_a_line_that_others_repeat():
    rows, findings = after(
        "exact_duplicates",
        *(line(n, "2024-01-02", "A", 1, order_id=None, upload_id=up) for n, up in ((1, "b"), (2, "a"))),
    )
    assert rows == [(2, 1.0)]
    assert findings[0]["reason"] == "Same as line 2 of a.csv"


NEVER_A_SALE = ["Cancelled", "canceled", "CANCELED ", "voided", "wc-cancelled", "wc-failed", "Closed", "expired",
               "已取消", "交易关闭", "已关闭", "交易失败", "待付款", "未付款", "pending", "Pending", "draft",
               "storniert", "annulée",
               "En attente de paiement", "Pendiente de pago",
               "TRADE_CLOSED_BY_TAOBAO", "等待买家付款", "unpaid", "wc-pending payment"]  # fmt: skip
STANDING = ["paid", "Shipped", "completed", "交易成功", "已付款", "未取消", "partially cancelled", "", None, "refunded",
            "pending fulfillment", "processing"]  # fmt: skip


def test_orders_that_never_became_a_sale_go_and_those_that_stand_stay():
    lines = [line(n, "2024-01-02", "A", 6, status=status) for n, status in enumerate(NEVER_A_SALE + STANDING)]
    rows, findings = after("cancelled_orders", *lines)
    assert [number for number, _units in rows] == list(range(len(NEVER_A_SALE), len(lines)))
    reasons = {found["line"]: found["reason"] for found in findings}
    assert all(status in reasons[f"a.csv:{number}"] for number, status in enumerate(NEVER_A_SALE))


def test_unpaid_orders_stay_when_the_planner_wants_them():
    rows, _ = after("cancelled_orders", line(1, "2024-01-02", "A", 6, status="unpaid"), unpaid=False)
    assert rows == [(1, 6.0)]


@pytest.mark.parametrize(
    "code",
    ["POST", "DOT", "M", "m", "D", "S", "B", "C2", "CRUK", "PADS", "BANK CHARGES", "AMAZONFEE", "gift_0001_20", "运费"],
)
def test_codes_that_are_no_product_are_set_aside_and_listed(code):
    rows, findings = after(
        "non_products", line(1, "2024-01-02", code, 1, product_name="Fee"), line(2, "2024-01-02", "85123A", 1)
    )
    assert rows == [(2, 1.0)]
    assert (findings[0]["sku"], findings[0]["reason"]) == (code, f"“{code}” is not a product (Fee)")


def test_short_codes_are_products_where_all_codes_are_short():
    rows, _ = after("non_products", *(line(n, "2024-01-02", code, 1) for n, code in enumerate(["S", "M", "L", "POST"])))
    assert [number for number, _ in rows] == [0, 1, 2]


@pytest.mark.parametrize("code", ["DCGS0003", "POSTER", "M1", "85123A", "TESTER"])
def test_codes_that_only_look_odd_stay(code):
    rows, _ = after("non_products", line(1, "2024-01-02", code, 1))
    assert rows == [(1, 1.0)]


def test_a_code_of_the_shops_own_list_is_set_aside_whatever_signs_it_holds():
    rows, _ = after(
        "non_products",
        line(1, "2024-01-02", "EVENT+1 (x)", 1),
        line(2, "2024-01-02", "voucher-9", 1),
        line(3, "2024-01-02", "EVENTT1 (x)", 1),
        more="event+1 (X); Voucher-*",
    )
    assert rows == [(3, 1.0)]


def test_an_empty_list_of_codes_sets_nothing_aside():
    rows, _ = after("non_products", line(1, "2024-01-02", "POST", 1), codes="", more="")
    assert rows == [(1, 1.0)]


def test_write_offs_bookings_and_gifts_go_for_different_reasons():
    rows, findings = after(
        "bad_prices",
        line(1, "2024-01-02", "A", -9600, unit_price=0.0),
        line(2, "2024-01-02", "B1", 1, unit_price=-11062.06),
        line(3, "2024-01-02", "A", 12, unit_price=0.0),
        *(line(n, "2024-01-02", "A", 1) for n in range(4, 9)),
    )
    assert [number for number, _ in rows] == [4, 5, 6, 7, 8]
    assert {found["line"]: found["reason"].split(":")[0] for found in findings} == {
        "a.csv:1": "Units taken out at price 0",
        "a.csv:2": "Negative price",
        "a.csv:3": "Units at price 0",
    }


def test_gifts_stay_when_the_planner_counts_them_as_demand():
    rows, _ = after(
        "bad_prices", line(1, "2024-01-02", "A", 3, unit_price=0.0), line(2, "2024-01-02", "A", 1), giveaways="keep"
    )
    assert rows == [(1, 3.0), (2, 1.0)]


def test_a_file_that_knows_no_prices_keeps_its_zero_prices():
    rows, _ = after("bad_prices", *(line(n, "2024-01-02", "A", n, unit_price=0.0) for n in (1, 2, 3)))
    assert rows == [(1, 1.0), (2, 2.0), (3, 3.0)]


def test_a_price_of_zero_beside_an_amount_paid_is_no_gift():
    rows, _ = after(
        "bad_prices", line(1, "2024-01-02", "A", 3, unit_price=0.0, amount=7.5), line(2, "2024-01-02", "A", 1)
    )
    assert rows == [(1, 3.0), (2, 1.0)]


def test_lines_without_a_price_stay():
    rows, _ = after("bad_prices", line(1, "2024-01-02", "A", 3, unit_price=None))
    assert rows == [(1, 3.0)]


def test_a_sale_and_its_full_return_cancel_out():
    rows, findings = after(
        "bulk_cancelled",
        line(1, "2011-12-09 09:15", "23843", 80995, customer="16446"),
        line(2, "2011-12-09 09:27", "23843", -80995, customer="16446", order_id="C581484"),
        line(3, "2011-12-09 09:15", "23843", 80995, customer="9"),
    )
    assert rows == [(3, 80995.0)]
    assert [found["reason"] for found in findings] == [
        "Sale taken back in full later",
        "Return of a whole earlier sale",
    ]


def test_a_return_cannot_take_back_a_later_sale():
    rows, _ = after(
        "bulk_cancelled", line(1, "2024-01-02", "A", -5, customer="c"), line(2, "2024-01-03", "A", 5, customer="c")
    )
    assert rows == [(1, -5.0), (2, 5.0)]


def test_one_return_takes_back_one_sale_only_the_latest():
    rows, _ = after(
        "bulk_cancelled",
        line(1, "2024-01-02", "A", 5, customer="c"),
        line(2, "2024-01-03", "A", 5, customer="c"),
        line(3, "2024-01-04", "A", -5, customer="c"),
    )
    assert rows == [(1, 5.0)]


def test_without_a_customer_the_price_must_be_the_same():
    rows, _ = after(
        "bulk_cancelled",
        line(1, "2024-01-02", "A", 5, unit_price=2.0),
        line(2, "2024-01-02", "B", 5, unit_price=2.0),
        line(3, "2024-01-03", "A", -5, unit_price=2.5),
        line(4, "2024-01-03", "B", -5, unit_price=2.0),
    )
    assert rows == [(1, 5.0), (3, -5.0)]


def test_a_return_of_all_takes_back_the_order_it_names_and_no_other_of_its_customer():
    lines = [
        line(1, "2024-01-02", "A", 1, customer="c", order_id="1001"),
        line(2, "2024-01-03", "A", 1, customer="c", order_id="1002"),
        line(3, "2024-01-04", "A", 1, customer="c", order_id="1003"),
        line(4, "2024-01-05", "A", -1, customer="c", order_id="R-1002"),
    ]
    rows, _ = after("bulk_cancelled", *lines)
    assert rows == [(1, 1.0), (3, 1.0)]


def test_a_return_of_a_part_takes_back_no_other_order_in_full():
    lines = [
        line(1, "2024-01-02", "A", 1, customer="c", order_id="1001"),
        line(2, "2024-01-03", "A", 2, customer="c", order_id="1002"),
        line(3, "2024-01-05", "A", -1, customer="c", order_id="R-1002"),
    ]
    rows, findings = after("bulk_cancelled", *lines)
    assert (len(rows), findings) == (3, [])


def test_small_orders_are_left_alone_when_asked():
    rows, _ = after("bulk_cancelled", line(1, "2024-01-02", "A", 5), line(2, "2024-01-03", "A", -5), min_units=6.0)
    assert len(rows) == 2


def test_part_of_a_sale_comes_off_that_sale_with_its_share_of_the_amount():
    cursor = store(
        line(1, "2024-01-02", "A", 10, customer="c", amount=25.0),
        line(2, "2024-01-09", "A", -4, customer="c", amount=-10.0),
    )
    run_row_rules(cursor, [create("returns")])
    assert cursor.execute("SELECT line, quantity, amount FROM cleaned_lines").fetchall() == [(1, 6.0, 15.0)]


def test_returns_come_off_the_latest_purchase_first_and_then_the_one_before():
    rows, _ = after(
        "returns",
        line(1, "2024-01-02", "A", 10, customer="c"),
        line(2, "2024-01-03", "A", 3, customer="c"),
        line(3, "2024-01-09", "A", -5, customer="c"),
    )
    assert rows == [(1, 8.0)]


def test_returned_units_beyond_all_purchases_stay_on_their_own_day():
    rows, _ = after(
        "returns",
        line(1, "2024-01-02", "A", 3, customer="c"),
        line(2, "2024-01-09", "A", -5, customer="c"),
        line(3, "2024-01-10", "A", 7, customer="c"),
    )
    assert rows == [(2, -2.0), (3, 7.0)]


@pytest.mark.parametrize("other", [{"customer": "d"}, {"location": "north"}, {"sku": "B"}])
def test_a_return_finds_no_sale_of_another_customer_place_or_product(other):
    sale = line(1, "2024-01-02", "A", 3, customer="c") | other
    rows, _ = after("returns", sale, line(2, "2024-01-09", "A", -3, customer="c"))
    assert rows == [(1, 3.0), (2, -3.0)]


def test_a_return_without_customer_needs_a_sale_of_its_own_size():
    rows, _ = after(
        "returns",
        line(1, "2024-01-02", "A", 3),
        line(2, "2024-01-02", "A", 4),
        line(3, "2024-01-09", "A", -4),
        line(4, "2024-01-10", "A", -2),
    )
    assert rows == [(1, 3.0), (4, -2.0)]


def test_a_return_dated_like_its_sale_finds_it_even_when_it_stands_before():
    rows, _ = after(
        "returns", line(1, "2024-01-02", "A", -3, customer="c"), line(2, "2024-01-02", "A", 3, customer="c")
    )
    assert rows == []


def test_returns_stay_on_their_own_day_when_asked():
    rows, _ = after("returns", line(1, "2024-01-02", "A", 3), line(2, "2024-01-09", "A", -3), net_on="own day")
    assert rows == [(1, 3.0), (2, -3.0)]


def test_a_positive_line_under_a_return_number_counts_as_a_return():
    rows, findings = after(
        "returns",
        *(line(n, "2024-01-02", f"S{n}", -1, order_id=f"C{n}") for n in (1, 2, 3)),
        line(4, "2024-01-03", "A", 2, order_id="C9"),
    )
    assert rows[-1] == (4, -2.0)
    assert findings[0]["reason"] == "Order number marks a return: the units count as returned"


def test_order_numbers_with_letters_are_ordinary_where_they_mostly_sell():
    rows, _ = after("returns", *(line(n, "2024-01-02", "A", n, order_id=f"C{n}") for n in (1, 2, 3)))
    assert [units for _, units in rows] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("status", ["Refunded", "returned", "退款成功"])
def test_a_sale_whose_status_says_that_all_came_back_goes(status):
    rows, _ = after("returns", line(1, "2024-01-02", "A", 3, status=status))
    assert rows == []


def test_a_sale_that_came_back_by_its_status_takes_no_return_from_another():
    rows, _ = after(
        "returns",
        line(1, "2024-01-02", "A", 3, customer="c"),
        line(2, "2024-01-03", "A", 3, customer="c", status="refunded"),
        line(3, "2024-01-09", "A", -3, customer="c"),
    )
    assert rows == []


def test_returns_that_name_a_sale_refunded_by_its_status_come_off_no_other():
    rows, _ = after(
        "returns",
        line(1, "2024-01-02", "A", 5, customer="c", order_id="9"),
        line(2, "2024-01-03", "A", 5, customer="c", order_id="10", status="refunded"),
        line(3, "2024-01-05", "A", -2, customer="c", order_id="R-10"),
        line(4, "2024-01-06", "A", -3, customer="c", order_id="R-10"),
    )
    assert rows == [(1, 5.0)]


def test_a_partly_refunded_sale_stays():
    rows, _ = after("returns", line(1, "2024-01-02", "A", 3, status="partially_refunded"))
    assert rows == [(1, 3.0)]


PRICED = (("2024-01-01", 2.0), ("2024-01-02", 4.0), ("2024-01-03", None), ("2024-01-05", 10.0), ("2024-01-06", None))


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("last value", [4.0, 10.0]),
        ("mean", [16 / 3, 16 / 3]),
        ("median", [4.0, 4.0]),
        ("interpolation", [6.0, 10.0]),
        ("zero", [0.0, 0.0]),
        ("leave", [None, None]),
    ],
)
def test_missing_prices_are_filled_over_time_within_the_sku(method, expected):
    lines = [line(n, day, "A", 1, unit_price=price) for n, (day, price) in enumerate(PRICED)]
    cursor = store(*lines, line(99, "2024-01-02", "B", 1, unit_price=700.0))
    run_row_rules(cursor, [create("missing_prices", {"method": method})])
    filled = cursor.execute("SELECT unit_price FROM cleaned_lines WHERE line IN (2, 4) ORDER BY line").fetchall()
    assert [price for (price,) in filled] == [pytest.approx(price, abs=1e-6) for price in expected]


def test_a_line_with_an_amount_is_priced_by_it():
    cursor = store(line(1, "2024-01-01", "A", 4, unit_price=None, amount=12.0), line(2, "2024-01-02", "A", 1))
    run_row_rules(cursor, [create("missing_prices")])
    assert cursor.execute("SELECT unit_price FROM cleaned_lines WHERE line = 1").fetchall() == [(3.0,)]


def test_a_product_that_never_had_a_price_keeps_none():
    cursor = store(line(1, "2024-01-01", "A", 4, unit_price=None))
    cleaning = run_row_rules(cursor, [create("missing_prices")])
    assert cleaning.findings.num_rows == 0
