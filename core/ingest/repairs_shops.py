"""What the exports of shop systems and marketplaces need before they are tables of one record per row."""

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.ingest.mapping import TableMapping
from core.ingest.sheet import Sheet

_COUNTED: Final = re.compile(r"^\s*(-?\d+)\s*([×x✕])\s*(\S.*?)\s*$")
_NEXT_ITEM: Final = {mark: re.compile(rf",\s*(?=-?\d+\s*{mark}\s*\S)") for mark in "×x✕"}
_NUMBER_WORDS: Final = {
    word: i for i, word in enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=2)
} | {"twelve": 12, "dozen": 12}
_PACK: Final = re.compile(
    r"\bpack\s+of\s+(\d{1,3}|" + "|".join(_NUMBER_WORDS) + r")\b|\b(\d{1,3})\s*-?\s*(?:pack|pk)\b"
    r"|(\d{1,3})\s*(?:个|只|件|瓶|包|盒|袋|支|双)装",
    re.IGNORECASE,
)
_NO_GOODS: Final = frozenset({"service", "custom amount", "gift card", "appointment"})


def counted_items(cell: str) -> list[tuple[float, str]]:
    """The items of a cell that lists several with their number; empty when it is no such list.

    Example:
        >>> counted_items("2× Mug, blue, 1× Cup")
        [(2.0, 'Mug, blue'), (1.0, 'Cup')]
    """
    first = _COUNTED.match(cell)
    if first is None:
        return []
    # “1× Poster, 20 x 30 cm” is one item: all are counted with the mark of the first
    matches = [_COUNTED.match(part) for part in _NEXT_ITEM[first[2]].split(cell)]
    return [(float(match[1]), match[3]) for match in matches if match] if all(matches) else []


def pack_size(name: str) -> int:
    """How many pieces a line's name says it holds; 1 when it says nothing.

    Example:
        >>> pack_size("Mug - PACK OF TWO"), pack_size("Socks 6-pack"), pack_size("Set of knives")
        (2, 6, 1)
    """
    match = _PACK.search(name)
    if match is None:
        return 1
    found = next(group for group in match.groups() if group).lower()
    return max(_NUMBER_WORDS.get(found, 0) or int(found), 1)


def shopify_orders(sheet: Sheet, mapping: TableMapping) -> None:
    """Order-level cells stand only in an order's first row; a missing SKU falls back to the line's name."""
    sheet.fill_down("Name", ("Created at", "Financial Status", "Cancelled at", "Source", "Currency", "Location"))
    cancelled = sheet.get("Cancelled at")
    if cancelled is not None and sheet.get("Financial Status") is not None:
        sheet.put("Financial Status", pc.if_else(pc.is_valid(cancelled), "cancelled", sheet.get("Financial Status")))
    statuses = sheet.texts("Financial Status")
    if "partially_refunded" in statuses:
        orders = {name for name, status in zip(sheet.texts("Name"), statuses, strict=True) if "partially" in status}
        sheet.notes.append(
            f"Partly refunded orders: {len(orders):,}. The export does not say which items came back, so all of them "
            f"count as sold."
        )
    if sheet.get("Lineitem sku") is not None:
        _packs(sheet, mapping.packs)
        sheet.put("Lineitem sku", pc.coalesce(sheet.get("Lineitem sku"), sheet.get("Lineitem name")))


def _packs(sheet: Sheet, choice: str) -> None:
    """Count the pieces of lines sold in packs where their code counts pieces, or where the user says so."""
    names, codes = sheet.texts("Lineitem name"), sheet.texts("Lineitem sku")
    sizes = [pack_size(name) for name in names]
    if max(sizes, default=1) == 1:
        return
    singles = {code for code, size in zip(codes, sizes, strict=True) if size == 1 and code}
    counted_as = {"pieces": set(codes), "packs": set[str]()}.get(choice, singles)
    counts = [size > 1 and code in counted_as for size, code in zip(sizes, codes, strict=True)]
    pieces = [name for name, counted in zip(names, counts, strict=True) if counted]
    left = [name for name, size, counted in zip(names, sizes, counts, strict=True) if size > 1 and not counted]
    if pieces:
        _multiply(sheet, [size if counted else 1 for size, counted in zip(sizes, counts, strict=True)])
        sheet.notes.append(
            f"Lines that are packs, such as “{pieces[0][:60]}”: {len(pieces):,}. Their units are counted in pieces, "
            f"and their price is that of a piece."
        )
    if left and choice != "packs":
        sheet.notes.append(
            f"Lines named as packs under a code of their own, such as “{left[0][:60]}”: {len(left):,}. One pack counts "
            f"as one unit; choose packs “pieces” to count its pieces."
        )


