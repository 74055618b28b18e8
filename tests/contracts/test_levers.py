"""Laws every what-if lever keeps."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import core.simulate.levers
from core.base.errors import ParameterError
from core.base.parameters import parameters_of
from core.inventory.terms import check_terms
from core.simulate.registry import LEVERS, lever
from tests.supply import poisson_paths, terms

KEYS = sorted(LEVERS)
DEMAND = poisson_paths(3.0, 20, 2, 15)
SUPPLY = terms(2, lead_time_sd_days=1.0, moq=10.0, review_period_days=7.0)


def settled(key: str, end: str) -> float:
    (info,) = parameters_of(LEVERS[key])
    return float(getattr(info, end))


def test_the_registry_holds_exactly_the_files_of_its_folder() -> None:
    folder = Path(core.simulate.levers.__file__).parent
    assert sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__") == KEYS
    assert all(LEVERS[key].key == key for key in KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_the_neutral_value_changes_nothing(key) -> None:
    paths, supply = lever(key, settled(key, "default")).apply(DEMAND, SUPPLY)
    assert paths is DEMAND
    assert supply is SUPPLY


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("end", ["low", "high"])
def test_the_ends_of_the_range_change_something_and_stay_possible(key, end) -> None:
    paths, supply = lever(key, settled(key, end)).apply(DEMAND, SUPPLY)
    changed = [
        entry.name
        for entry in dataclasses.fields(supply)
        if not np.array_equal(getattr(supply, entry.name), getattr(SUPPLY, entry.name))
    ]
    assert bool(changed) != (paths is not DEMAND)
    assert np.all(paths.units >= 0)
    check_terms(supply, ["a", "b"])


@pytest.mark.parametrize("key", KEYS)
def test_the_given_demand_and_terms_stay_as_they_were(key) -> None:
    before = {entry.name: getattr(SUPPLY, entry.name).copy() for entry in dataclasses.fields(SUPPLY)}
    units = DEMAND.units.copy()
    lever(key, settled(key, "high")).apply(DEMAND, SUPPLY)
    assert np.array_equal(DEMAND.units, units)
    assert all(np.array_equal(getattr(SUPPLY, name), values) for name, values in before.items())


@pytest.mark.parametrize("key", KEYS)
def test_a_value_outside_the_range_is_refused(key) -> None:
    with pytest.raises(ParameterError, match="must lie between"):
        lever(key, settled(key, "high") + 1.0)


def test_an_unknown_lever_is_refused_with_the_choices() -> None:
    with pytest.raises(ParameterError, match=r"no lever “weather”.*lead_time"):
        lever("weather", 1.0)


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("lead_time", 4.0, "lead_time_days", 7.0),
        ("lead_time", -9.0, "lead_time_days", 0.0),
        ("lead_time_factor", 2.0, "lead_time_sd_days", 2.0),
        ("lead_time_spread", 1.5, "lead_time_sd_days", 2.5),
        ("review_period", 6.0, "review_period_days", 13.0),
        ("review_period", -9.0, "review_period_days", 1.0),
        ("holding_rate", 0.05, "holding_rate_per_year", 0.3),
        ("order_cost", 3.0, "order_cost", 30.0),
        ("moq", 0.0, "moq", 0.0),
    ],
)
def test_a_lever_moves_its_term(key, value, field, expected) -> None:
    _paths, supply = lever(key, value).apply(DEMAND, SUPPLY)
    assert getattr(supply, field) == pytest.approx([expected, expected])


def test_demand_is_scaled() -> None:
    paths, _supply = lever("demand", 0.5).apply(DEMAND, SUPPLY)
    assert np.array_equal(paths.units, DEMAND.units * 1.5)
