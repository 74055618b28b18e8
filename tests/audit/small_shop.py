"""A small shop written by hand: five SKUs in two places, with every kind of line that must not count as it stands."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

FIRST, LAST = date(2024, 11, 1), date(2025, 12, 19)
CLOSED_DAY = date(2025, 5, 1)
"""A Thursday on which nobody sold; the shop is shut on every Sunday as well."""
RATE = 0.9
"""Euro per dollar."""
PRICES = {"TEA": 4.5, "MUG": 9.0, "POT": 27.0, "TIN": 6.0, "JAR": 13.5}
COSTS = {"TEA": 2.0, "MUG": 4.0, "POT": 15.0, "TIN": 2.5, "JAR": 6.0}
SUPPLIERS = {"TEA": "North Co", "MUG": "North Co", "TIN": "West", "POT": "South Ltd", "JAR": "South Ltd"}
LOTS = {"TEA": (24, 12), "MUG": (10, 6), "TIN": (0, 5), "POT": (5, 1), "JAR": (8, 4)}
"""Minimum order and pack."""
CATEGORIES = {"TEA": "Drinks", "TIN": "Drinks", "MUG": "Kitchen", "POT": "Kitchen", "JAR": "Kitchen"}
STOCK = {("TEA", "north"): (60, 8), ("TEA", "south"): (20, 0), ("MUG", "north"): (0, 0), ("POT", "south"): (420, 0),
         ("TIN", "north"): (55, 0), ("JAR", "south"): (6, 1)}  # fmt: skip
"""On hand at the close of the last day, and how much of it is promised."""
PLACES = (("TEA", "north"), ("TEA", "south"), ("MUG", "north"), ("POT", "south"), ("TIN", "north"), ("JAR", "south"))
MOST = {"TEA": 6, "MUG": 4, "POT": 2, "TIN": 3, "JAR": 2}
"""Most units on a line."""
EMPTY_FROM, EMPTY_TO = date(2025, 10, 6), date(2025, 10, 10)
"""MUG in the north closes empty on these days; on the first of them it still sells."""
LATE_FILE = date(2025, 12, 8)
"""The second sales file begins here; the first one ends five days later, so both tell the same lines."""
HEADER = "order_id,order_date,customer_id,location,sku,quantity,unit_price,currency,status"
Line = tuple[str, date, str, str, str, int, str, str, str]


def trading_days() -> list[date]:
    """Days on which the shop was open."""
    every = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
    return [day for day in every if day.weekday() != 6 and day != CLOSED_DAY]


def sales() -> list[Line]:
    """What customers bought, two orders per SKU, place and open day; JAR sells on every third day only."""
    rng, lines = random.Random(20), []
    for at, day in enumerate(trading_days()):
        for sku, place in PLACES:
            if (sku == "JAR" and at % 3) or (sku == "MUG" and EMPTY_FROM < day <= EMPTY_TO):
                continue
            for _order in range(2):
                units = rng.randint(1, MOST[sku]) + (day.weekday() == 5)
                lines.append(_line(f"{10_000 + len(lines)}", day, f"C{rng.randint(1, 40)}", (sku, place), units))
    return lines


def _line(order: str, day: date, customer: str, what: tuple[str, str], units: int, status: str = "paid") -> Line:
    sku, place = what
    price, money = PRICES.get(sku, 5.0), "EUR"
    if place == "south":
        price, money = price / RATE, "USD"
    return order, day, customer, place, sku, units, f"{price:.2f}", money, status


def oddities(bought: list[Line]) -> list[Line]:
    """Lines that must be set right: returns, a cancelled order, postage, one very large order and one taken back."""
    named = next(line for line in bought if line[4] == "TEA" and line[3] == "north" and line[5] >= 5)
    return [
        # a return that names its order
        _line(f"R-{named[0]}", named[1] + timedelta(4), named[2], ("TEA", "north"), -2, "returned"),
        # a customer who bought twice and brings back one piece: it comes off the latest purchase
        _line("20001", date(2025, 3, 3), "C77", ("POT", "south"), 2),
        _line("20002", date(2025, 3, 10), "C77", ("POT", "south"), 3),
        _line("20003", date(2025, 3, 17), "C77", ("POT", "south"), -1, "returned"),
        # nobody bought this: it comes off the sales of its own day
        _line("20004", date(2025, 4, 7), "C88", ("TEA", "south"), -1, "returned"),
        _line("20005", date(2025, 6, 2), "C5", ("MUG", "north"), 30, "cancelled"),
        _line("20006", date(2025, 6, 2), "C5", ("POSTAGE", "north"), 1),
        # a sale taken back in full, and a very large order that stays
        _line("20007", date(2025, 7, 1), "C91", ("TIN", "north"), 60),
        _line("20008", date(2025, 7, 3), "C91", ("TIN", "north"), -60, "returned"),
        _line("20009", date(2025, 8, 5), "C92", ("TIN", "north"), 900),
    ]  # fmt: skip


def sales_files() -> tuple[str, str]:
    """Two sales files that overlap by five days; the first one repeats two of its lines."""
    bought = sales()
    told = sorted([*bought, *oddities(bought)], key=lambda line: line[1])
    first = [line for line in told if line[1] < LATE_FILE + timedelta(5)]
    return _csv([*first, bought[17], bought[1000]]), _csv([line for line in told if line[1] >= LATE_FILE])


def _csv(lines: list[Line]) -> str:
    return "\n".join([HEADER, *(",".join(map(str, line)) for line in lines)])


def stock() -> str:
    """Stock at the close of the last day, and of MUG in the north around the days it was sold out."""
    days = (EMPTY_FROM - timedelta(2) + timedelta(n) for n in range(9))
    rows = [f"{day},MUG,north,{0 if EMPTY_FROM <= day <= EMPTY_TO else 35},0" for day in days]
    rows += [f"{LAST},{sku},{place},{units},{kept}" for (sku, place), (units, kept) in STOCK.items()]
    return "\n".join(["stock_date,sku,location,on_hand,allocated", *rows])


def products() -> str:
    """Categories, costs and who delivers; CUP never sold."""
    rows = [f"{sku},{sku.title()},{CATEGORIES[sku]},{COSTS[sku]},{PRICES[sku]},{SUPPLIERS[sku]}" for sku in PRICES]
    rows.append("CUP,Cup,Kitchen,1.0,3.0,East")
    return "\n".join(["sku,product_name,category,unit_cost,unit_price,supplier", *rows])


def suppliers() -> str:
    """Lead times as agreed; North Co has been later, South Ltd is not always in time."""
    return (
        "supplier,lead_time_days,lead_time_sd_days,review_period_days,order_minimum,order_cost\n"
        "North Co,6,0,7,400,30\nSouth Ltd,10,2.5,7,0,45\nWest,5,0,7,0,12"
    )


def supplier_items() -> str:
    """Minimum orders and pack sizes."""
    rows = [f"{SUPPLIERS[sku]},{sku},{least},{pack}" for sku, (least, pack) in LOTS.items()]
    return "\n".join(["supplier,sku,moq,pack", *rows])


def _orders() -> Iterator[str]:
    for number in range(4):
        day = date(2025, 6, 2) + timedelta(30 * number)
        yield f"P{number},North Co,TEA,north,{day},{day + timedelta(6)},{day + timedelta(8)},48,48,2.0"
    for number, took in enumerate((9, 12)):
        day = date(2025, 7, 7) + timedelta(40 * number)
        yield f"Q{number},South Ltd,JAR,south,{day},{day + timedelta(10)},{day + timedelta(took)},12,8,6.0"
    # one awaited, one overdue, one delivered in part
    yield "P8,North Co,TEA,north,2025-12-16,2025-12-24,,36,,2.0"
    yield "P9,West,TIN,north,2025-12-01,2025-12-10,,10,,2.5"
    yield "P7,North Co,MUG,north,2025-12-15,2025-12-23,,24,6,4.0"


def purchase_orders() -> str:
    """Received, open and overdue orders."""
    head = "po_number,supplier,sku,location,order_date,due_date,received_date,ordered_units,received_units,unit_cost"
    return "\n".join([head, *_orders()])


def files() -> dict[str, str]:
    """Every file by name."""
    first, second = sales_files()
    return {
        "sales.csv": first, "sales_late.csv": second, "stock.csv": stock(), "products.csv": products(),
        "suppliers.csv": suppliers(), "supplier_items.csv": supplier_items(), "purchase_orders.csv": purchase_orders(),
    }  # fmt: skip
