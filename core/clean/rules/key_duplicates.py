"""An order line that came again with other texts: the latest upload's stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter

KEY: Final = "order_id, sku, sold_at, location, quantity, customer"
"""What makes two lines the same line of the same order; status, channel, name and price may have changed since."""


@dataclass(frozen=True, slots=True)
class KeyDuplicates:
    """Removes lines of an order that a later upload brings again, say with another status or product name.

    The same line is one of the same order, SKU, time, location, customer and quantity. The latest upload that has it
    is believed in full, also in how often it has it. Lines without an order number are left alone, and so are equal
    lines within one file, which an order may well have, unless the setting says otherwise.
    """

    key: ClassVar[str] = "key_duplicates"
    label: ClassVar[str] = "Order lines exported again"
    changes: ClassVar[tuple[str, ...]] = ()
    description: ClassVar[str] = "A line of an order that a later file brings again with other texts is counted once."

    within: bool = parameter(
        False,  # noqa: FBT003 - the default of a switch
        "Also within a file",
        help="Of lines of one order equal in product, time, place and quantity, keep only the last.",
    )

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        return {"within": self.within, "reason": _("The same line of order {} came again: line {} of {}")}

    def findings(self) -> str:
        """SELECT of the earlier versions, each naming the one that stays."""
        # The hash only narrows the lines down; equality is decided on the fields themselves.
        return f"""
        WITH hashed AS MATERIALIZED (
            SELECT upload_id, line, hash({KEY}) AS key FROM rows
            WHERE order_id IS NOT NULL AND ($within OR (SELECT count(*) FROM sources) > 1)),
        suspects AS (
            SELECT rows.* FROM rows SEMI JOIN (
                SELECT upload_id, line FROM hashed WHERE key IN (
                    SELECT key FROM hashed GROUP BY key
                    HAVING min(upload_id) < max(upload_id) OR ($within AND count(*) > 1))
            ) AS found ON rows.upload_id = found.upload_id AND rows.line = found.line),
        ranked AS (
            SELECT upload_id, line, order_id, quantity, row_number() OVER same AS place,
                   first_value(line) OVER same AS last_line, first_value(upload_id) OVER same AS last_upload
            FROM suspects WINDOW same AS (PARTITION BY {KEY} ORDER BY upload_id DESC, line DESC))
        SELECT ranked.upload_id, line, format($reason, order_id, last_line, coalesce(file_name, '')) AS reason,
               quantity AS before, NULL::DOUBLE AS after
        FROM ranked JOIN sources ON sources.upload_id = last_upload
        WHERE ranked.upload_id <> last_upload OR ($within AND place > 1)
        """  # noqa: S608 - fixed texts
