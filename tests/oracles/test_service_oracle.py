"""What the plan promises, held by a shop in plain Python that sells day by day and is known to the plan by periods.

Demand is drawn per day. The plan sees its sums over days, weeks or months and decides; the shop then lives through
other days of the same demand. It shares nothing with the program but the settings that were decided.
"""

import itertools
import math
from functools import cache

import numpy as np
import pytest
from scipy.stats import gamma

from core.base.calendar import Frequency, regular
from core.inventory.registry import policy
from core.series.forecast import DemandPaths
from core.simulate.simulation import settings_of
from tests.supply import case, terms

TARGET = 0.95
SHOPS, DAYS, BEGIN = 100, 250, 80
N_PATHS = 4000
ERROR = 0.015
"""Three standard errors, of the quantile of 4,000 paths (0.0034) and of the days lived (about as much)."""
DEMANDS = {
    "steady": lambda rng, shape: rng.gamma(4.0, 5.0, shape),
    "pieces": lambda rng, shape: rng.binomial(15, 0.2, shape).astype(float),
    "lumpy": lambda rng, shape: rng.choice([1.0, 1.0, 2.0, 4.0], shape) * (rng.random(shape) < 0.15),
}


@cache
def known_by_periods(kind: str, frequency: Frequency) -> DemandPaths:
    """Paths of periods made of drawn days."""
    # begins in February, whose days are the fewest
    calendar = regular(frequency, "2026-02-01", {Frequency.DAY: 60, Frequency.WEEK: 9, Frequency.MONTH: 3}[frequency])
    starts = np.append(calendar.periods, calendar.every_period_after(1)).astype(int)
    days = DEMANDS[kind](np.random.default_rng(1), (N_PATHS, 1, starts[-1] - starts[0]))
    units = np.add.reduceat(days, starts[:-1] - starts[0], axis=2)
    return DemandPaths(units, np.array(["S0"], object), np.array(["main"], object), calendar.periods)


@cache
def days_lived(kind: str) -> list[list[float]]:
    """What is asked for on each day in each shop."""
    return DEMANDS[kind](np.random.default_rng(2), (SHOPS, DAYS)).tolist()


class Shop:
    """One shelf, in plain Python."""

    def __init__(self, rule: tuple[float, float, float], lead: tuple[float, float], review: int, seed: int) -> None:
        self.trigger, self.target, self.lot = rule
        self.lead, self.review = lead, review
        self.draw = np.random.default_rng(seed)
        self.on_hand, self.owed = math.ceil(self.trigger) * 1.0, 0.0
        self.coming: list[tuple[int, float]] = []
        self.asked = self.missed = 0.0
        self.short_days: set[int] = set()
        self.received: list[int] = []

    def order(self) -> float:
        position = self.on_hand - self.owed + sum(units for _day, units in self.coming)
        if position > self.trigger:
            return 0.0
        if math.isnan(self.lot):
            return float(math.ceil(self.target - position - 1e-9))
        lots = 0
        while position + lots * self.lot <= self.trigger:
            lots += 1
        return float(math.ceil(lots * self.lot - 1e-9))

    def days_until_it_comes(self) -> int:
        mean, spread = self.lead
        days = mean if spread == 0 else self.draw.gamma((mean / spread) ** 2, spread**2 / mean)
        return math.floor(days + self.draw.random() * (1 - 1e-9) + 1e-9)

    def live(self, today: int, wanted: float) -> None:
        units = self.order() if today % self.review == 0 else 0.0
        if units > 0:
            self.coming.append((today + self.days_until_it_comes(), units))
        arrived = sum(units for day, units in self.coming if day == today)
        self.coming = [(day, units) for day, units in self.coming if day != today]
        self.on_hand += arrived
        if arrived:
            self.received.append(today)
        late = min(self.on_hand, self.owed)
        served = min(self.on_hand - late, wanted)
        self.on_hand -= late + served
        self.owed += wanted - served - late
        if today >= BEGIN:
            self.asked += wanted
            self.missed += wanted - served
            if served < wanted - 1e-9:
                self.short_days.add(today)


def lived(kind: str, settings, lead: tuple[float, float], review: int) -> list[Shop]:
    rule = (float(settings.trigger[0]), float(settings.target[0]), float(settings.quantity[0]))
    shops = [Shop(rule, lead, review, seed) for seed in range(SHOPS)]
    for shop, days in zip(shops, days_lived(kind), strict=True):
        for today, wanted in enumerate(days):
            shop.live(today, wanted)
    return shops


