"""Files of a made-up shop, small enough to be planned while a reader waits."""

import csv
import math
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

FIRST_DAY = date(2025, 9, 1)
N_DAYS = 120
SKUS = tuple(f"SKU-{number:02d}" for number in range(1, 9))


def write_shop(folder: Path, skus: Sequence[str] = SKUS) -> list[Path]:
    """Sales with a wave per week and one charge for postage, products with costs, and stock of the last day."""
    sales: list[Sequence[object]] = [("order_id", "order_date", "sku", "quantity", "unit_price")]
    for day in range(N_DAYS):
        for place, sku in enumerate(skus):
            sold = round((3 + 2 * place) * (1.0 + 0.4 * math.sin(2 * math.pi * (day + place) / 7))) + day % 3
            sales.append((f"o{day}-{place}", FIRST_DAY + timedelta(day), sku, sold, 4.5 + place))
    sales.append(("p1", FIRST_DAY + timedelta(60), "POSTAGE", 1, 9.0))
    last = FIRST_DAY + timedelta(N_DAYS - 1)
    products = [("sku", "product_name", "unit_cost", "unit_price", "supplier", "lead_time_days")]
    products += [(sku, f"Item {sku}", 2 + place, 4.5 + place, "Mill", 9) for place, sku in enumerate(skus)]  # type: ignore[misc]
    stock = [("stock_date", "sku", "on_hand"), *((last, sku, 15 * place) for place, sku in enumerate(skus))]
    return [
        _written(folder / name, rows)
        for name, rows in (("sales.csv", sales), ("products.csv", products), ("stock.csv", stock))
    ]


def _written(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path
