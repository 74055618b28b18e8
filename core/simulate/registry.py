"""The levers on offer, in the order they are applied: one line each."""

from typing import Final

from core.base.errors import ParameterError
from core.base.parameters import build
from core.simulate.contract import Lever
from core.simulate.levers.demand import Demand
from core.simulate.levers.holding_rate import HoldingRate
from core.simulate.levers.lead_time import LeadTime
from core.simulate.levers.lead_time_factor import LeadTimeFactor
from core.simulate.levers.lead_time_spread import LeadTimeSpread
from core.simulate.levers.moq import Moq
from core.simulate.levers.order_cost import OrderCost
from core.simulate.levers.review_period import ReviewPeriod

LEVERS: Final[dict[str, type[Lever]]] = {
    Demand.key: Demand,
    LeadTime.key: LeadTime,
    LeadTimeFactor.key: LeadTimeFactor,
    LeadTimeSpread.key: LeadTimeSpread,
    ReviewPeriod.key: ReviewPeriod,
    HoldingRate.key: HoldingRate,
    OrderCost.key: OrderCost,
    Moq.key: Moq,
}


def lever(key: str, value: float) -> Lever:
    """The lever of this key at a value.

    Raises:
        ParameterError: there is no such lever, or the value is outside its range.
    """
    if key not in LEVERS:
        raise ParameterError(f"There is no lever “{key}”. Choose from: {', '.join(LEVERS)}.")
    changed: Lever = build(LEVERS[key], {"value": value})
    return changed
