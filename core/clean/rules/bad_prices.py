"""Lines without a price above zero: write-offs, corrections and giveaways."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.lines import PRICE, removed

PRICES_ARE_KNOWN: Final = (
    f"coalesce((SELECT avg((({PRICE}) = 0)::INT) FROM rows WHERE ({PRICE}) IS NOT NULL), 0) <= 0.5"  # noqa: S608 - fixed text
)


@dataclass(frozen=True, slots=True)
class BadPrices:
    """Removes lines that are priced at zero or below, because no customer demanded them.

    A negative price books a debt; a negative quantity at price 0 writes off stock; a positive quantity at price 0 is a
    giveaway or a stock correction. Where more than half of all lines have price 0, the file knows no prices, and
    price 0 tells nothing. Lines without any price stay.
    """

    key: ClassVar[str] = "bad_prices"
    label: ClassVar[str] = "Write-offs and zero prices"
    changes: ClassVar[tuple[str, ...]] = ()
    description: ClassVar[str] = "Lines priced at zero or below are bookings, write-offs or gifts, not demand."

    giveaways: str = parameter(
        "remove", "Units given away for nothing", choices=("remove", "keep"), help="Positive quantity at price 0."
    )

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        return {
            "giveaways": self.giveaways == "remove",
            "booking": _("Negative price: a booking, not a sale"),
            "write_off": _("Units taken out at price 0: a write-off, not a return"),
            "gift": _("Units at price 0: given away or a stock correction"),
        }

    def _condition(self) -> str:
        return (
            f"(({PRICE}) < 0 OR (({PRICE}) = 0 AND quantity <> 0 AND (quantity < 0 OR $giveaways) "
            f"AND {PRICES_ARE_KNOWN}))"
        )

    def findings(self) -> str:
        """SELECT of the lines removed."""
        reason = f"CASE WHEN ({PRICE}) < 0 THEN $booking WHEN quantity < 0 THEN $write_off ELSE $gift END"
        return removed(self._condition(), reason)
