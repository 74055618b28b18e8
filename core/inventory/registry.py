"""The policies on offer: one line each; the first one is the default."""

from typing import Final

from core.base.errors import ParameterError
from core.inventory.contract import InventoryPolicy
from core.inventory.policies.fill_rate_target import FillRateTarget
from core.inventory.policies.min_max import MinMax
from core.inventory.policies.order_up_to import OrderUpTo
from core.inventory.policies.reorder_point_quantity import ReorderPointQuantity

POLICIES: Final[dict[str, type[InventoryPolicy]]] = {
    OrderUpTo.key: OrderUpTo,
    MinMax.key: MinMax,
    ReorderPointQuantity.key: ReorderPointQuantity,
    FillRateTarget.key: FillRateTarget,
}


def policy(key: str) -> InventoryPolicy:
    """The policy of this key with its default settings.

    Raises:
        ParameterError: there is no such policy.
    """
    if key not in POLICIES:
        raise ParameterError(f"There is no inventory policy “{key}”. Choose one of: {', '.join(POLICIES)}.")
    return POLICIES[key]()
