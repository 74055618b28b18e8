"""Row rules for what shops' own exports bring: orders exported again, test orders, packs, other money, gaps."""

import pytest

from core.clean.registry import create
from core.store.cleaning import run_row_rules
from tests.clean_lines import left, line, store


def after(rule, *lines, **settings):
    cursor = store(*lines)
    cleaning = run_row_rules(cursor, [create(rule, settings)])
    return left(cursor), cleaning.findings.to_pylist()


def values(cursor, columns):
    return cursor.execute(f"SELECT {columns} FROM cleaned_lines ORDER BY line").fetchall()  # noqa: S608 - fixed


SAME = {"order_id": "1001", "customer": "c"}


def test_an_order_line_exported_again_with_another_status_counts_once_as_the_later_file_has_it():
    rows, findings = after(
        "key_duplicates",
        line(1, "2024-01-02 10:00", "A", 2, **SAME, status="paid"),
        line(7, "2024-01-02 10:00", "A", 2, **SAME, status="shipped", product_name="Mug", upload_id="b"),
    )
    assert rows == [(7, 2.0)]
    assert [(found["line"], found["reason"]) for found in findings] == [
        ("a.csv:1", "The same line of order 1001 came again: line 7 of b.csv")
    ]


def test_the_later_file_is_believed_in_how_often_it_has_the_line():
    rows, _ = after(
        "key_duplicates",
        *(line(n, "2024-01-02", "A", 2, **SAME, status="paid") for n in (1, 2)),
        line(7, "2024-01-02", "A", 2, **SAME, status="shipped", upload_id="b"),
    )
    assert rows == [(7, 2.0)]


@pytest.mark.parametrize(
    "other",
    [{"order_id": None}, {"customer": "d"}, {"location": "north"}, {"quantity": 3.0}, {"sku": "B"}, {"upload_id": "a"}],
)
def test_lines_that_differ_in_what_makes_the_line_stay(other):
    first = line(1, "2024-01-02", "A", 2, **SAME, status="paid")
    rows, _ = after("key_duplicates", first, first | {"line": 2, "status": "shipped", "upload_id": "b"} | other)
    assert len(rows) == 2


def test_lines_without_order_number_are_never_taken_for_the_same_order():
    rows, _ = after(
        "key_duplicates",
        line(1, "2024-01-02", "A", 2, order_id=None, status="paid"),
        line(2, "2024-01-02", "A", 2, order_id=None, status="shipped", upload_id="b"),
    )
    assert len(rows) == 2


def test_of_equal_lines_within_a_file_the_last_stays_when_asked():
    rows, _ = after(
        "key_duplicates",
        *(line(n, "2024-01-02", "A", 2, **SAME, status=status) for n, status in ((1, "paid"), (2, "shipped"))),
        within=True,
    )
    assert rows == [(2, 2.0)]


INTERNAL = [
    {"channel": "Internal"}, {"channel": "staff order"}, {"status": " TEST "}, {"channel": "样品"},
    {"status": "内部领用"}, {"order_id": "TEST-104"}, {"order_id": "sample#9"}, {"order_id": "test12"},
    {"order_id": "内部2024001"}, {"channel": "internal use"},
]  # fmt: skip
ALIKE = [
    {"channel": "Sample sale"}, {"channel": "testosterone.shop"}, {"status": "international"},
    {"order_id": "TESTER-1"}, {"order_id": "internet-1001"}, {"order_id": "demon5"}, {"channel": None}, {},
]  # fmt: skip


def test_test_and_internal_orders_go_and_those_whose_marks_only_look_alike_stay():
    lines = [line(n, "2024-01-02", "A", 6, **marks) for n, marks in enumerate(INTERNAL + ALIKE)]
    rows, findings = after("internal_orders", *lines)
    assert [number for number, _units in rows] == list(range(len(INTERNAL), len(lines)))
    reasons = {found["line"]: found["reason"] for found in findings}
    assert all(next(iter(marks.values())) in reasons[f"a.csv:{n}"] for n, marks in enumerate(INTERNAL))


