"""Returns, netted against the purchase they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.lines import amount_of
from core.clean.netting import ORDERS_NAMED, netted

SALE_DAY = "sale day"
OWN_DAY = "own day"
DROP = "drop"
CAME_BACK: Final = r"^(wc-)?(returned|refunded)|returned to seller|^(已退货|退货成功|已退款|退款成功|全部退款)"
"""Status texts of a sale whose goods came back altogether."""
_LETTERS: Final = r"""
    CASE WHEN order_id[1:1] BETWEEN 'A' AND 'z' THEN regexp_extract(order_id, '^([A-Za-z]+)[-_ ]?[0-9]', 1) ELSE '' END
"""
SIGNED: Final = f"""
    WITH lettered AS NOT MATERIALIZED (
        SELECT quantity, {_LETTERS} AS prefix FROM rows WHERE EXISTS (FROM rows WHERE quantity < 0)),
    return_ids AS MATERIALIZED (
        SELECT prefix FROM lettered WHERE prefix <> '' GROUP BY prefix HAVING avg((quantity < 0)::INT) > 0.5)
    SELECT upload_id, line, sold_at, sku, location, customer, status, quantity, amount, order_id,
           coalesce(regexp_matches(trim(status), $came_back), false) AND quantity > 0 AS came_back,
           CASE WHEN quantity > 0
                AND CASE WHEN (SELECT count(*) FROM return_ids) > 0 THEN {_LETTERS} ELSE '' END IN (FROM return_ids)
                THEN -quantity ELSE quantity END AS weight
    FROM rows
"""  # noqa: S608 - fixed texts
"""Lines with their sign: order numbers whose letters mostly stand on negative lines ("C536379") mark returns."""
NAMED: Final = f"""
    SELECT back.order_id, named FROM (
        SELECT DISTINCT order_id, customer, {ORDERS_NAMED} AS named
        FROM signed WHERE weight < 0 AND order_id IS NOT NULL AND $on_sale_day) AS back
    JOIN signed AS sold ON named = sold.order_id
    WHERE sold.weight > 0 AND coalesce(back.customer = sold.customer, true)
    QUALIFY row_number() OVER (
        PARTITION BY back.order_id ORDER BY named = back.order_id DESC, length(named) DESC, named) = 1
"""  # noqa: S608 - fixed texts
"""Which order a return's order number names: its own, or one of the same customer without the mark of a return."""
BY_ORDER: Final = """
    SELECT upload_id, line, sold_at, weight, sku, location, coalesce(named, signed.order_id) AS who,
           NULL::DOUBLE AS size
    FROM signed LEFT JOIN named ON weight < 0 AND signed.order_id = named.order_id
    WHERE coalesce(named, signed.order_id) IN (SELECT named FROM named)
"""
"""A sale that came back by its status too uses up the returns that name it; no other return belongs to it."""
BY_CUSTOMER: Final = """
    SELECT signed.upload_id, signed.line, sold_at, sku, location, customer AS who,
           round(signed.weight - sign(signed.weight) * coalesce(netted, 0), 6) AS weight,
           CASE WHEN customer IS NULL THEN abs(round(signed.weight - sign(signed.weight) * coalesce(netted, 0), 6)) END
               AS size
    FROM signed LEFT JOIN by_order ON signed.upload_id = by_order.upload_id AND signed.line = by_order.line
    WHERE NOT came_back AND $on_sale_day
"""
"""What the order numbers left over; a return without a customer must find a sale of its own size."""


@dataclass(frozen=True, slots=True)
class Returns:
    """Takes returned units off the purchase they belong to.

    A return whose order number names the order it takes back ("1001", "R-1001", "1001-R1") comes off that order.
    Any other comes off the latest earlier purchase by the same customer of the same SKU at that location; where no
    customer is known, the purchase must have the identical quantity. Units whose purchase is not found stay as a
    negative line and are netted on the day they came back, or are left out.
    """

    key: ClassVar[str] = "returns"
    label: ClassVar[str] = "Returns"
    changes: ClassVar[tuple[str, ...]] = ("amount",)
    description: ClassVar[str] = "Units that came back are taken off the sale they belong to, on the day of that sale."

    net_on: str = parameter(
        SALE_DAY,
        "Take returned units off on",
        choices=(SALE_DAY, OWN_DAY),
        help="The day of the original sale, where it is found, or always the day they came back.",
    )
    unmatched: str = parameter(
        OWN_DAY,
        "Returns whose sale is not found",
        choices=(OWN_DAY, DROP),
        help="Take them off on the day they came back, or leave them out (say when sold before the history begins).",
    )

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        on_sale_day = self.net_on == SALE_DAY
        return {
            "on_sale_day": on_sale_day,
            "drop": on_sale_day and self.unmatched == DROP,
            "came_back": f"(?i){CAME_BACK}",
            "all_back": _("Order status is “{}”: the units came back"),
            "sale": _("{:g} of {:g} units came back later"),
            "matched": _("Return of {:g} units taken off the purchase it belongs to"),
            "turned": _("Order number marks a return: the units count as returned"),
            "dropped": _("Return of {:g} units whose sale is not in the history"),
        }

    def findings(self) -> str:
        """SELECT of the sales reduced, the returns used up and the lines turned into returns."""
        return f"""
        WITH signed AS NOT MATERIALIZED ({SIGNED}),
        named AS MATERIALIZED ({NAMED}),
        by_order AS MATERIALIZED ({netted(BY_ORDER)}),
        by_customer AS MATERIALIZED ({netted(BY_CUSTOMER)}),
        matches AS MATERIALIZED (
            SELECT upload_id, line, sum(netted) AS netted
            FROM (FROM by_order UNION ALL FROM by_customer) GROUP BY upload_id, line HAVING sum(netted) > 0),
        changed AS (
            SELECT signed.*, coalesce(netted, 0) AS netted,
                   CASE WHEN came_back THEN 0
                        ELSE round(signed.weight - sign(signed.weight) * coalesce(netted, 0), 6) END AS left_over
            FROM signed LEFT JOIN matches ON signed.upload_id = matches.upload_id AND signed.line = matches.line
            WHERE came_back OR netted > 0 OR signed.weight <> quantity OR (signed.weight < 0 AND $drop)),
        told AS (
            SELECT *, CASE WHEN left_over = 0 OR (left_over < 0 AND $drop) THEN NULL ELSE left_over END AS after
            FROM changed)
        SELECT upload_id, line,
               CASE WHEN came_back THEN format($all_back, trim(status))
                    WHEN weight > 0 THEN format($sale, netted, quantity)
                    WHEN after IS NULL AND left_over < 0 THEN format($dropped, -left_over)
                    WHEN netted = 0 THEN $turned
                    ELSE format($matched, netted) END AS reason,
               quantity AS before, after, {amount_of("after")} AS amount
        FROM told
        """  # noqa: S608 - fixed texts
