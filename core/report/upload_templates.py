"""Files to fill in: for each role its columns, named as the store names them, with two example lines."""

from typing import Any, Final

import pandas as pd

from core.base.columns import FIELDS, REQUIRED

_SKUS: Final = ("MUG-BLUE", "MUG-RED")
_EXAMPLES: Final[dict[str, tuple[Any, Any]]] = {
    "order_id": ("1001", "1002"), "sold_at": ("2026-01-30", "2026-01-31"), "sku": _SKUS,
    "product_name": ("Blue mug", "Red mug"), "location": ("main", "main"), "quantity": (2, 1),
    "unit_price": (9.5, 9.9), "amount": (19.0, 9.9), "discount": (0.0, 0.5), "status": ("paid", "paid"),
    "channel": ("web", "store"), "category": ("Kitchen", "Kitchen"), "customer": ("C-17", "C-18"),
    "unit": ("pcs", "pcs"), "currency": ("EUR", "EUR"), "stock_date": ("2026-01-31", "2026-01-31"),
    "on_hand": (120, 45), "on_order": (0, 60), "allocated": (3, 0), "moved_on": ("2026-01-30", "2026-01-31"),
    "kind": ("receipt", "adjustment"), "document": ("GR-7", "ADJ-2"), "brand": ("Mill", "Mill"),
    "unit_cost": (4.2, 4.4), "supplier": ("Potter Ltd", "Potter Ltd"), "launched_on": ("2025-03-01", "2025-05-31"),
    "discontinued_on": ("", "2026-12-31"), "shelf_life_days": ("", ""), "units_per_pack": (1, 6),
    "lead_time_days": (14, 21), "lead_time_sd_days": (2.5, 3.5), "review_period_days": (7, 7), "moq": (12, 24),
    "pack": (6, 6), "order_minimum": (250.0, 250.0), "order_cost": (30.0, 30.0), "po_id": ("PO-55", "PO-56"),
    "ordered_on": ("2026-01-02", "2026-01-19"), "due_on": ("2026-01-16", "2026-02-09"),
    "received_on": ("2026-01-17", ""), "ordered_units": (60, 48), "received_units": (60, ""),
    "period": ("2026-02-13", "2026-02-14"), "driver": ("promotion", "price"), "value": (1, 8.9),
    "label": ("Valentine", ""),
}  # fmt: skip
_OF_MOVEMENTS: Final = {"quantity": (48, -2)}


def template(role: str) -> pd.DataFrame:
    """The columns of a role with two example lines; they are recognised when the filled file is uploaded.

    Args:
        role: one of core.base.columns.ROLES.
    """
    examples = _EXAMPLES | (_OF_MOVEMENTS if role == "movements" else {})
    return pd.DataFrame({field: pd.Series(examples[field], dtype=object) for field in FIELDS[role]})


def needed(role: str) -> tuple[str, ...]:
    """The columns a file of the role cannot do without."""
    return REQUIRED[role]