def _multiply(sheet: Sheet, factors: Sequence[int]) -> None:
    """Multiply the units and divide the price of each line."""
    for name, up in (("Lineitem quantity", True), ("Lineitem price", False)):
        if sheet.place(name) is None:
            continue
        texts, numbers = sheet.texts(name), sheet.numbers(name)
        changed = [
            text if number is None or factor == 1 else sheet.spelled(number * factor if up else number / factor)
            for text, number, factor in zip(texts, numbers, factors, strict=True)
        ]
        sheet.put(name, pa.array(changed, pa.string()))


def shopify_products(sheet: Sheet, _mapping: TableMapping) -> None:
    """Product-level cells stand only in a product's first row; pictures have rows of their own.

    A missing SKU falls back to the name that order lines have: title and, where there are any, options.
    """
    code = "Variant SKU" if sheet.place("Variant SKU") is not None else "SKU"
    price = "Variant Price" if sheet.place("Variant Price") is not None else "Price"
    handle = "Handle" if sheet.place("Handle") is not None else "URL handle"
    sheet.fill_down(handle, ("Title", "Vendor", "Type"))
    told = [
        name for name in (code, price, "Option1 Value", "Variant Barcode", "Barcode") if sheet.place(name) is not None
    ]
    bare = np.array([not any(cells) for cells in zip(*(sheet.texts(name) for name in told), strict=True)], bool)
    sheet.refuse(bare, "The row holds only a further picture of the product above; it is no item.")
    sheet.put(code, pc.coalesce(sheet.get(code), _line_names(sheet)))


def _line_names(sheet: Sheet) -> Any:
    """Names as order lines spell them: “Title” or “Title - Option 1 / Option 2”."""
    options = [sheet.texts(f"Option{i} Value") for i in (1, 2, 3)]
    names = []
    for title, *chosen in zip(sheet.texts("Title"), *options, strict=True):
        parts = [part for part in chosen if part and part != "Default Title"]
        names.append(f"{title} - {' / '.join(parts)}" if parts else title)
    return pa.array([name or None for name in names], pa.string())


def shopify_inventory(sheet: Sheet, _mapping: TableMapping) -> None:
    """“not stocked” is no number: the item is not kept there. A missing SKU falls back as for products."""
    sheet.put("SKU", pc.coalesce(sheet.get("SKU"), _line_names(sheet)))
    place = next((i for i, name in enumerate(sheet.table.header) if name.strip().lower() == "on hand (current)"), None)
    place = sheet.place("On hand") if place is None else place
    if place is not None:
        absent = np.array([text.lower() == "not stocked" for text in sheet.texts(place)], bool)
        sheet.refuse(absent, "The item is not stocked at this location, so it has no stock there.")


def shopify_inventory_by_location(sheet: Sheet, mapping: TableMapping) -> None:
    """The same with a column per location."""
    sheet.put("SKU", pc.coalesce(sheet.get("SKU"), _line_names(sheet)))
    for place in mapping.columns("on_hand"):
        kept = [None if text.lower() == "not stocked" else text for text in sheet.texts(place)]
        sheet.put(place, pa.array(kept, pa.string()))


def woocommerce_orders(sheet: Sheet, mapping: TableMapping) -> None:
    """One cell lists the items of an order with their number; each becomes a row of its own."""
    items, units = mapping.column("sku"), mapping.column("quantity")
    if items is None or units is None:
        return
    lists, totals = [counted_items(text) for text in sheet.texts(items)], sheet.numbers(units)
    sums = [sum(number for number, _ in found) for found in lists]
    sheet_wrong = np.array([not found for found in lists], bool)
    differs = np.array(
        [
            bool(found) and total is not None and abs(total) != abs(number)
            for found, number, total in zip(lists, sums, totals, strict=True)
        ],
        bool,
    )
    kept = ~(sheet_wrong | differs)
    signs = [
        -1.0 if total is not None and total < 0 < number else 1.0 for total, number in zip(totals, sums, strict=True)
    ]
    # refusing shortens the sheet, so the second mask is cut to what the first one leaves
    sheet.refuse(sheet_wrong, "The products are not a list such as “2× Mug, 1× Cup”.")
    sheet.refuse(differs[~sheet_wrong], "The products listed do not add up to the number of items sold.")
    rows = np.flatnonzero(kept)
    counts = [len(lists[i]) for i in rows]
    sheet.keep(np.repeat(np.arange(len(rows)), counts))
    lines = [(name, number * signs[i]) for i in rows for number, name in lists[i]]
    sheet.put(items, pa.array([name for name, _ in lines], pa.string()))
    sheet.put(units, pa.array([sheet.spelled(number) for _, number in lines], pa.string()))
    _only_single(sheet, mapping.column("amount"), np.repeat(counts, counts))


