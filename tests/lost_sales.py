"""True demand turned into what a shop with too little stock would have sold, for tests of lost demand."""

import numpy as np


def sold_with_little_stock(demand, first, cover, review=6, lead_time=6, seed=0):
    """Sales and out-of-stock flags under weekly ordering up to `cover` times the demand of lead time and review.

    Args:
        demand: units, shape (n_series, n_periods).
        first: period of each series' launch, shape (n_series,).
        cover: share of mean demand over lead time and review that the shop orders up to; unmet demand is lost.
        review: periods between orders.
        lead_time: periods from order to receipt.
        seed: of the weekday on which each SKU is ordered.

    Returns:
        Units sold, and whether the shelf was empty at close, each of shape (n_series, n_periods).
    """
    n_series, n_periods = demand.shape
    phase = np.random.default_rng(seed).integers(0, review, n_series)
    target = np.ceil(cover * demand.sum(axis=1) / (n_periods - first) * (review + lead_time))
    on_hand, coming = target.copy(), np.zeros((n_series, n_periods + lead_time + 1))
    sold, empty = np.zeros_like(demand), np.zeros(demand.shape, bool)
    for t in range(n_periods):
        on_hand += coming[:, t]
        sold[:, t] = np.minimum(demand[:, t], on_hand)
        on_hand -= sold[:, t]
        empty[:, t] = on_hand <= 0
        wanted = np.maximum(target - on_hand - coming[:, t + 1 :].sum(axis=1), 0.0)
        coming[:, t + lead_time] += np.where((t + phase) % review == 0, wanted, 0.0)
    return sold, empty
