"""Lines without a price: filled from the other prices of the SKU."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter

METHODS: Final = ("last value", "mean", "median", "interpolation", "zero", "leave")
FILLED: Final = """
    WITH priced AS (
        SELECT upload_id, line, sku, sold_at, quantity, unit_price AS given, epoch(sold_at) AS instant,
               coalesce(unit_price, amount / nullif(quantity, 0)) AS price
        FROM rows WHERE $method <> 'leave' AND sku IN (SELECT sku FROM rows WHERE unit_price IS NULL)),
    neighbours AS (
        SELECT *, last_value(price IGNORE NULLS) OVER earlier AS before_price,
               last_value(CASE WHEN price IS NOT NULL THEN instant END IGNORE NULLS) OVER earlier AS before_at,
               first_value(price IGNORE NULLS) OVER later AS after_price,
               first_value(CASE WHEN price IS NOT NULL THEN instant END IGNORE NULLS) OVER later AS after_at,
               avg(price) OVER (PARTITION BY sku) AS mean_price, median(price) OVER (PARTITION BY sku) AS median_price
        FROM priced
        WINDOW earlier AS (PARTITION BY sku ORDER BY sold_at, upload_id, line ROWS UNBOUNDED PRECEDING),
               later AS (PARTITION BY sku ORDER BY sold_at, upload_id, line
                         ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING))
    SELECT upload_id, line, quantity, round(coalesce(price, CASE $method
            WHEN 'mean' THEN mean_price
            WHEN 'median' THEN median_price
            WHEN 'zero' THEN 0
            WHEN 'interpolation' THEN coalesce(before_price + (after_price - before_price)
                * coalesce((instant - before_at) / nullif(after_at - before_at, 0), 0), before_price, after_price)
            ELSE coalesce(before_price, after_price) END), 6) AS price
    FROM neighbours WHERE given IS NULL
"""


@dataclass(frozen=True, slots=True)
class MissingPrices:
    """Gives lines without a price one taken from the SKU's other lines; units stay as they are.

    A line that states its amount gets amount / quantity. A SKU that never had a price keeps none.
    """

    key: ClassVar[str] = "missing_prices"
    label: ClassVar[str] = "Missing prices"
    description: ClassVar[str] = "Lines without a price get one from the same product, so that revenue is complete."

    method: str = parameter("last value", "Fill with", choices=METHODS, help="Over time, per product.")

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        # The method stands in the sentence already; the price is filled in per line.
        return {"method": self.method, "reason": _("Price was missing; set to {:g} (%s)") % self.method}

    def repaired(self) -> str:
        """SELECT giving the lines with prices filled in."""
        return f"""
        WITH filled AS ({FILLED})
        SELECT rows.* REPLACE (coalesce(rows.unit_price, filled.price) AS unit_price)
        FROM rows LEFT JOIN filled ON rows.upload_id = filled.upload_id AND rows.line = filled.line
        """  # noqa: S608 - fixed texts

    def findings(self) -> str:
        """SELECT of the lines whose price was filled in; units before and after are the same."""
        return f"""
        SELECT upload_id, line, format($reason, price) AS reason, quantity AS before, quantity AS after
        FROM ({FILLED}) WHERE price IS NOT NULL
        """  # noqa: S608 - fixed texts
