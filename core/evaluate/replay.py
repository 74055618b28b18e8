"""What a method would have cost: at each past date stock is set by its quantiles, then what really sold is served."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from core.base.types import BoolArray, FloatArray
from core.evaluate.backtest import Backtest
from core.evaluate.drawing import TOTAL_LEVELS
from core.evaluate.metrics import ratio
from core.evaluate.statistics import SLACK, inside


@dataclass(frozen=True, slots=True, eq=False)
class Economics:
    """What a unit too few or too many costs.

    Attributes:
        service_level: chance that the stock shall last over the horizon, fraction in (0, 1). [τ]
        margin: money earned with a unit sold, NaN = unknown, shape (n_series,).
        holding: money for keeping a unit left over during the horizon, NaN = unknown, shape (n_series,). [C_o]
        whole: whether units are whole, so that stock is rounded up, shape (n_series,).
    """

    service_level: float
    margin: FloatArray
    holding: FloatArray
    whole: BoolArray

    @property
    def shortage(self) -> FloatArray:
        """What a unit short must be worth for the service level to be the right one: C_o·τ/(1 − τ).

        At any other charge a method that overstocks (or understocks) would look cheaper than one whose quantiles are
        true, since the level the stock is set at would not be the level at which costs are lowest.
        """
        return np.asarray(self.holding * (self.service_level / (1.0 - self.service_level)))


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """What came of the stock set at all past dates, summed over them, each of shape (n_series,).

    Attributes:
        demand: units asked for.
        lost: units not there when asked for.
        left: units left over.
        cost: units lost at their implied worth and the holding cost of those left over, money, NaN = unit cost unknown
            or nothing counted.
        lost_margin: money, NaN = cost or price unknown.
        holding_cost: money, NaN = unit cost unknown.
        cases: past dates counted.
        lasted: of those, at how many nothing was lost.
        inside_80, inside_95: of those, how often the total lay inside the central 80 and 95 % interval of totals.
    """

    demand: FloatArray
    lost: FloatArray
    left: FloatArray
    cost: FloatArray
    lost_margin: FloatArray
    holding_cost: FloatArray
    cases: FloatArray
    lasted: FloatArray
    inside_80: FloatArray
    inside_95: FloatArray


@dataclass(frozen=True, slots=True)
class Bill:
    """A replay over several series; NaN = cannot be computed.

    Attributes:
        cost: money, over the series whose unit cost is known.
        lost_margin, holding_cost: money, over the series of which it is known.
        lost_units, left_units: over all series.
        service: share of the units asked for that were served (fill rate).
        lasted: share of cases in which nothing was lost, to be held against the service level.
        coverage_total_80, coverage_total_95: share of totals inside the central interval; on an edge in part.
    """

    cost: float
    lost_margin: float
    holding_cost: float
    lost_units: float
    left_units: float
    service: float
    lasted: float
    coverage_total_80: float
    coverage_total_95: float


@dataclass(frozen=True, slots=True)
class Terms:
    """How the replay of a comparison was set up, for the reader.

    Attributes:
        service_level: fraction.
        cases: series at past dates that were counted.
        left_out: those left out, since demand is not known in every period (out of stock, not on sale, or not begun).
        unpriced: series without a known unit cost, which count in service but not in money.
        cheapest_level: service level at which margin and holding cost balance, the median series; NaN = unknown.
    """

    service_level: float
    cases: int
    left_out: int
    unpriced: int
    cheapest_level: float


def replayed(result: Backtest, economics: Economics) -> Replay | None:
    """Set stock at each origin to the τ-quantile of the total demand over the horizon, then serve what really sold.

    The single-period (newsvendor) model: a unit left over costs its holding, a unit short what the service level says
    it is worth, so that true quantiles have the smallest expected cost. The margin really lost is told beside it. Where
    demand was not known in every period of the horizon nothing can be served, and the case is left out.

    Args:
        result: a backtest with quantiles of totals; without them nothing can be replayed and the answer is None.
        economics: service level and costs of the series.

    Source:
        Silver, Pyke & Thomas (2017), Inventory and Production Management in Supply Chains, section 9.2 (single-period
        problem) and 6.11 (fill rate); critical ratio τ = C_u/(C_u + C_o), Arrow, Harris & Marschak (1951); a loss that
        quantiles minimise, Gneiting (2011), Int. J. Forecasting 27.
    """
    if not result.totals.size:
        return None
    told = counted(result)
    demand = np.where(told, np.nan_to_num(result.actual).sum(axis=2), 0.0)
    stock = at_level(result.totals, economics.service_level)
    stock = np.where(told, np.where(economics.whole, np.ceil(stock - SLACK), stock), 0.0)
    short = np.maximum(demand - stock, 0.0)
    lost, left = short.sum(axis=0), np.maximum(stock - demand, 0.0).sum(axis=0)
    some = told.any(axis=0)
    return Replay(
        demand=demand.sum(axis=0),
        lost=lost,
        left=left,
        cost=np.where(some, economics.shortage * lost + economics.holding * left, np.nan),
        lost_margin=np.where(some, economics.margin * lost, np.nan),
        holding_cost=np.where(some, economics.holding * left, np.nan),
        cases=told.sum(axis=0).astype(np.float64),
        lasted=(told & (short <= SLACK + 1e-6 * demand)).sum(axis=0).astype(np.float64),
        **_inside(result, demand, told),
    )


def counted(result: Backtest) -> BoolArray:
    """Series whose demand was known and forecast in every period after an origin, shape (n_origins, n_series)."""
    return np.asarray(~np.isnan(result.actual).any(axis=2) & ~np.isnan(result.mean).any(axis=2))


def at_level(totals: FloatArray, level: float) -> FloatArray:
    """A quantile of the totals at any level, units ≥ 0, shape (n_origins, n_series).

    Between stored levels, and beyond the last ones, quantiles go on along a line over normal scores Φ⁻¹(level), exact
    where totals are normal.

    Args:
        totals: quantiles at TOTAL_LEVELS, shape (n_origins, n_series, n_total_levels).
        level: fraction in (0, 1).
    """
    scores = np.array([NormalDist().inv_cdf(each) for each in TOTAL_LEVELS])
    wanted = NormalDist().inv_cdf(level)
    upper = int(np.clip(np.searchsorted(scores, wanted), 1, len(scores) - 1))
    share = (wanted - scores[upper - 1]) / (scores[upper] - scores[upper - 1])
    below, above = np.asarray(totals[..., upper - 1], np.float64), np.asarray(totals[..., upper], np.float64)
    return np.maximum(below + share * (above - below), 0.0)


def _inside(result: Backtest, demand: FloatArray, told: BoolArray) -> dict[str, FloatArray]:
    """How often a series' total lay inside the central intervals, as `statistics.inside` counts, (n_series,) each."""
    gap, edge = demand[..., None] - result.totals, (SLACK + 1e-6 * demand)[..., None]
    rank = (gap > edge).sum(axis=-1) * (len(TOTAL_LEVELS) + 1) + (gap >= -edge).sum(axis=-1)
    return {name: np.where(told, chance[rank], 0.0).sum(axis=0) for name, chance in inside(TOTAL_LEVELS).items()}


