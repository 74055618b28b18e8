"""Orders taken back in full: a sale and a later return of exactly its quantity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.netting import ORDERS_NAMED, netted

TOLD: Final = f"""
    SELECT back.upload_id, back.line, sold.upload_id AS sold_upload, sold.line AS sold_line,
           sold.quantity = -back.quantity AND sold.sold_at <= back.sold_at
               AND count(*) OVER (PARTITION BY back.upload_id, back.line) = 1
               AND count(*) OVER (PARTITION BY sold.upload_id, sold.line) = 1 AS whole
    FROM (SELECT DISTINCT upload_id, line, sold_at, sku, location, customer, quantity,
                 {ORDERS_NAMED} AS named
          FROM rows WHERE quantity < 0 AND order_id IS NOT NULL) AS back
    JOIN rows AS sold ON sold.order_id = named AND sold.sku = back.sku AND sold.location = back.location
    WHERE sold.quantity > 0 AND coalesce(back.customer = sold.customer, true)
"""  # noqa: S608 - fixed texts
"""Returns whose order number names the order they take back, each with a line of it, and whether with all of it."""
PAIRED: Final = """
    SELECT upload_id, line, bool_and(whole) AS whole, min(pair) AS pair FROM (
        SELECT upload_id, line, whole, sold_upload || ' ' || sold_line AS pair FROM told
        UNION ALL SELECT sold_upload, sold_line, whole, sold_upload || ' ' || sold_line FROM told)
    GROUP BY upload_id, line
"""
"""Both lines of each, with a name for the two."""


@dataclass(frozen=True, slots=True)
class BulkCancelled:
    """Removes a sale together with the later return of the same quantity by the same customer.

    Where no customer is known, the price must be the same. A sale is taken back once at most. A return whose order
    number names an order takes back that one and no other; one that takes back a part of it is left to the rule of
    returns.
    """

    key: ClassVar[str] = "bulk_cancelled"
    label: ClassVar[str] = "Orders taken back in full"
    changes: ClassVar[tuple[str, ...]] = ()
    description: ClassVar[str] = "A sale and the later return of exactly its quantity cancel out; both are left out."

    min_units: float = parameter(
        1.0, "Smallest quantity", unit="units", low=0.0, high=1_000_000.0, help="Smaller quantities are left alone."
    )

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        return {
            "min_units": self.min_units,
            "sale": _("Sale taken back in full later"),
            "return": _("Return of a whole earlier sale"),
        }

    def findings(self) -> str:
        """SELECT of the two lines of each pair."""
        # The letter keeps a customer "2.5" apart from a price of 2.5.
        lines = """
            SELECT rows.upload_id, rows.line, sold_at, quantity AS weight, sku, location, abs(quantity) AS size,
                   coalesce('o' || pair, 'c' || customer, 'p' || unit_price) AS who
            FROM rows LEFT JOIN paired ON paired.upload_id = rows.upload_id AND paired.line = rows.line
            WHERE abs(quantity) >= $min_units AND quantity <> 0 AND coalesce(whole, true)
                AND (pair IS NOT NULL OR customer IS NOT NULL OR unit_price IS NOT NULL)
        """
        return f"""
        WITH told AS MATERIALIZED ({TOLD}), paired AS MATERIALIZED ({PAIRED})
        SELECT upload_id, line, CASE WHEN weight < 0 THEN $return ELSE $sale END AS reason,
               weight AS before, NULL::DOUBLE AS after
        FROM ({netted(lines)}) WHERE netted > 0
        """  # noqa: S608 - fixed texts
