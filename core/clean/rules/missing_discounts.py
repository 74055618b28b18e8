"""Lines without a discount in files that state discounts: filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.filling import DROP, METHODS, filled

MISSING: Final = "(discount IS NULL AND upload_id IN (SELECT DISTINCT upload_id FROM rows WHERE discount IS NOT NULL))"
"""A file without the column misses nothing: its shop gives no discounts, or does not tell."""
FILLED: Final = filled("discount", MISSING)


@dataclass(frozen=True, slots=True)
class MissingDiscounts:
    """Gives lines without a discount one, where the file they come from states discounts at all."""

    key: ClassVar[str] = "missing_discounts"
    label: ClassVar[str] = "Missing discounts"
    changes: ClassVar[tuple[str, ...]] = ("discount",)
    description: ClassVar[str] = "Lines without a discount, in a file that has the column, get one."

    method: str = parameter("zero", "Fill with", choices=METHODS, help="Over time, per product.")

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        return {
            "method": self.method,
            "drop": self.method == DROP,
            "reason": _("Discount was missing; set to {:g} (%s)") % _(self.method),
            "dropped": _("Discount is missing"),
        }

    def findings(self) -> str:
        """SELECT of the lines whose discount was filled in; units before and after are the same."""
        return f"""
        SELECT upload_id, line, CASE WHEN value IS NULL THEN $dropped ELSE format($reason, value) END AS reason,
               quantity AS before, CASE WHEN value IS NOT NULL THEN quantity END AS after, value AS discount
        FROM ({FILLED}) WHERE value IS NOT NULL OR $drop
        """  # noqa: S608 - fixed texts
