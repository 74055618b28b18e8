"""The demand lever on paths of every number type the store gives back."""

import numpy as np
import pytest

from core.series.forecast import DemandPaths
from core.simulate.levers.demand import Demand
from core.simulate.registry import lever

PERIODS = np.array(["2026-01-01", "2026-01-02"], "datetime64[D]")


@pytest.mark.parametrize("kind", [np.uint16, np.float32, np.float64])
def test_demand_is_scaled_whatever_type_the_paths_are_stored_in(kind: type) -> None:
    names = np.array(["A"], dtype=object), np.array([""], dtype=object)
    paths = DemandPaths(np.array([[[10, 4]]], kind), *names, PERIODS)
    changed, _terms = lever(Demand.key, 0.3).apply(paths, None)  # type: ignore[arg-type]
    assert changed.units[0, 0].tolist() == pytest.approx([13.0, 5.2])
