"""Returns, netted against the purchase they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.lines import applied
from core.clean.netting import netted

SALE_DAY = "sale day"
OWN_DAY = "own day"
CAME_BACK: Final = r"^(wc-)?(returned|refunded)|returned to seller|^(已退货|退货成功|已退款|退款成功|全部退款)"
"""Status texts of a sale whose goods came back altogether."""
SIGNED: Final = """
    WITH prefixed AS (
        SELECT *, CASE WHEN order_id[1:1] BETWEEN 'A' AND 'z'
                  THEN regexp_extract(order_id, '^([A-Za-z]+)[-_ ]?[0-9]', 1) ELSE '' END AS prefix FROM rows),
    return_ids AS (
        SELECT prefix FROM prefixed WHERE prefix <> '' GROUP BY prefix HAVING avg((quantity < 0)::INT) > 0.5)
    SELECT upload_id, line, sold_at, sku, location, customer, status, quantity,
           coalesce(regexp_matches(lower(trim(status)), $came_back), false) AND quantity > 0 AS came_back,
           CASE WHEN quantity > 0 AND prefix IN (FROM return_ids) THEN -quantity ELSE quantity END AS weight
    FROM prefixed
"""
"""Lines with their sign: order numbers whose letters mostly stand on negative lines ("C536379") mark returns."""
MATCHABLE: Final = """
    SELECT upload_id, line, sold_at, weight, sku, location, customer AS who,
           CASE WHEN customer IS NULL THEN abs(weight) END AS size
    FROM signed WHERE NOT came_back AND $on_sale_day
"""
"""A return without a customer must find a sale of its own size."""


@dataclass(frozen=True, slots=True)
class Returns:
    """Takes returned units off the latest earlier purchase by the same customer of the same SKU at that location.

    Where no customer is known, the purchase must have the identical quantity. Units whose purchase is not found stay
    as a negative line and are netted on the day they came back.
    """

    key: ClassVar[str] = "returns"
    label: ClassVar[str] = "Returns"
    description: ClassVar[str] = "Units that came back are taken off the sale they belong to, on the day of that sale."

    net_on: str = parameter(
        SALE_DAY,
        "Take returned units off on",
        choices=(SALE_DAY, OWN_DAY),
        help="The day of the original sale, where it is found, or always the day they came back.",
    )

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        return {
            "on_sale_day": self.net_on == SALE_DAY,
            "came_back": CAME_BACK,
            "all_back": _("Order status is “{}”: the units came back"),
            "sale": _("{:g} of {:g} units came back later"),
            "matched": _("Return of {:g} units taken off the purchase it belongs to"),
            "turned": _("Order number marks a return: the units count as returned"),
        }

    def repaired(self) -> str:
        """SELECT giving the lines with returned units taken off."""
        return applied(self.findings())

    def findings(self) -> str:
        """SELECT of the sales reduced, the returns used up and the lines turned into returns."""
        # MATERIALIZED: the order numbers are read once, not once for each use of the lines.
        return f"""
        WITH signed AS MATERIALIZED ({SIGNED}),
        matches AS ({netted(MATCHABLE)}),
        changed AS (
            SELECT signed.*, coalesce(netted, 0) AS netted,
                   CASE WHEN came_back THEN 0
                        ELSE round(signed.weight - sign(signed.weight) * coalesce(netted, 0), 6) END AS left_over
            FROM signed LEFT JOIN matches ON signed.upload_id = matches.upload_id AND signed.line = matches.line
            WHERE came_back OR netted > 0 OR signed.weight <> quantity)
        SELECT upload_id, line,
               CASE WHEN came_back THEN format($all_back, status)
                    WHEN netted = 0 THEN $turned
                    WHEN weight > 0 THEN format($sale, netted, quantity)
                    ELSE format($matched, netted) END AS reason,
               quantity AS before, nullif(left_over, 0) AS after
        FROM changed
        """  # noqa: S608 - fixed texts