def billed(replay: Replay, chosen: BoolArray | None = None) -> Bill:
    """The replay over the chosen series, all by default."""
    mask = np.ones(len(replay.cases), bool) if chosen is None else chosen

    def share(above: FloatArray, below: FloatArray) -> float:
        return float(ratio(above[mask].sum(), below[mask].sum()))

    def money(values: FloatArray) -> float:
        known = mask & ~np.isnan(values)
        return float(values[known].sum()) if known.any() else float("nan")

    any_case = bool(replay.cases[mask].any())
    return Bill(
        cost=money(replay.cost),
        lost_margin=money(replay.lost_margin),
        holding_cost=money(replay.holding_cost),
        lost_units=float(replay.lost[mask].sum()) if any_case else float("nan"),
        left_units=float(replay.left[mask].sum()) if any_case else float("nan"),
        service=share(replay.demand - replay.lost, replay.demand),
        lasted=share(replay.lasted, replay.cases),
        coverage_total_80=share(replay.inside_80, replay.cases),
        coverage_total_95=share(replay.inside_95, replay.cases),
    )


def index_of(cost: float, naive: float) -> float:
    """Cost over the seasonal naive's; NaN when either is unknown or the latter paid nothing."""
    return cost / naive if naive > 0 else float("nan")


def terms_of(result: Backtest, economics: Economics) -> Terms:
    """What a reader should know about the replay; the same for all methods of a comparison."""
    told, both = counted(result), economics.margin + economics.holding
    balance = ratio(economics.margin, both)
    known = balance[~np.isnan(balance)]
    return Terms(
        service_level=economics.service_level,
        cases=int(told.sum()),
        left_out=int((~told).sum()),
        unpriced=int(np.isnan(economics.holding).sum()),
        cheapest_level=float(np.median(known)) if len(known) else float("nan"),
    )
