"""Textbook formulas of inventory: lot size, newsvendor, loss function, units short, fill rate."""

import math

import numpy as np
import numpy.typing as npt

from core.base.errors import ParameterError
from core.base.types import FloatArray


def economic_order_quantity(
    demand_rate: npt.ArrayLike, order_cost: npt.ArrayLike, holding_cost: npt.ArrayLike
) -> FloatArray:
    """Order quantity that balances ordering and holding cost.

    Args:
        demand_rate: units per year, ≥ 0, any shape [D].
        order_cost: money per order, ≥ 0 [K].
        holding_cost: money per unit and year, > 0; NaN = unknown, gives NaN [h].

    Returns:
        Units per order: sqrt(2KD/h).

    Raises:
        ParameterError: a holding cost is not positive, or a demand rate or order cost is negative.

    Source:
        Harris 1913; Snyder & Shen 2019, Fundamentals of Supply Chain Theory, eq. 3.4 and example 3.1.

    Example:
        >>> round(float(economic_order_quantity(1300, 8, 0.225)), 4)
        304.0468
    """
    rate, order, holding = (np.asarray(x, float) for x in (demand_rate, order_cost, holding_cost))
    _require("Holding cost per unit and year", holding, low=0.0, open_end=True)
    _require("Demand per year", rate, low=0.0)
    _require("Cost per order", order, low=0.0)
    return np.asarray(np.sqrt(2.0 * order * rate / holding))


def order_quantity_cost(
    quantity: npt.ArrayLike, demand_rate: npt.ArrayLike, order_cost: npt.ArrayLike, holding_cost: npt.ArrayLike
) -> FloatArray:
    """Yearly ordering and holding cost of ordering a given quantity at a steady demand, money per year.

    Args:
        quantity: units per order, > 0, any shape [Q].
        demand_rate: units per year [D].
        order_cost: money per order [K].
        holding_cost: money per unit and year [h].

    Returns:
        KD/Q + hQ/2.

    Raises:
        ParameterError: a quantity is not positive.

    Source:
        Snyder & Shen 2019, section 3.2 and example 3.1.

    Example:
        >>> round(float(order_quantity_cost(304.0468, 1300, 8, 0.225)), 4)
        68.4105
    """
    units, rate, order, holding = (np.asarray(x, float) for x in (quantity, demand_rate, order_cost, holding_cost))
    _require("Order quantity", units, low=0.0, open_end=True)
    return np.asarray(order * rate / units + holding * units / 2.0)


def critical_ratio(underage_cost: npt.ArrayLike, overage_cost: npt.ArrayLike) -> FloatArray:
    """Service level that is cheapest in the long run: the share of cycles to serve in full.

    Args:
        underage_cost: money lost per unit short, ≥ 0 [p or c_u].
        overage_cost: money lost per unit left over, ≥ 0 [h or c_o].

    Returns:
        p / (p + h), NaN where both are 0.

    Raises:
        ParameterError: a cost is negative.

    Source:
        Arrow, Harris & Marschak 1951; Snyder & Shen 2019, section 4.3 and example 4.3.

    Example:
        >>> round(float(critical_ratio(0.70, 0.18)), 4)
        0.7955
    """
    under, over = np.asarray(underage_cost, float), np.asarray(overage_cost, float)
    _require("Cost per unit short", under, low=0.0)
    _require("Cost per unit left over", over, low=0.0)
    both = np.where(under + over == 0, np.nan, under + over)
    return np.asarray(under / both)


def newsvendor_quantity(demand: FloatArray, level: npt.ArrayLike) -> FloatArray:
    """Smallest stock that serves a share `level` of the demand outcomes in full, units, shape (n_series,).

    Args:
        demand: equally likely outcomes, units, shape (n_paths, n_series).
        level: critical ratio or cycle service level, fraction in (0, 1), one or one per series.

    Raises:
        ParameterError: a level is not strictly between 0 and 1.

    Source:
        Snyder & Shen 2019, section 4.3: for discrete demand the smallest S with F(S) ≥ level.

    Example:
        >>> newsvendor_quantity(np.array([[3.0], [1.0], [2.0], [4.0]]), 0.75).tolist()
        [3.0]
    """
    levels = levels_for(level, demand.shape[1])
    # 0.56 · 100 is a little above 56 in binary numbers, and yet the 56th outcome is enough
    rank = np.maximum(np.ceil(levels * len(demand) - 1e-9).astype(np.int64) - 1, 0)
    ordered = np.partition(demand, np.unique(rank), axis=0)
    return np.asarray(ordered[rank, np.arange(demand.shape[1])])


