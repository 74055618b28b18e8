"""Reconciled forecasts against those of an independent program."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from core.models import reconciliation
from core.series.hierarchy_levels import hierarchy_of

VALUES = tomllib.loads((Path(__file__).parent / "reconciliation_values.toml").read_text(encoding="utf-8"))
SHOP = hierarchy_of({"total": ["total"] * 4, "category": ["a", "a", "b", "b"]})
ERRORS = np.array(VALUES["errors"]).T


@pytest.mark.parametrize("answer", VALUES["answer"], ids=lambda answer: answer["method"])
def test_reconciled_forecasts(answer) -> None:
    base = np.array(VALUES["base"])
    if answer["method"] == reconciliation.TOP_DOWN:
        found = reconciliation.top_down(base, SHOP)
    else:
        found = reconciliation.reconciled(base, SHOP, reconciliation.weights_of(answer["method"], SHOP, ERRORS))
    # the other program takes the mean of the errors off, here 0.0002
    np.testing.assert_allclose(found, answer["series"], rtol=2e-6)


def test_the_nearest_forecasts_without_negative_ones() -> None:
    base = np.array(VALUES["not_negative"]["base"])[:, None]
    weights = reconciliation.weights_of(reconciliation.STRUCTURAL, SHOP, ERRORS)
    np.testing.assert_allclose(
        reconciliation.reconciled(base, SHOP, weights)[:, 0], VALUES["not_negative"]["series"], atol=1e-6
    )