def _only_single(sheet: Sheet, amount: int | None, sizes: Any) -> None:
    """An order's amount belongs to its line only where it has one line."""
    if amount is None or not (sizes > 1).any():
        return
    alone = pa.array(sizes == 1)
    sheet.put(amount, pc.if_else(alone, sheet.get(amount), pa.scalar(None, pa.string())))
    sheet.notes.append(
        "Orders of several products carry one amount for all of them; it is left out, as it cannot be divided."
    )


def amazon_orders(sheet: Sheet, _mapping: TableMapping) -> None:
    """An item may be cancelled within an order that is not; times are not those of the shop's clock."""
    times = sheet.get("purchase-date")
    if times is not None and pc.any(pc.match_substring_regex(times, r"(?:Z|\+00:00)\s*$"), min_count=0).as_py():
        sheet.notes.append("Amazon states times in UTC: far from it, late orders count on the day after or before.")
    if sheet.get("item-status") is not None and sheet.get("order-status") is not None:
        cancelled = pc.match_substring_regex(pc.fill_null(sheet.get("item-status"), ""), "^[Cc]ancel")
        sheet.put("order-status", pc.if_else(cancelled, "Cancelled", sheet.get("order-status")))


def amazon_fba_stock(sheet: Sheet, _mapping: TableMapping) -> None:
    """Units on their way stand in three columns: being prepared, shipped and being received."""
    names = ("afn-inbound-working-quantity", "afn-inbound-shipped-quantity", "afn-inbound-receiving-quantity")
    if sheet.place(names[1]) is None:
        return
    sums = [sum(number or 0.0 for number in row) for row in zip(*(sheet.numbers(name) for name in names), strict=True)]
    sheet.put(names[1], pa.array([sheet.spelled(total) for total in sums], pa.string()))


def amazon_ledger(sheet: Sheet, _mapping: TableMapping) -> None:
    """Only what can be sold is stock."""
    if sheet.place("Disposition") is not None:
        unfit = np.array([text.upper() not in {"SELLABLE", ""} for text in sheet.texts("Disposition")], bool)
        sheet.refuse(unfit, "The disposition is not SELLABLE, so these units cannot be sold.")


def square_items(sheet: Sheet, _mapping: TableMapping) -> None:
    """Services are no goods, refunds come back, and items without a SKU go by their name."""
    if sheet.place("Itemization Type") is not None:
        intangible = np.array([text.lower() in _NO_GOODS for text in sheet.texts("Itemization Type")], bool)
        sheet.refuse(intangible, "The line is a service, a gift card or a free amount; it is no stocked item.")
    if sheet.place("Time") is not None:
        moments = [
            f"{day} {clock}".strip() for day, clock in zip(sheet.texts("Date"), sheet.texts("Time"), strict=True)
        ]
        sheet.put("Date", pa.array(moments, pa.string()))
    if sheet.place("Event Type") is not None:
        refunded = [text.lower() == "refund" for text in sheet.texts("Event Type")]
        units = [
            f"-{text}" if back and text and not text.startswith("-") else text
            for text, back in zip(sheet.texts("Qty"), refunded, strict=True)
        ]
        sheet.put("Qty", pa.array(units, pa.string()))
    if sheet.get("SKU") is not None:
        sheet.put("SKU", pc.coalesce(sheet.get("SKU"), _square_names(sheet)))


def _square_names(sheet: Sheet) -> Any:
    """An item's name with its variant, unless that is the only one."""
    names = [
        f"{item} - {variant}" if variant and variant.lower() != "regular" else item
        for item, variant in zip(sheet.texts("Item"), sheet.texts("Price Point Name"), strict=True)
    ]
    return pa.array([name or None for name in names], pa.string())