def test_a_shop_names_its_own_words_for_internal_orders():
    rows, _ = after(
        "internal_orders",
        line(1, "2024-01-02", "A", 6, channel="Lab"),
        line(2, "2024-01-02", "A", 6, channel="test"),
        words="lab",
    )
    assert rows == [(2, 6.0)]


def test_no_words_mark_no_orders():
    rows, _ = after("internal_orders", line(1, "2024-01-02", "A", 6, channel="test", order_id="TEST-1"), words="")
    assert len(rows) == 1


def known_packs(*lines, **sizes):
    cursor = store(*lines)
    for number, (sku, units) in enumerate(sizes.items()):
        stated = "INSERT INTO products (upload_id, line, sku, units_per_pack) VALUES ('a', $1, $2, $3)"
        cursor.execute(stated, [number, sku, units])
    return cursor


def test_boxes_become_pieces_by_the_products_pack_and_the_money_stays():
    cursor = known_packs(line(1, "2024-01-02", "A", 3, unit="Box", unit_price=24.0, amount=72.0), A=12)
    run_row_rules(cursor, [create("units_of_measure")])
    assert values(cursor, "quantity, unit_price, amount, unit") == [(36.0, 2.0, 72.0, None)]


UNITS = {
    "dozen": 12, "DZ": 12, "打": 12, "gross": 144, "box of 24": 24, "12-pack": 12, "箱(6)": 6, "case/10": 10, "6 pk": 6,
    "pcs": 1, "each": 1, "kg": 1, "件": 1, "pack 500 g": 1, "boxer": 1, "backpack": 1,
}  # fmt: skip


def test_a_unit_that_says_its_size_needs_no_product_file():
    rows, _ = after("units_of_measure", *(line(n, "2024-01-02", "A", 2, unit=unit) for n, unit in enumerate(UNITS)))
    assert {unit: units / 2 for unit, (_line, units) in zip(UNITS, rows, strict=True)} == UNITS


def test_a_pack_of_unknown_size_stays_and_is_pointed_out():
    cursor = store(*(line(n, f"2024-01-0{n}", "A", n, unit="箱") for n in (2, 3)))
    rule = create("units_of_measure")
    cleaning = run_row_rules(cursor, [rule], suspects=[rule])
    assert (cleaning.findings.num_rows, left(cursor)) == (0, [(2, 2.0), (3, 3.0)])
    found = cleaning.suspicions.to_pylist()
    assert [(one["sku"], one["period"], one["before_units"], one["after_units"]) for one in found] == [
        ("A", "2024-01-02/2024-01-03", 5.0, 5.0)
    ]
    assert found[0]["reason"] == "“箱”: nobody says how many pieces it holds; 2 lines are counted as they stand"


def test_the_newest_product_file_says_the_pack_size():
    cursor = known_packs(line(1, "2024-01-02", "A", 1, unit="box"), line(2, "2024-01-02", "A", 1, upload_id="b"), A=6)
    cursor.execute("INSERT INTO products (upload_id, line, sku, units_per_pack) VALUES ('b', 1, 'A', 8)")
    run_row_rules(cursor, [create("units_of_measure")])
    assert left(cursor) == [(1, 8.0), (2, 1.0)]


def with_rates(*lines, own="EUR", **rates):
    cursor = store(*lines)
    if own:
        cursor.execute("INSERT INTO settings VALUES ('currency', $1)", [f'"{own}"'])
    for currency, rate in rates.items():
        cursor.execute("INSERT INTO exchange_rates VALUES ($1, $2)", [currency, rate])
    cleaning = run_row_rules(cursor, [create("currencies")])
    return values(cursor, "quantity, unit_price, amount, discount, currency"), cleaning.findings.to_pylist()


def test_money_of_another_currency_becomes_the_shops():
    rows, findings = with_rates(
        line(1, "2024-01-02", "A", 2, unit_price=10.0, amount=18.0, discount=2.0, currency="usd"), USD=0.9
    )
    assert rows == [(2.0, 9.0, 16.2, 1.8, None)]
    assert findings[0]["reason"] == "Price in usd, turned into the shop's money at 0.9"
    assert findings[0]["before_units"] == findings[0]["after_units"] == 2.0


