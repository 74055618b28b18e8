"""Lines that were paid for but say quantity 0: the quantity is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.filling import DROP, METHODS, filled

FILLED: Final = filled(
    "CASE WHEN quantity > 0 THEN quantity WHEN quantity = 0 THEN abs(amount) / nullif(abs(unit_price), 0) END",
    "(quantity = 0 AND amount <> 0)",
)
"""Where the price is known, amount / price is the quantity; returns do not tell how much is usually bought."""


@dataclass(frozen=True, slots=True)
class MissingQuantities:
    """Gives lines with money but quantity 0 the quantity that the price implies, or else one like the SKU's others.

    Lines whose quantity could not be read at all were set aside when the file was imported.
    """

    key: ClassVar[str] = "missing_quantities"
    label: ClassVar[str] = "Missing quantities"
    changes: ClassVar[tuple[str, ...]] = ()
    description: ClassVar[str] = "Lines that were paid for but say quantity 0 get the quantity that was probably sold."

    method: str = parameter(
        "median", "Fill with", choices=tuple(name for name in METHODS if name != "zero"), help="Over time, per product."
    )

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        return {
            "method": self.method,
            "drop": self.method == DROP,
            "reason": _("Quantity was 0 beside money paid; set to {:g} (%s)") % _(self.method),
            "known": _("Quantity was 0 beside money paid; {:g} by the line's amount"),
            "dropped": _("Quantity is 0 beside money paid"),
        }

    def findings(self) -> str:
        """SELECT of the lines that get a quantity; money paid back makes it a return."""
        return f"""
        SELECT filled.upload_id, filled.line,
               CASE WHEN value IS NULL THEN $dropped WHEN known THEN format($known, value)
                    ELSE format($reason, value) END AS reason, rows.quantity AS before,
               value * sign(amount) AS after
        FROM ({FILLED}) AS filled JOIN rows ON filled.upload_id = rows.upload_id AND filled.line = rows.line
        WHERE value > 0 OR (value IS NULL AND $drop)
        """  # noqa: S608 - fixed texts
