"""Orders that never became a sale: cancelled, or not paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.base.language import _
from core.base.parameters import parameter
from core.clean.lines import removed

CANCELLED: Final = (
    r"^(wc-|order |order_)?(cancel|void|expired|fail|declined|rejected|closed|trade_closed|trade closed|abandoned"
    r"|deleted|draft|checkout-draft|quotation|stornier|annul|anul|abgelehnt|abgebrochen|fehlgeschlagen|refus|échou"
    r"|fallid|rechazad)|(^|[^未])取消|关闭|作废|拒收|交易失败|付款失败|订单无效|已失效"
)
"""Status texts of shop and marketplace exports that end an order without a sale; "partially …" does not match."""
UNPAID: Final = (
    r"^(wc-|order |order_)?(unpaid|not paid|not_paid|pending$|pending payment|payment pending|payment_pending"
    r"|pending_payment|awaiting payment|awaiting_payment|wait_buyer_pay|trade_no_create_pay|unbezahlt"
    r"|zahlung ausstehend|ausstehende zahlung|en attente de paiement|attente paiement|impay|pendiente de pago"
    r"|pago pendiente|impagad|no pagad)|待付款|未付款|未支付|待支付|未付$|等待付款|等待买家付款"
)
"""Status texts of orders that nobody has paid for; a plain "pending" is how shops and marketplaces call them."""


@dataclass(frozen=True, slots=True)
class CancelledOrders:
    """Removes lines whose status says that the order was cancelled or never paid."""

    key: ClassVar[str] = "cancelled_orders"
    label: ClassVar[str] = "Cancelled and unpaid orders"
    changes: ClassVar[tuple[str, ...]] = ()
    description: ClassVar[str] = "Lines whose status says cancelled, void, closed, pending or unpaid are no demand."

    unpaid: bool = parameter(True, "Also unpaid orders", help="Leave out orders that still wait for payment.")  # noqa: FBT003 - the default of a switch

    def parameters(self) -> Mapping[str, Any]:
        """Values bound to the $names."""
        pattern = f"{CANCELLED}|{UNPAID}" if self.unpaid else CANCELLED
        return {"pattern": pattern, "reason": _("Order status is “{}”")}

    def _condition(self) -> str:
        return "regexp_matches(lower(trim(status)), $pattern)"

    def findings(self) -> str:
        """SELECT of the lines of cancelled or unpaid orders."""
        return removed(self._condition(), "format($reason, status)")