def test_money_without_a_rate_is_left_blank_and_said():
    rows, findings = with_rates(line(1, "2024-01-02", "A", 2, unit_price=10.0, currency="JPY"), USD=0.9)
    assert rows == [(2.0, None, None, None, "JPY")]
    assert findings[0]["reason"].startswith("Price in JPY, of which no exchange rate is known; not counted as")


@pytest.mark.parametrize(
    ("own", "written"),
    [
        ("EUR", "EUR"), ("EUR", " eur"), ("EUR", "€"), ("CNY", "¥"), ("JPY", "¥"), ("CAD", "$"), ("CNY", "人民币"),
        ("EUR", ""), ("EUR", None),
    ],
)  # fmt: skip
def test_the_shops_own_currency_stays_however_it_is_written(own, written):
    rows, findings = with_rates(line(1, "2024-01-02", "A", 2, currency=written), own=own)
    assert (rows[0][1], findings) == (2.5, [])


def test_a_sign_of_several_currencies_is_not_guessed():
    rows, _ = with_rates(line(1, "2024-01-02", "A", 2, currency="$"), own="EUR", USD=0.9, CAD=0.7)
    assert rows[0][1] is None


def test_a_shop_that_never_chose_a_currency_has_that_of_its_only_files():
    rows, findings = with_rates(line(1, "2024-01-02", "A", 2, currency="CNY"), own="")
    assert (rows[0][1], findings) == (2.5, [])


def piecewise(first, then, days=20, **about):
    """Lines of one product, one a day: (quantity, price) of the first half, and of the second."""
    pairs = [first] * days + [then] * days
    return [
        line(n, f"2024-{1 + n // 25:02d}-{1 + n % 25:02d}", "A", units, unit_price=price, **about)
        for n, (units, price) in enumerate(pairs)
    ]


def test_a_price_that_jumps_twelvefold_while_quantities_fall_is_a_pack_of_twelve():
    cursor, rule = store(*piecewise((24, 2.5), (2, 30.0))), create("pack_jumps")
    cleaning = run_row_rules(cursor, [rule])
    assert {units for _, units in left(cursor)} == {24.0}
    assert {price for (price,) in values(cursor, "unit_price")} == {2.5}
    assert cleaning.findings.num_rows == 20
    assert cleaning.findings["reason"][0].as_py() == "Sold in packs of 12: 2 packs are 24 pieces"


def test_packs_that_are_opened_are_counted_in_pieces_before():
    cursor = store(*piecewise((2, 31.0), (25, 2.5)))
    run_row_rules(cursor, [create("pack_jumps")])
    assert [units for _, units in left(cursor)] == [24.0] * 20 + [25.0] * 20


def test_a_jump_is_only_pointed_out_while_the_rule_is_off():
    cursor = store(*piecewise((24, 2.5), (2, 30.0)))
    cleaning = run_row_rules(cursor, [], suspects=[create("pack_jumps")])
    found = cleaning.suspicions.to_pylist()
    assert [(one["period"], one["before_units"], one["reason"]) for one in found] == [
        ("2024-01-21", 40.0, "Seems sold in packs of 12 since 21 Jan 2024: price up from 2.5 to 30, quantity down")
    ]
    assert left(cursor)[-1] == (39, 2.0)


@pytest.mark.parametrize(
    ("first", "then", "days"),
    [
        ((24, 2.5), (24, 30.0), 20),  # as many units as before: the price rose
        ((24, 2.5), (6, 30.0), 20),  # a quarter of the units, at twelve times the price
        ((6, 2.5), (5, 3.75), 20),  # half as dear again is no whole number
        ((24, 2.5), (2, 30.0), 7),  # too few lines
    ],
)
def test_prices_that_move_for_other_reasons_are_left_alone(first, then, days):
    cursor, rule = store(*piecewise(first, then, days)), create("pack_jumps")
    assert run_row_rules(cursor, [rule], suspects=[rule]).suspicions.num_rows == 0
    assert left(cursor)[-1][1] == then[0]


