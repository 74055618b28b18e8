"""Formulas and simulation against values that others computed."""

import math
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.inventory.contract import Settings
from core.inventory.formulas import (
    critical_ratio,
    economic_order_quantity,
    expected_units_short,
    newsvendor_quantity,
    order_quantity_cost,
    standard_normal_loss,
)
from core.simulate.simulation import simulate
from tests.supply import case, poisson_paths, stock, terms

VALUES: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "inventory_values.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("value", VALUES["economic_order_quantity"])
def test_economic_order_quantity(value) -> None:
    given = value["demand_rate"], value["order_cost"], value["holding_cost"]
    assert float(economic_order_quantity(*given)) == pytest.approx(value["quantity"], rel=1e-12)
    assert float(order_quantity_cost(value["quantity"], *given)) == pytest.approx(value["cost"], rel=1e-12)


@pytest.mark.parametrize("value", VALUES["newsvendor_poisson"])
def test_newsvendor_with_poisson_demand(value) -> None:
    # outcomes in proportion to their probability stand for the distribution
    outcomes = np.arange(200)
    chances = np.exp(outcomes * math.log(value["mean"]) - value["mean"] - [math.lgamma(x + 1) for x in outcomes])
    sample = np.repeat(outcomes, np.round(chances * 1e5).astype(int)).astype(float)[:, None]
    level = float(critical_ratio(value["underage_cost"], value["overage_cost"]))
    assert newsvendor_quantity(sample, level).tolist() == [value["quantity"]]


@pytest.mark.parametrize("value", VALUES["standard_normal_loss"])
def test_standard_normal_loss(value) -> None:
    assert standard_normal_loss(value["z"]) == pytest.approx(value["loss"], rel=1e-9)


@pytest.mark.parametrize("value", VALUES["units_short"])
def test_expected_units_short(value) -> None:
    assert expected_units_short(value["level"], value["mean"], value["sd"]) == pytest.approx(value["short"], rel=1e-9)


@pytest.mark.parametrize("value", VALUES["poisson_base_stock"])
def test_a_simulated_base_stock_agrees_with_the_closed_form_within_its_error(value) -> None:
    level = np.array([value["level"]])
    settings = Settings(level, level, level, level, np.full(1, np.nan))
    played = case(
        poisson_paths(value["rate"], 4000, 1, 60),
        terms=terms(1, lead_time_days=float(value["lead_time"])),
        opening=stock(1, value["level"]),
        options={"lost_sales": False, "warm_up_periods": 10},
    )
    result = simulate(played, settings)
    fill_rate = 1 - (value["loss_protection"] - value["loss_lead_time"]) / value["rate"]
    on_hand = (value["left_protection"] + value["left_lead_time"]) / 2
    assert abs(result.fill_rate.total - fill_rate) < 4 * result.fill_rate.total_error
    assert abs(result.average_units.total - on_hand) < 4 * result.average_units.total_error
    assert result.fill_rate.total_error < 0.002
