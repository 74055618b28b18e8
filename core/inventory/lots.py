"""The lot a policy orders when it does not order every time."""

import numpy as np

from core.base.types import FloatArray
from core.inventory.contract import SupplyTerms
from core.inventory.formulas import economic_order_quantity
from core.inventory.lead_time import protection_days, review_days

DAYS_PER_YEAR = 365.25


def economic_lot(expected_demand: FloatArray, terms: SupplyTerms) -> FloatArray:
    """Economic order quantity of each series, at least one pack, units, shape (n_series,); 0 without expected demand.

    Where the unit cost or the holding rate is unknown or 0 the formula has no answer; the lot is then the expected
    demand of one review period, which is what ordering at every review would buy. Of what nobody asks for no pack is
    bought either.

    Args:
        expected_demand: mean demand over lead time + review period, units, shape (n_series,).
        terms: supply terms.
    """
    per_day = expected_demand / protection_days(terms)
    holding = np.asarray(terms.holding_rate_per_year * terms.unit_cost, float)
    # comparing with NaN is False, so unknown costs fall back as well
    costed = holding > 0
    lot = economic_order_quantity(per_day * DAYS_PER_YEAR, terms.order_cost, np.where(costed, holding, np.nan))
    fallback = per_day * review_days(terms)
    return np.where(expected_demand > 0, np.maximum(np.where(costed, lot, fallback), terms.pack), 0.0)
