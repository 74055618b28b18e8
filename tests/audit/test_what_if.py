"""Audit of the what-if: TIN, whose lead time is certain, played path by path in plain Python."""

import json
from collections.abc import Mapping

import numpy as np
import pytest

from tests.audit import books

KEY = ("TIN", "north")
COST, PRICE, ORDER_COST, HOLDING = 2.5, 6.0, 12.0, 0.25


def expected(paths: np.ndarray, level: float, lead: int, demand: float = 0.0) -> Mapping[str, float]:
    """What the page should say at the sliders given."""
    paths = paths * (1 + demand)
    trigger = books.covering_quantile([books.summed(path, lead + 7) for path in paths], level)
    stock = {"on_hand": 55, "on_order": 10, "owed": 0}
    terms = stock | {"trigger": trigger, "moq": 0, "pack": 5, "lead": lead, "review": 7}
    each = [books.played(path.tolist(), terms, {0: 10.0}) for path in paths]
    sums = {name: np.mean([path[name] for path in each]) for name in each[0]}
    days = paths.shape[1]
    stock = sums["held"] / days
    found = {
        "fill_rate": 1 - sums["unmet"] / sums["demanded"],
        "cycle_service_level": 1 - sums["short_cycles"] / sums["cycles"],
        "stock_out_days": sums["short"],
        "average_units": stock,
        "average_value": stock * COST,
        "turns": (sums["demanded"] - sums["unmet"]) * 365.25 / days / stock,
        "orders": sums["orders"],
        "ordered_units": sums["ordered"],
        "unmet_units": sums["unmet"],
        "demand_units": sums["demanded"],
        "holding_cost": stock * COST * HOLDING * days / 365.25,
        "ordering_cost": sums["orders"] * ORDER_COST,
        "shortage_cost": sums["unmet"] * (PRICE - COST),
    }
    return found | {"total_cost": found["holding_cost"] + found["ordering_cost"] + found["shortage_cost"]}


@pytest.fixture(scope="module")
def simulated(shop):
    def run(**scenario):
        path = shop.home / "scenario.json"
        path.write_text(json.dumps({"name": "Audit"} | scenario))
        return shop.run("simulate", "--scenario", str(path), "--sku", KEY[0], "--location", KEY[1])

    return run


def test_the_baseline(simulated, daily):
    told = {name: pair["baseline"][0] for name, pair in simulated().items()}
    assert told == pytest.approx(dict(expected(daily[KEY], 0.9, 5)))


@pytest.mark.parametrize(
    ("scenario", "changed"),
    [
        ({"service_level": 0.99}, {"level": 0.99}),
        ({"values": {"lead_time": 3}}, {"lead": 8}),
        ({"values": {"demand": 0.5}}, {"demand": 0.5}),
    ],
    ids=["service level", "lead time", "demand"],
)
def test_a_moved_slider(simulated, daily, scenario, changed):
    told = simulated(**scenario)
    wanted = expected(daily[KEY], **({"level": 0.9, "lead": 5} | changed))
    assert {name: pair["scenario"][0] for name, pair in told.items()} == pytest.approx(dict(wanted))
