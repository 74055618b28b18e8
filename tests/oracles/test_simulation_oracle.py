"""The compiled simulation against a slow one that plays a single path in plain Python."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from core.base.calendar import Frequency
from core.base.randomness import stream
from core.inventory.days import days_of
from core.inventory.lead_time import lead_time_points
from core.inventory.registry import POLICIES, policy
from core.series.forecast import DemandPaths
from core.simulate import kernels
from core.simulate.simulation import settings_of, simulate, trace
from tests.supply import case, paths, poisson_paths, stock, terms

MASK = 2**64 - 1


def bits(number: int, path: int, period: int) -> int:
    x = number * 0x9E3779B97F4A7C15 + path * 0xBF58476D1CE4E5B9 + period * 0x94D049BB133111EB + 0x9E3779B97F4A7C15
    x &= MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def on_days(weekly: DemandPaths) -> np.ndarray:
    """Weeks of whole units brought down to days, one after another."""
    days = days_of(weekly, Frequency.WEEK, seed=7)
    n_paths, n, weeks = weekly.units.shape
    result = np.zeros((n_paths, n, 7 * weeks))
    for p, i, t in np.ndindex(n_paths, n, weeks):
        number = bits(stream(f"S{i}@main: days 7"), p, t)
        shares = days.shares[0, days.degree_of[i], number % 256]
        begun, offset = (number >> 8) % 7, (number >> 32) / 2**32
        fallen = [math.floor(sum(shares[(begun + j) % 7] for j in range(k)) * weekly.units[p, i, t] + offset)
                  for k in range(1, 7)]  # fmt: skip
        result[p, i, 7 * t : 7 * t + 7] = np.diff([0, *fallen, weekly.units[p, i, t]])
    return result


@dataclass
class Shop:
    """A shop that keeps its open orders as a list of (arrival, units)."""

    on_hand: float
    owed: float
    orders: list[tuple[int, float]]

    @property
    def position(self) -> float:
        return self.on_hand + sum(units for _arrival, units in self.orders) - self.owed


def one_path(played, settings, i: int, p: int) -> list[tuple[float, ...]]:
    supply, opening = played.terms, played.opening
    lead = lead_time_points(supply)[i]
    number = stream(f"S{i}@main: supply 7")
    dated = [(t, float(units)) for t, units in enumerate(played.receipts[i]) if units]
    undated = float(opening.on_order[i]) - sum(units for _t, units in dated)
    shop = Shop(float(opening.on_hand[i]), float(opening.allocated[i]), [*dated, (10**6, undated)])
    rows = []
    for t, wanted_today in enumerate(played.paths.units[p, i]):
        start = shop.on_hand
        arrived = sum(units for arrival, units in shop.orders if arrival == t)
        shop.orders = [order for order in shop.orders if order[0] != t]
        shop.on_hand += arrived
        ordered = 0.0
        if t % round(float(supply.review_period_days[i])) == 0:
            ordered = decide(shop.position, settings, supply, i)
        if ordered:
            arrival = t + int(lead[(bits(number, p, t) >> 33) % len(lead)])
            if arrival == t:
                shop.on_hand += ordered
                arrived += ordered
            else:
                shop.orders.append((arrival, ordered))
        late = min(shop.on_hand, shop.owed)
        served = min(shop.on_hand - late, wanted_today)
        shop.on_hand -= late + served
        shop.owed += -late + (0.0 if played.options.lost_sales else wanted_today - served)
        rows.append((start, arrived, ordered, wanted_today, late + served, shop.on_hand, shop.owed))
    return rows


def decide(position: float, settings, supply, i: int) -> float:
    if position > settings.trigger[i]:
        return 0.0
    units = settings.target[i] - position
    if not math.isnan(settings.quantity[i]):
        units = 0.0
        while position + units <= settings.trigger[i]:
            units += settings.quantity[i]
    if units <= 0:
        return 0.0
    order = 0.0
    while order < max(units, supply.moq[i]) * (1 - 1e-9):
        order += supply.pack[i]
    return order


@pytest.mark.parametrize("key", sorted(POLICIES))
@pytest.mark.parametrize("lost_sales", [True, False])
def test_every_period_of_every_path_agrees(key, lost_sales) -> None:
    n, horizon = 4, 40
    receipts = np.zeros((n, horizon))
    receipts[:, 3] = [0, 5, 0, 9]
    played = case(
        poisson_paths(2.0, 6, n, horizon),
        terms=terms(
            n, lead_time_days=[0.0, 3.0, 4.5, 6.0], lead_time_sd_days=[0.0, 0.0, 2.0, 4.0],
            review_period_days=[1.0, 2.0, 7.0, 5.0], moq=[0.0, 8.0, 0.0, 20.0], pack=[1.0, 3.0, 4.0, 6.0],
        ),
        opening=stock(n, on_hand=[0, 12, 3, 30], on_order=[0, 5, 2, 9], allocated=[3, 0, 5, 1]),
        receipts=receipts, policy=policy(key), options={"lost_sales": lost_sales},
    )  # fmt: skip
    settings = settings_of(played)
    fast = trace(played, settings)
    slow = np.array([[one_path(played, settings, i, p) for i in range(n)] for p in range(6)])
    assert np.allclose(fast, slow, rtol=0, atol=1e-9)
    assert slow[:, :, :, kernels.ORDER].sum() > 0


def test_the_statistics_are_those_of_the_periods() -> None:
    played = case(
        poisson_paths(2.0, 50, 3, 60), terms=terms(3, lead_time_sd_days=2.0, review_period_days=4.0),
        receipts=np.zeros((3, 60)), options={"warm_up_periods": 9}, service_level=0.7,
    )  # fmt: skip
    result, periods = simulate(played), trace(played)[:, :, 9:]
    demand, sold = periods[..., kernels.DEMAND], periods[..., kernels.SOLD]
    received = periods[..., kernels.INCOMING] > 0
    short = demand - sold > 1e-9
    assert result.fill_rate.mean == pytest.approx(sold.sum(axis=(0, 2)) / demand.sum(axis=(0, 2)))
    assert result.stock_out_days.mean == pytest.approx(short.sum(axis=2).mean(axis=0))
    assert result.orders.mean == pytest.approx((periods[..., kernels.ORDER] > 0).sum(axis=2).mean(axis=0))
    good = ended = 0
    for p in range(50):
        begin = 0
        for t in range(1, received.shape[2]):
            if received[p, 1, t]:
                ended += 1
                good += not short[p, 1, begin:t].any()
                begin = t
    assert result.cycle_service_level.mean[1] == pytest.approx(good / ended)
    assert 0.5 < good / ended < 1


def test_all_cores_and_one_core_agree() -> None:
    many = poisson_paths(2.0, 300, 90, 40)
    supply = terms(90, lead_time_sd_days=2.0)
    whole = simulate(case(many, terms=supply))
    few = simulate(case(many.take(np.arange(80, 90)), terms=terms(10, lead_time_sd_days=2.0)))
    assert many.units.size > 1_000_000
    assert np.array_equal(whole.total_cost.mean[80:], few.total_cost.mean)


@pytest.mark.parametrize("key", sorted(POLICIES))
@pytest.mark.parametrize("lost_sales", [True, False])
def test_weeks_are_played_as_days_on_which_their_demand_falls(key, lost_sales) -> None:
    n, weeks = 3, 12
    weekly = poisson_paths(14.0, 8, n, weeks, frequency=Frequency.WEEK)
    daily = paths(on_days(weekly))
    by_day = np.zeros((n, 7 * weeks))
    by_day[:, 7 + np.arange(3)] = np.diag([0, 5, 9])
    about = {
        "terms": terms(
            n, lead_time_days=[0.0, 3.0, 9.5], lead_time_sd_days=[0.0, 2.0, 4.0], review_period_days=[1.0, 7.0, 3.0],
        ),
        "opening": stock(n, on_hand=[20, 12, 30], on_order=[0, 5, 9], allocated=[3, 0, 0]), "policy": policy(key),
    }  # fmt: skip
    rough = case(
        weekly, receipts=by_day, **about,
        options={"frequency": Frequency.WEEK, "lost_sales": lost_sales, "warm_up_periods": 2},
    )  # fmt: skip
    fine = case(daily, receipts=by_day, **about, options={"lost_sales": lost_sales, "warm_up_periods": 14})
    settings = settings_of(fine)
    slow, fast = simulate(fine, settings), simulate(rough, settings)
    for name in ("fill_rate", "cycle_service_level", "stock_out_days", "average_units", "orders", "total_cost"):
        assert getattr(fast, name).mean == pytest.approx(getattr(slow, name).mean, rel=1e-9), name
    days = trace(fine, settings).reshape(8, n, weeks, 7, kernels.N_TRACE)
    told = trace(rough, settings)
    assert np.allclose(told[..., kernels.OPENING], days[..., 0, kernels.OPENING])
    for flow in (kernels.INCOMING, kernels.ORDER, kernels.DEMAND, kernels.SOLD):
        assert np.allclose(told[..., flow], days[..., flow].sum(axis=3))
    for state in (kernels.CLOSING, kernels.BACKLOG):
        assert np.allclose(told[..., state], days[..., -1, state])
