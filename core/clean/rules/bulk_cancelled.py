"""Orders taken back in full: a sale and a later return of exactly its quantity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from core.base.language import _
from core.base.parameters import parameter
from core.clean.netting import netted


@dataclass(frozen=True, slots=True)
class BulkCancelled:
    """Removes a sale together with the later return of the same quantity by the same customer.

    Where no customer is known, the price must be the same. A sale is taken back once at most.
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
            SELECT upload_id, line, sold_at, quantity AS weight, sku, location,
                   coalesce('c' || customer, 'p' || unit_price) AS who, abs(quantity) AS size
            FROM rows WHERE abs(quantity) >= $min_units AND quantity <> 0
                AND (customer IS NOT NULL OR unit_price IS NOT NULL)
        """
        return f"""
        SELECT upload_id, line, CASE WHEN weight < 0 THEN $return ELSE $sale END AS reason,
               weight AS before, NULL::DOUBLE AS after
        FROM ({netted(lines)}) WHERE netted > 0
        """  # noqa: S608 - fixed texts
