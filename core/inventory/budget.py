"""Orders cut to a budget: each next pack goes where it saves the most margin per money."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.errors import ParameterError
from core.base.types import BoolArray, FloatArray, IntArray
from core.inventory.contract import SupplyTerms
from core.inventory.kernels import affordable, mean_shortage
from core.inventory.rounding import rounded

STEPS_PER_ORDER: Final = 40
"""Pieces an order is cut into at most; larger orders are cut in several packs at a time."""

TRIES: Final = 16
"""Orders left out that are tried before all others; the one piece that fits no more matters in small shops only."""


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """What the orders are for.

    Attributes:
        demand: over lead time + review period, units, shape (n_paths, n_series).
        position: inventory position now, units, shape (n_series,).
        terms: supply terms.
    """

    demand: FloatArray
    position: FloatArray
    terms: SupplyTerms


def margin_rate(terms: SupplyTerms) -> FloatArray:
    """Margin per money of unit cost, ≥ 0, shape (n_series,).

    Series without a price count with the median of the others, or 1 where no price is known at all.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(terms.unit_cost > 0, (terms.unit_price - terms.unit_cost) / terms.unit_cost, np.nan)
    known = rate[np.isfinite(rate)]
    return np.maximum(np.where(np.isfinite(rate), rate, np.median(known) if len(known) else 1.0), 0.0)


def within_budget(orders: FloatArray, need: Need, budget: float) -> FloatArray:
    """Orders that cost no more than the budget, each still 0 or at least the MOQ and a multiple of the pack.

    Every order is cut into its smallest orderable amount and further packs. Pieces are bought in falling order of
    expected margin saved over the protection interval per money until the money is spent. Where a smallest order that
    does not fit any more would save more than what was bought before it, it goes first. Lines of unknown cost cannot be
    weighed and are left as they are.

    Args:
        orders: units after MOQ and pack, shape (n_series,).
        need: demand, position and terms of the same series.
        budget: money, ≥ 0.

    Raises:
        ParameterError: the budget is negative or not a number.

    Source:
        Marginal allocation: Fox 1966, "Discrete optimization via marginal analysis", Management Science 13(3).
    """
    if not budget >= 0:
        raise ParameterError(f"The budget must be 0 or more; {budget:g} was given. Leave it empty for no limit.")
    cost = np.asarray(need.terms.unit_cost, float)
    # nothing to cut: skip the valuation, which touches every path
    if float(np.nansum(orders * cost)) <= budget:
        return orders
    levels = _levels(orders, need.terms)
    pieces = np.diff(levels, axis=0)
    saved = -np.diff(mean_shortage(need.demand, need.position[None, :] + levels), axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.where(pieces > 0, saved / pieces, 0.0) * margin_rate(need.terms)
    # rounding must not let a later piece overtake an earlier one of the same order
    worth = np.minimum.accumulate(worth, axis=0)

    step, series = np.nonzero((pieces > 0) & np.isfinite(cost)[None, :])
    # lexsort's last key counts first: worth, then the earlier piece of an order, then the series
    preference = np.lexsort((series, step, -worth[step, series]))
    step, series = step[preference], series[preference]
    price = pieces[step, series] * cost[series]
    taken = _spent(_Offer(series, price, worth[step, series] * price, step == 0), budget, len(orders))
    bought = np.bincount(series[taken], weights=pieces[step, series][taken], minlength=len(orders))
    return np.where(np.isfinite(cost), bought, orders)


@dataclass(frozen=True, slots=True, eq=False)
class _Offer:
    """Pieces on offer in order of preference, each array of shape (n_pieces,).

    Attributes:
        series: whose order a piece belongs to.
        price: money it costs.
        value: expected margin it saves, money.
        smallest: whether it is the smallest orderable amount of its order.
    """

    series: IntArray
    price: FloatArray
    value: FloatArray
    smallest: BoolArray


def _spent(offer: _Offer, budget: float, n_series: int) -> BoolArray:
    """Which pieces to buy, shape (n_pieces,)."""

    def bought(first: IntArray) -> BoolArray:
        order = np.concatenate([first, np.delete(np.arange(len(offer.series)), first)])
        taken = np.zeros(len(order), bool)
        taken[order] = affordable(offer.series[order], offer.price[order], budget, n_series)
        return taken

    taken = bought(np.empty(0, np.int64))
    missed = np.flatnonzero(offer.smallest & ~taken & (offer.price <= budget))
    dearest = missed[np.argsort(-offer.value[missed], kind="stable")[:TRIES]]
    found = [taken, *(bought(dearest[at : at + 1]) for at in range(len(dearest)))]
    return found[int(np.argmax([offer.value[each].sum() for each in found]))]


def _levels(orders: FloatArray, terms: SupplyTerms) -> FloatArray:
    """Amounts an order may be cut to, ascending from 0 to the order, shape (STEPS_PER_ORDER + 1, n_series)."""
    # the smallest order the supplier takes comes in one piece
    first = np.minimum(rounded(terms.pack, terms.moq, terms.pack), orders)
    packs = np.round((orders - first) / terms.pack)
    chunk = np.maximum(np.ceil(packs / (STEPS_PER_ORDER - 1)), 1.0)
    count = np.minimum(np.arange(STEPS_PER_ORDER)[:, None] * chunk[None, :], packs[None, :])
    levels = first[None, :] + count * terms.pack[None, :]
    levels[-1] = orders
    return np.concatenate([np.zeros((1, len(orders))), np.minimum(levels, orders[None, :])])
