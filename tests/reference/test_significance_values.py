"""The Diebold–Mariano test against an independent program's figures."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from core.evaluate.significance import diebold_mariano

VALUES = tomllib.loads(Path(__file__).with_name("significance_values.toml").read_text(encoding="utf-8"))
POWER = {"absolute": 1, "squared": 2}


@pytest.mark.parametrize("case", VALUES["case"], ids=lambda case: f"{case['loss']} {case['steps']}")
def test_statistic_and_chance_agree(case):
    first, second = (
        np.abs(np.array(VALUES["actual"], float) - np.array(VALUES[name])) ** POWER[case["loss"]]
        for name in ("first", "second")
    )
    found = diebold_mariano(first - second, case["steps"])
    assert found.statistic == pytest.approx(case["statistic"], rel=1e-10)
    assert found.p_value == pytest.approx(case["p_value"], rel=1e-8)
