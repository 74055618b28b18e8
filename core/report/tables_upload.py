"""Tables and labels of the Upload page: what a file was taken for, what importing it gave, what is stored."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from core.base.columns import MAPPABLE, REQUIRED
from core.base.language import _
from core.report.numbers import BLANK, day, local, number

SHOWN_COLUMNS: Final = 60
"""Columns of a file shown for mapping; of wider files the period or SKU columns are summed up."""


def role_labels() -> dict[str, str]:
    """What each role is called."""
    return {
        "sales": _("Sales"),
        "stock": _("Stock on hand"),
        "movements": _("Stock movements"),
        "products": _("Products"),
        "suppliers": _("Suppliers and their terms"),
        "orders": _("Purchase orders"),
        "drivers": _("Prices, promotions and other drivers"),
    }


def field_labels(role: str) -> dict[str, str]:
    """What each field of a role is called, required ones marked."""
    names = _names() | ({"sku": _("SKU"), "period": _("Day or week"), "unit_cost": _("Cost per unit")})
    if role == "movements":
        names["quantity"] = _("Units moved, in positive and out negative")
    needed = REQUIRED[role]
    return {
        field: _("{field} (required)").format(field=names[field]) if field in needed else names[field]
        for field in MAPPABLE[role]
    }


def _names() -> dict[str, str]:
    return {
        "order_id": _("Order number"), "sold_at": _("Date of sale"), "product_name": _("Product name"),
        "location": _("Location"), "quantity": _("Units sold"), "unit_price": _("Price per unit"),
        "amount": _("Amount of the line"), "discount": _("Discount"), "status": _("Order status"),
        "channel": _("Sales channel"), "category": _("Category"), "customer": _("Customer (stored as a hash)"),
        "stock_date": _("Date of the count"), "on_hand": _("Units on hand"), "on_order": _("Units on order"),
        "allocated": _("Units promised to customers"), "brand": _("Brand"), "supplier": _("Supplier"),
        "launched_on": _("On sale since"), "discontinued_on": _("On sale until"),
        "lead_time_days": _("Lead time, days"), "lead_time_sd_days": _("Spread of the lead time, days"),
        "review_period_days": _("Days between orders"), "moq": _("Minimum order, units"), "pack": _("Pack size, units"),
        "order_minimum": _("Minimum order, money"), "order_cost": _("Cost of placing an order"),
        "po_id": _("Purchase order number"), "ordered_on": _("Ordered on"), "due_on": _("Due on"),
        "received_on": _("Received on"), "ordered_units": _("Units ordered"), "received_units": _("Units received"),
        "moved_on": _("Date of the movement"), "kind": _("Kind of movement"), "document": _("Document number"),
        "unit": _("Unit of measure"), "currency": _("Currency"), "shelf_life_days": _("Shelf life, days"),
        "units_per_pack": _("Units in a pack"),
        "movement": _("Movement of the day, units"), "quantity_in": _("Units in"), "quantity_out": _("Units out"),
        "to_location": _("Location it went to"), "since": _("First day"), "until": _("Last day"),
        "driver": _("Driver"), "value": _("Value"), "label": _("Name of the event"),
    }  # fmt: skip


def platform_label(platform: str) -> str:
    """A known export's name, or that the columns are the shop's own."""
    known = {
        "uci_online_retail": "UCI Online Retail", "walmart_2014": "Walmart 2014", "m5": "M5", "m5_prices": "M5",
        "shopify_orders": "Shopify", "shopify_products": "Shopify", "shopify_inventory": "Shopify",
        "woocommerce_products": "WooCommerce", "amazon_orders": "Amazon", "amazon_ledger": "Amazon",
        "square_items": "Square", "taobao_orders": "淘宝 Taobao", "taobao_details": "淘宝 Taobao",
        "jd_orders": "京东 JD", "nixtla": "Nixtla", "autogluon": "AutoGluon", "woocommerce_orders": "WooCommerce",
        "shopify_inventory_by_location": "Shopify", "amazon_fba_stock": "Amazon", "odoo_orders": "Odoo",
        "odoo_sales": "Odoo", "odoo_stock": "Odoo", "erpnext_sales": "ERPNext", "erpnext_stock": "ERPNext",
        "frepple_item_supplier": "frePPLe", "streamline_orders": "Streamline", "streamline_items": "Streamline",
    }  # fmt: skip
    return known.get(platform, _("Own columns"))


def mapping_table(recognition: Any, role: str) -> pd.DataFrame:
    """One row per column of the file: its name, samples, the field it goes to and how sure that is.

    Args:
        recognition: what the table was taken for; period and SKU columns of wide tables are left out.
        role: the role whose fields are offered.
    """
    labels = field_labels(role)
    wide = recognition.layout == "wide"
    shown = [entry for entry in recognition.mapping if not (wide and entry.field in ("quantity", "on_hand", "driver"))]
    return pd.DataFrame(
        {
            "column": [entry.header for entry in shown[:SHOWN_COLUMNS]],
            "samples": [" · ".join(entry.samples) for entry in shown[:SHOWN_COLUMNS]],
            "field": [labels.get(entry.field or "", "") or None for entry in shown[:SHOWN_COLUMNS]],
            "confidence": [100.0 * entry.confidence for entry in shown[:SHOWN_COLUMNS]],
        },
        index=[entry.column for entry in shown[:SHOWN_COLUMNS]],
    ).astype({"column": object, "samples": object, "field": object, "confidence": float})


def mapped_fields(table: pd.DataFrame, recognition: Any, role: str) -> dict[int, str]:
    """The field of each column by the edited mapping table; columns not shown keep theirs."""
    by_label = {label: field for field, label in field_labels(role).items()}
    edited = {
        int(column): by_label[label]
        for column, label in table["field"].items()
        if isinstance(label, str) and label in by_label
    }
    shown = {int(column) for column in table.index}
    kept = {
        entry.column: entry.field
        for entry in recognition.mapping
        if entry.column not in shown and entry.field is not None and entry.field in MAPPABLE[role]
    }
    return dict(sorted((kept | edited).items()))


def typed_head(head: pd.DataFrame, role: str) -> pd.DataFrame:
    """The first rows as they would be stored, under the reader's headings."""
    labels = {field: label.removesuffix(_(" (required)")) for field, label in field_labels(role).items()}
    return head.rename(columns=labels | {"line": _("Line")})


