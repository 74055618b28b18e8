"""Methods for demand that comes now and then against those of an independent program, given the same weights."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from core.models.kernels import intermittent

VALUES = tomllib.loads((Path(__file__).parent / "intermittent_values.toml").read_text(encoding="utf-8"))
DEMAND = np.tile(np.array(VALUES["pattern"], float), VALUES["times"])


def test_croston_and_its_approximation() -> None:
    levels = np.empty(len(DEMAND) + 1)
    intermittent._croston(DEMAND, 0.1, levels)
    assert levels[-1] == pytest.approx(VALUES["croston"], rel=1e-7)
    assert (1 - 0.1 / 2) * levels[-1] == pytest.approx(VALUES["sba"], rel=1e-7)


@pytest.mark.parametrize("answer", VALUES["tsb"])
def test_teunter_syntetos_babai(answer) -> None:
    levels = np.empty(len(DEMAND) + 1)
    intermittent._tsb(DEMAND, answer["probability"], answer["size"], levels)
    assert levels[-1] == pytest.approx(answer["forecast"], rel=1e-7)