def levels_for(service_level: npt.ArrayLike, n_series: int) -> FloatArray:
    """A service level per series, shape (n_series,), from one number or one per series.

    Raises:
        ParameterError: a level is not strictly between 0 and 1.
    """
    levels = np.broadcast_to(np.asarray(service_level, float), (n_series,))
    wrong = levels[~((levels > 0) & (levels < 1))]
    if len(wrong):
        raise ParameterError.outside("Service level", float(wrong[0]), low="above 0", high="below 1")
    return levels


def standard_normal_loss(z: npt.ArrayLike) -> FloatArray:
    """Expected excess of a standard normal variable over z.

    Args:
        z: standardised stock level, any shape [k or z].

    Returns:
        φ(z) − z(1 − Φ(z)).

    Source:
        Zipkin 2000, Foundations of Inventory Management, appendix C; Snyder & Shen 2019, eq. C.22.

    Example:
        >>> round(float(standard_normal_loss(1.0)), 4)
        0.0833
    """
    x = np.asarray(z, float)
    density = np.exp(-0.5 * x**2) / math.sqrt(2.0 * math.pi)
    upper = 0.5 * np.vectorize(math.erfc, otypes=[float])(x / math.sqrt(2.0))
    return np.asarray(density - x * upper)


def expected_units_short(level: npt.ArrayLike, mean: npt.ArrayLike, sd: npt.ArrayLike) -> FloatArray:
    """Units short per replenishment cycle when demand over the lead time is normal.

    Args:
        level: reorder point or stock level, units [s].
        mean: expected demand over the lead time, units [x̂_L].
        sd: its standard deviation, units, ≥ 0 [σ_L].

    Returns:
        σ·G(k) with k = (s − x̂)/σ; (x̂ − s)⁺ where σ = 0.

    Raises:
        ParameterError: a standard deviation is negative.

    Source:
        Silver, Pyke & Thomas 2017, section 6.7.1: ESPRC = σ_L G_u(k).

    Example:
        >>> round(float(expected_units_short(level=60, mean=50, sd=10)), 4)
        0.8332
    """
    stock, expected, spread = (np.asarray(x, float) for x in (level, mean, sd))
    _require("Standard deviation", spread, low=0.0)
    certain = spread == 0
    safe = np.where(certain, 1.0, spread)
    short = safe * standard_normal_loss((stock - expected) / safe)
    return np.asarray(np.where(certain, np.maximum(expected - stock, 0.0), short))


def cycle_fill_rate(units_short: npt.ArrayLike, quantity: npt.ArrayLike) -> FloatArray:
    """Share of demand served at once when a lot covers each cycle.

    Args:
        units_short: expected per cycle, units [ESPRC].
        quantity: units demanded per cycle, > 0 [Q].

    Returns:
        1 − ESPRC/Q.

    Raises:
        ParameterError: a quantity is not positive.

    Source:
        Silver, Pyke & Thomas 2017, section 6.7.3 (P₂ measure).

    Example:
        >>> float(cycle_fill_rate(2.0, 100.0))
        0.98
    """
    short, lot = np.asarray(units_short, float), np.asarray(quantity, float)
    _require("Units per cycle", lot, low=0.0, open_end=True)
    return np.asarray(1.0 - short / lot)


def _require(name: str, values: FloatArray, *, low: float, open_end: bool = False) -> None:
    """Refuse values below (or, with open_end, at) `low`; NaN means unknown and passes."""
    wrong = (values <= low) if open_end else (values < low)
    if np.any(wrong):
        worst = float(np.min(np.atleast_1d(values)[np.atleast_1d(wrong)]))
        raise ParameterError(
            f"{name} must be {'above' if open_end else 'at least'} {low:g}; {worst:g} was given. Correct the value."
        )