def test_a_return_that_names_its_order_comes_off_that_order_and_not_the_latest():
    rows, _ = after(
        "returns",
        line(1, "2024-01-02", "A", 5, order_id="1001", customer="c"),
        line(2, "2024-01-05", "A", 5, order_id="1002", customer="c"),
        line(3, "2024-01-09", "A", -2, order_id="1001", customer="c"),
    )
    assert rows == [(1, 3.0), (2, 5.0)]


@pytest.mark.parametrize("number", ["R-1001", "1001-R1", "RMA 1001", "退1001", "return#1001", "1001/R", "C1001"])
def test_a_return_number_may_carry_the_mark_of_a_return(number):
    rows, _ = after(
        "returns",
        line(1, "2024-01-02", "A", 5, order_id="1001"),
        line(2, "2024-01-05", "A", 5, order_id="1002"),
        line(3, "2024-01-09", "A", -2, order_id=number),
    )
    assert rows == [(1, 3.0), (2, 5.0)]


def test_an_order_of_another_customer_is_not_named():
    rows, _ = after(
        "returns",
        line(1, "2024-01-02", "A", 5, order_id="1001", customer="c"),
        line(2, "2024-01-09", "A", -2, order_id="C1001", customer="d"),
    )
    assert rows == [(1, 5.0), (2, -2.0)]


def test_what_the_named_order_cannot_take_goes_to_the_customers_other_purchases():
    rows, _ = after(
        "returns",
        line(1, "2024-01-02", "A", 2, order_id="1001", customer="c"),
        line(2, "2024-01-05", "A", 5, order_id="1002", customer="c"),
        line(3, "2024-01-09", "A", -4, order_id="1001", customer="c"),
    )
    assert rows == [(2, 3.0)]


def test_returns_whose_sale_is_not_found_are_left_out_when_asked():
    rows, findings = after(
        "returns",
        line(1, "2024-01-02", "A", 2, customer="c"),
        line(2, "2024-01-09", "A", -3, customer="c"),
        line(3, "2024-01-10", "A", -1, customer="d"),
        unmatched="drop",
    )
    assert rows == []
    assert findings[-1]["reason"] == "Return of 1 units whose sale is not in the history"


DISCOUNTED = [("2024-01-01", 1.0), ("2024-01-03", 3.0), ("2024-02-01", None), ("2024-02-03", 8.0)]


@pytest.mark.parametrize(
    ("method", "expected"),
    [("zero", 0.0), ("mean", 4.0), ("median", 3.0), ("last value", 3.0), ("seasonal", 8.0), ("drop", "gone")],
)
def test_missing_discounts_are_filled_as_chosen(method, expected):
    cursor = store(*(line(n, day, "A", 1, discount=money) for n, (day, money) in enumerate(DISCOUNTED)))
    run_row_rules(cursor, [create("missing_discounts", {"method": method})])
    found = cursor.execute("SELECT discount FROM cleaned_lines WHERE line = 2").fetchall()
    assert found == ([] if expected == "gone" else [(expected,)])


def test_a_file_that_states_no_discounts_misses_none():
    _, findings = after(
        "missing_discounts", line(1, "2024-01-02", "A", 1), line(2, "2024-01-02", "A", 1, upload_id="b", discount=1.0)
    )
    assert findings == []


