"""Stretches without a sale that are too long for chance: taken as out of stock, when the planner says so."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.base.language import _
from core.base.parameters import parameter
from core.base.types import FloatArray
from core.clean.changes import Repair, repaired
from core.clean.contract import Finding
from core.clean.silence import Silence, silences
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class SuspectedStockOuts:
    """Calls a stretch of zeros out of stock when its probability of an empty shelf is high enough.

    The probability comes from the stretch's length against the SKU's own rate, a prior, and how long stock-outs last.
    Off unless chosen, because it is often wrong; where stock levels are given, `missing_days` knows better. Marked
    stretches no longer hold down the rate that others are judged by, so the rule goes on until none is left.
    """

    key: ClassVar[str] = "suspected_stock_outs"
    label: ClassVar[str] = "Suspected stock-outs"
    description: ClassVar[str] = (
        "Stretches without a sale too long for chance count as out of stock. A guess from sales alone, often wrong."
    )

    probability: float = parameter(
        0.8, "Probability from which it counts", low=0.5, high=0.999, help="That the shelf was empty."
    )
    prior: float = parameter(
        0.05, "Share of stretches expected to be stock-outs", low=0.0001, high=0.5, help="Before looking at any."
    )
    usual_days: float = parameter(14.0, "Mean length of a stock-out", unit="days", low=1.0, high=365.0)

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The panel with suspected stretches as out of stock, and one finding for each period."""
        result, reasons = panel, np.full(len(panel.values), "", dtype=object)
        while True:
            quiet = silences(result)
            probability = quiet.empty_shelf(self.prior, self.usual_days)
            suspected = np.flatnonzero(probability >= self.probability)
            if not len(suspected):
                return repaired(self.key, panel, Repair(panel.values, result.censored, reasons))
            censored = result.censored.copy()
            for place, text in zip(suspected.tolist(), _reasons(quiet, probability)[suspected], strict=True):
                stretch = slice(quiet.first[place], quiet.last[place] + 1)
                censored[stretch], reasons[stretch] = True, text
            result = replace(result, censored=censored)


def _reasons(quiet: Silence, probability: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    text = _(
        "No sale for %(n)d periods where about %(units).1f units are usual: out of stock with %(share).0f %% chance"
    )
    return np.array(
        [
            text % {"n": n, "units": units, "share": 100 * share}
            for n, units, share in zip(
                quiet.lengths().tolist(), quiet.expected.tolist(), probability.tolist(), strict=True
            )
        ],
        dtype=object,
    )