def good_cycles(shops: list[Shop], begins) -> float:
    """Share of the spans between two beginnings on no day of which anything was missed."""
    good = ended = 0
    for shop in shops:
        for first, end in itertools.pairwise([day for day in begins(shop) if BEGIN <= day < DAYS]):
            ended += 1
            good += not any(first <= day < end for day in shop.short_days)
    return good / ended


def decided_for(kind: str, frequency: Frequency, key: str, supply):
    about = {"terms": supply, "policy": policy(key), "service_level": TARGET, "options": {"frequency": frequency}}
    return settings_of(case(known_by_periods(kind, frequency), **about))


SUPPLIES = [(1, 0, 1), (1, 0, 7), (3, 0, 1), (3, 0, 7), (10, 0, 7), (10.5, 0, 10), (14, 0, 1), (14, 3, 7), (40, 0, 10)]
"""Mean lead time, its spread, review period: days."""


@pytest.mark.parametrize("frequency", list(Frequency))
@pytest.mark.parametrize(("mean", "spread", "review"), SUPPLIES)
@pytest.mark.parametrize("kind", sorted(DEMANDS))
def test_order_up_to_keeps_its_cycles_whatever_the_periods(kind, mean, spread, review, frequency) -> None:
    supply = terms(1, lead_time_days=mean, lead_time_sd_days=spread, review_period_days=review)
    shops = lived(kind, decided_for(kind, frequency, "order_up_to", supply), (mean, spread), review)
    # a cycle is what passes between the days on which the orders of two reviews come, whether or not one was placed
    first = math.ceil(mean)
    served = good_cycles(shops, lambda _shop: range(first, DAYS, review))
    assert served > TARGET - ERROR
    if kind == "steady" and (spread, mean) == (0, round(mean)):
        assert served < TARGET + ERROR


@pytest.mark.parametrize("frequency", list(Frequency))
@pytest.mark.parametrize("key", ["min_max", "reorder_point_quantity"])
@pytest.mark.parametrize(("mean", "spread", "review"), [(1, 0, 1), (3, 0, 1), (10, 0, 7), (14, 3, 7)])
@pytest.mark.parametrize("kind", ["steady", "pieces"])
def test_reorder_points_keep_their_cycles_whatever_the_periods(kind, mean, spread, review, key, frequency) -> None:
    supply = terms(
        1, lead_time_days=mean, lead_time_sd_days=spread, review_period_days=review, order_cost=5.0, unit_cost=20.0,
    )  # fmt: skip
    shops = lived(kind, decided_for(kind, frequency, key, supply), (mean, spread), review)
    assert good_cycles(shops, lambda shop: shop.received) > TARGET - ERROR


@pytest.mark.parametrize("frequency", list(Frequency))
@pytest.mark.parametrize(("mean", "spread", "review"), [(1, 0, 7), (3, 0, 7), (10, 0, 7), (14, 3, 7), (40, 0, 10)])
@pytest.mark.parametrize("kind", sorted(DEMANDS))
def test_a_fill_rate_is_kept_whatever_the_periods(kind, mean, spread, review, frequency) -> None:
    supply = terms(1, lead_time_days=mean, lead_time_sd_days=spread, review_period_days=review)
    shops = lived(kind, decided_for(kind, frequency, "fill_rate_target", supply), (mean, spread), review)
    assert 1 - sum(shop.missed for shop in shops) / sum(shop.asked for shop in shops) > TARGET - ERROR


@pytest.mark.parametrize("frequency", list(Frequency))
@pytest.mark.parametrize(("lead", "review"), [(1, 1), (3, 1), (3, 7), (10, 7), (14, 1), (38, 10)])
def test_the_trigger_is_the_quantile_that_the_daily_demand_has(lead, review, frequency) -> None:
    supply = terms(1, lead_time_days=lead, review_period_days=review)
    # the sum of days is gamma distributed with their shapes added up
    exact = gamma.ppf([0.935, 0.965], 4.0 * (lead + review), scale=5.0)
    settings = decided_for("steady", frequency, "order_up_to", supply)
    assert exact[0] < settings.trigger[0] < exact[1]
    assert settings.expected_demand[0] == pytest.approx(20.0 * (lead + review), rel=0.02)