def test_lines_without_a_price_are_dropped_when_asked_unless_the_amount_tells_it():
    rows, findings = after(
        "missing_prices",
        line(1, "2024-01-02", "A", 2, unit_price=None, amount=5.0),
        line(2, "2024-01-02", "A", 2, unit_price=None),
        method="drop",
    )
    assert rows == [(1, 2.0)]
    assert {found["line"]: found["reason"] for found in findings} == {
        "a.csv:1": "Price was missing; 2.5 by the line's amount",
        "a.csv:2": "Price is missing",
    }


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        ({"amount": 10.0, "unit_price": 2.5}, 4.0),
        ({"amount": 10.0, "unit_price": None}, 3.0),
        ({"amount": -10.0, "unit_price": None}, -3.0),
        ({"amount": 0.0}, 0.0),
        ({"amount": None}, 0.0),
    ],
)
def test_a_line_paid_for_without_quantity_gets_one(gap, expected):
    rows, _ = after(
        "missing_quantities",
        *(line(n, "2024-01-01", "A", units) for n, units in enumerate((1, 3, 9))),
        line(5, "2024-01-02", "A", 0, **gap),
    )
    assert rows[-1] == (5, expected)


def test_a_return_that_states_only_its_amount_without_a_sign_is_no_booking():
    cursor = store(
        line(1, "2024-01-02", "A", 5, unit_price=None, amount=20.0),
        line(2, "2024-01-04", "A", -2, unit_price=None, amount=8.0),
    )
    run_row_rules(cursor, [create("bad_prices"), create("missing_prices")])
    assert cursor.execute("SELECT quantity, unit_price FROM cleaned_lines ORDER BY line").fetchall() == [
        (5.0, 4.0), (-2.0, 4.0),
    ]  # fmt: skip


def test_a_price_of_zero_beside_an_amount_fills_no_gap_with_zero():
    cursor = store(
        line(1, "2024-01-02", "A", 2, unit_price=0.0, amount=9.0), line(2, "2024-01-03", "A", 1, unit_price=None)
    )
    run_row_rules(cursor, [create("missing_prices")])
    assert cursor.execute("SELECT unit_price FROM cleaned_lines WHERE line = 2").fetchone() == (4.5,)


def in_foreign_money(**settings):
    cursor = store(
        line(1, "2024-01-02", "A", 1, unit_price=10.0, currency="EUR"),
        line(2, "2024-01-03", "A", 2, unit_price=1600.0, currency="JPY"),
        line(3, "2024-01-04", "B", 1, unit_price=800.0, currency="JPY"),
    )
    cursor.execute("INSERT INTO settings VALUES ('currency', '\"EUR\"')")
    return cursor, run_row_rules(cursor, [create("currencies"), create("missing_prices", settings)])


def test_what_stands_for_a_price_in_money_without_a_rate_is_said_to_do_so():
    cursor, cleaning = in_foreign_money()
    assert values(cursor, "sku, unit_price") == [("A", 10.0), ("A", 10.0), ("B", None)]
    assert cleaning.findings["reason"].to_pylist()[-1] == (
        "Price in JPY, of which no exchange rate is known; set to 10 (last value)"
    )


def test_a_line_is_not_dropped_because_the_rate_of_its_money_is_not_known():
    cursor, _cleaning = in_foreign_money(method="drop")
    assert values(cursor, "quantity, unit_price") == [(1.0, 10.0), (2.0, None), (1.0, None)]


def test_a_pack_that_a_link_counts_too_is_pointed_out():
    cursor = store(
        line(1, "2024-01-02", "OLD", 2, unit="box of 6"), line(2, "2024-01-03", "OLD", 1, unit="box of 6"),
        line(3, "2024-01-03", "NEW", 1, unit="box of 6"), line(4, "2024-01-03", "OLD", 1),
    )  # fmt: skip
    cursor.execute("INSERT INTO sku_links VALUES ('OLD', 'NEW', 6, '', TIMESTAMP '2024-01-01')")
    rule = create("units_of_measure")
    found = run_row_rules(cursor, [rule], suspects=[rule]).suspicions.to_pylist()
    assert [(one["sku"], one["period"], one["before_units"], one["reason"]) for one in found] == [
        (
            "NEW", "2024-01-02/2024-01-03", 108.0,
            "“box of 6” of “OLD” is turned into pieces, and by its link each of them counts as 6 × “NEW”; check that "
            "the pack is not counted twice",
        )
    ]  # fmt: skip
    assert run_row_rules(cursor, [], suspects=[rule]).suspicions.num_rows == 0
