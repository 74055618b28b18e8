"""Orders that no customer placed: tests, samples, and what the shop took for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.lines import listed, pattern_of, removed

WORDS: Final = (
    "test, testing, internal, intern, interne, interno, staff, employee, sample, demo, dummy, 测试, 内部, 员工, 样品, "
    "刷单, 自用"
)
TAIL: Final = r"([ _-]*(orders?|use|account|customer|channel|transfer|bestellung|commande|pedido))?"
"""What may follow such a word without giving it another meaning ("staff order", but not "sample sale")."""


@dataclass(frozen=True, slots=True)
class InternalOrders:
    """Removes lines whose status, channel or order number marks them as a test or as the shop's own use.

    A Western word must stand alone, or before one like "order" ("internal use"); an order number must begin with it
    and go on with a sign or a digit ("TEST-104"), so that a code like "TESTER" means nothing. A Chinese word may stand
    anywhere in a status or channel, and at the beginning of an order number.
    """

    key: ClassVar[str] = "internal_orders"
    label: ClassVar[str] = "Test and internal orders"
    changes: ClassVar[tuple[str, ...]] = ()
    description: ClassVar[str] = "Tests, samples and what the shop took for itself are no demand of customers."

    words: str = parameter(WORDS, "Words", help="Separated by commas; looked for in status, channel and order number.")

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        words = listed(self.words)
        western = pattern_of(tuple(word for word in words if word.isascii()))
        other = pattern_of(tuple(word for word in words if not word.isascii()))
        return {
            "marked": rf"(?i)^\s*({western}){TAIL}\s*$|{other}",
            "number": rf"(?i)^\s*(({western})($|[^a-z\s].*)|({other}))",
            "reason": _("{} “{}” marks a test or an internal order"),
            "status": _("Status"),
            "channel": _("Channel"),
            "order": _("Order number"),
        }

    def findings(self) -> str:
        """SELECT of the lines of test and internal orders."""
        # Statuses and channels are few, so each is tried once.
        marked = "IN (SELECT value FROM marked)"
        by_number = "coalesce(regexp_matches(order_id, $number), false)"
        reason = f"""CASE WHEN status {marked} THEN format($reason, $status, status)
            WHEN channel {marked} THEN format($reason, $channel, channel)
            ELSE format($reason, $order, order_id) END"""
        return f"""
        WITH marked AS MATERIALIZED (
            SELECT value FROM (SELECT DISTINCT status AS value FROM rows UNION SELECT DISTINCT channel FROM rows)
            WHERE regexp_matches(value, $marked))
        {removed(f"coalesce(status {marked}, false) OR coalesce(channel {marked}, false) OR {by_number}", reason)}
        """  # noqa: S608 - fixed texts
