"""Lines without a price: filled from the other prices of the SKU."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.filling import DROP, METHODS, filled
from core.clean.lines import PRICE
from core.clean.money import WITHOUT_RATE

FILLED: Final = filled(PRICE, "unit_price IS NULL")


@dataclass(frozen=True, slots=True)
class MissingPrices:
    """Gives lines without a price one taken from the SKU's other lines; units stay as they are.

    A line that states its amount gets amount / quantity. A SKU that never had a price keeps none. A price in money of
    which no exchange rate is known is no missing one: the line is never dropped for it, and what is put in its place is
    said to be so.
    """

    key: ClassVar[str] = "missing_prices"
    label: ClassVar[str] = "Missing prices"
    changes: ClassVar[tuple[str, ...]] = ("unit_price",)
    description: ClassVar[str] = "Lines without a price get one from the same product, so that revenue is complete."

    method: str = parameter("last value", "Fill with", choices=METHODS, help="Over time, per product.")

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        # The method stands in the sentence already; the price is filled in per line.
        return {
            "method": self.method,
            "drop": self.method == DROP,
            "reason": _("Price was missing; set to {:g} (%s)") % _(self.method),
            "foreign": _("Price in {}, of which no exchange rate is known; set to {:g} (%s)") % _(self.method),
            "known": _("Price was missing; {:g} by the line's amount"),
            "dropped": _("Price is missing"),
        }

    def findings(self) -> str:
        """SELECT of the lines whose price was filled in; units before and after are the same."""
        return f"""
        SELECT upload_id, line, CASE WHEN value IS NULL THEN $dropped WHEN known THEN format($known, value)
                    WHEN {WITHOUT_RATE} THEN format($foreign, currency, value)
                    ELSE format($reason, value) END AS reason, quantity AS before,
               CASE WHEN value IS NOT NULL THEN quantity END AS after, value AS unit_price
        FROM ({FILLED}) WHERE value IS NOT NULL OR ($drop AND NOT {WITHOUT_RATE})
        """  # noqa: S608 - fixed texts