def rejected_lines(rejected: pd.DataFrame) -> pd.DataFrame:
    """Lines set aside with their reason."""
    names = {"file_name": _("File"), "line": _("Line"), "reason": _("Why it was set aside"), "content": _("Content")}
    kept = [name for name in names if name in rejected.columns]
    return rejected[kept].rename(columns=names)


def overview(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """One row per table found in the files: what it is taken for, what would be loaded, and its state in a word."""
    names = {
        "label": _("Table"), "role": _("Taken for"), "platform": _("Source"), "records": _("Records"),
        "loaded": _("To load"), "quarantined": _("Set aside"), "known": _("Already stored"), "state": _("State"),
    }  # fmt: skip
    return pd.DataFrame(rows, columns=list(names)).rename(columns=names)


def summary(files: Sequence[Any]) -> pd.DataFrame:
    """What became of each imported table."""
    roles = role_labels()
    return pd.DataFrame(
        {
            _("Table"): [each.file for each in files],
            _("Role"): [roles[each.role] for each in files],
            _("Records"): [each.records for each in files],
            _("Loaded"): [0 if each.already_loaded_at else each.loaded for each in files],
            _("Left out as known"): [each.skipped for each in files],
            _("Replaced earlier rows"): [each.replaced for each in files],
            _("Set aside"): [each.quarantined for each in files],
            _("SKUs"): [each.skus for each in files],
            _("From"): [day(each.first_period) for each in files],
            _("To"): [day(each.last_period) for each in files],
            _("Note"): [_already(each) for each in files],
        }
    )


def _already(file: Any) -> str:
    if file.already_loaded_at is None:
        return ""
    return _("already imported on {day}; not loaded again").format(day=day(local(file.already_loaded_at)))


def uploads(records: Sequence[Any]) -> pd.DataFrame:
    """Past uploads, newest first."""
    roles = role_labels()
    newest = list(reversed(records))
    return pd.DataFrame(
        {
            _("Uploaded"): pd.to_datetime([local(each.loaded_at) for each in newest]),
            _("Table"): [upload_name(each) for each in newest],
            _("Role"): [roles[each.role] for each in newest],
            _("Source"): [platform_label(each.platform) for each in newest],
            _("Records"): [each.records for each in newest],
            _("Loaded"): [each.loaded for each in newest],
            _("Set aside"): [each.quarantined for each in newest],
            _("From"): [day(each.first_period) for each in newest],
            _("To"): [day(each.last_period) for each in newest],
        }
    )


def upload_name(record: Any) -> str:
    """File and member of an upload."""
    return f"{record.file_name}: {record.member}" if record.member else str(record.file_name)


def dialect_facts(dialect: Any) -> str:
    """How a file was read, in one line."""
    delimiters = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("bar")}
    kinds = {"excel": _("Excel workbook"), "parquet": _("Parquet file")}
    parts = [kinds.get(dialect.encoding, _("encoding {name}").format(name=dialect.encoding))]
    if dialect.sheet:
        parts.append(_("sheet {name}").format(name=dialect.sheet))
    if dialect.encoding not in kinds:
        parts.append(_("fields separated by {name}").format(name=delimiters.get(dialect.delimiter, BLANK)))
    if dialect.decimal:
        parts.append(_("decimal mark {mark}").format(mark=dialect.decimal))
    if dialect.encoding != "parquet":
        parts.append(_("header in line {line}").format(line=number(dialect.header_line)))
    return " · ".join(parts)


def differences(said: Sequence[Any]) -> pd.DataFrame:
    """What importing would change, one row per table and role."""
    roles = role_labels()
    return pd.DataFrame(
        {
            _("Table"): [each.file for each in said],
            _("Role"): [roles[each.role] for each in said],
            _("Adds"): [each.adds for each in said],
            _("Changes"): [each.changes for each in said],
            _("Removes"): [each.removes for each in said],
            _("Already there"): [each.already_there for each in said],
            _("Left out"): [each.skipped for each in said],
        }
    )


def difference_sentence(said: Sequence[Any]) -> str:
    """All differences in words: "adds 1,204 rows, changes 17, removes 0; 3 are there already"."""
    text = _("adds {adds} rows, changes {changes}, removes {removes}; {there} are there already")
    whole = text.format(
        adds=number(sum(each.adds for each in said)),
        changes=number(sum(each.changes for each in said)),
        removes=number(sum(each.removes for each in said)),
        there=number(sum(each.already_there for each in said)),
    )
    skipped = sum(each.skipped for each in said)
    return f"{whole}; " + _("{n} are left out").format(n=number(skipped)) if skipped else whole
