"""Orders that never became a sale: cancelled, or not paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.lines import kept, removed

CANCELLED: Final = (
    r"^(wc-|order |order_)?(cancel|void|expired|failed|declined|rejected|closed|trade_closed|trade closed)"
    r"|(^|[^未])取消|关闭|作废|拒收"
)
"""Status texts of shop and marketplace exports that end an order without a sale; "partially …" does not match."""
UNPAID: Final = (
    r"^(wc-)?(unpaid|not paid|pending payment|payment pending|pending_payment|awaiting payment|wait_buyer_pay"
    r"|trade_no_create_pay)|待付款|未付款|未支付|待支付|等待买家付款"
)


@dataclass(frozen=True, slots=True)
class CancelledOrders:
    """Removes lines whose status says that the order was cancelled or never paid."""

    key: ClassVar[str] = "cancelled_orders"
    label: ClassVar[str] = "Cancelled and unpaid orders"
    description: ClassVar[str] = "Lines whose status says cancelled, void, closed or unpaid are no demand."

    unpaid: bool = parameter(True, "Also unpaid orders", help="Leave out orders that still wait for payment.")  # noqa: FBT003 - the default of a switch

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        pattern = f"{CANCELLED}|{UNPAID}" if self.unpaid else CANCELLED
        return {"pattern": pattern, "reason": _("Order status is “{}”")}

    def _condition(self) -> str:
        return "regexp_matches(lower(trim(status)), $pattern)"

    def repaired(self) -> str:
        """SELECT giving the lines of orders that stand."""
        return kept(self._condition())

    def findings(self) -> str:
        """SELECT of the lines of cancelled or unpaid orders."""
        return removed(self._condition(), "format($reason, status)")
