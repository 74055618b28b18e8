"""Outliers by an isolation forest: sales that a few random cuts separate from all others."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.parameters import parameter
from core.base.randomness import stream
from core.base.types import AnyArray, BoolArray, FloatArray, IntArray
from core.clean.contract import Finding
from core.clean.outliers import CAP, HIGH, SIDES, TREATMENTS, Fences, Treatment, treat
from core.clean.robust import Residuals, known_exceptions, order_statistic
from core.series.panel import Panel

NORMAL_MAD: Final = 0.6745
"""Median absolute deviation of a normal variable of standard deviation 1."""
SMALLEST_SCALE: Final = 0.3
LEAST_DISTANCE: Final = 3.0
"""Scales from the usual below which no sale is called an outlier, however lonely it is."""
NEIGHBOURS: Final = 4
"""Selling periods on each side that make up the local median."""
TREES: Final = 100
SAMPLE: Final = 256
"""Periods each tree is grown on: more hide outliers among each other (Liu et al., section 3)."""
MOST_TAUGHT: Final = 50_000
"""Periods the trees are drawn from, evenly spaced along the order of their features."""


@dataclass(frozen=True, slots=True)
class OutliersForest:
    """Caps sales that an isolation forest finds easy to separate from all others.

    One forest judges all SKUs together, because what it sees is relative to each SKU: the distance of log(1 + units) to
    the median of the SKU's weekday, to the median of the selling periods around it and to the sale before, each in
    robust scales of the SKU, and whether a promotion ran next to it. Beside the forest's score a sale must lie three
    scales off its usual size: loneliness alone is no fault. Capped sales are set to three scales. Promotions, events,
    SKUs with fewer than eight selling periods and runs of three or more unusual ones stay. Off unless chosen.

    Source:
        Liu, Ting & Zhou 2008, Isolation forest, ICDM; scikit-learn's implementation.
    """

    key: ClassVar[str] = "outliers_forest"
    label: ClassVar[str] = "Outliers (isolation forest)"
    description: ClassVar[str] = (
        "Sales that stand apart from all others in several ways at once are capped, removed or marked as an event."
    )

    score: float = parameter(
        0.7, "Score that counts as extreme", low=0.5, high=0.95, help="0.5 is ordinary, 1 is as lonely as can be."
    )
    treatment: str = parameter(CAP, "What to do", choices=TREATMENTS)
    sides: str = parameter(HIGH, "Which sales", choices=SIDES)

    def repair(self, panel: Panel) -> tuple[Panel, list[Finding]]:
        """The panel with lonely sales treated, and one finding for each."""
        return treat(panel, Treatment(self.key, self.treatment, self.sides, _fences, self._lonely))

    def _lonely(self, panel: Panel, usual: Residuals, beyond: BoolArray) -> BoolArray:
        """Which of the periods beyond the fences the forest finds lonely, shape (n_judged,)."""
        if not beyond.any():
            return beyond
        features = _features(panel, usual)
        lonely = np.zeros(len(beyond), bool)
        lonely[beyond] = _scores(features, features[beyond]) > self.score
        return lonely


def _scale(usual: Residuals, n_series: int) -> FloatArray:
    """Robust standard deviation of the log residuals, shape (n_series,)."""
    mad = order_statistic(np.abs(usual.residual), usual.rows, n_series, 0.5)
    return np.asarray(np.maximum(np.maximum(np.nan_to_num(mad) / NORMAL_MAD, usual.noise), SMALLEST_SCALE))


def _fences(usual: Residuals, n_series: int) -> Fences:
    width = LEAST_DISTANCE * _scale(usual, n_series)
    return Fences(-width, width)


def _features(panel: Panel, usual: Residuals) -> FloatArray:
    """What the forest sees of each judged period, shape (n_judged, 4)."""
    scale = _scale(usual, len(panel))[usual.rows]
    logs = usual.level + usual.residual
    before = np.concatenate([logs[:1], logs[:-1]])
    first = np.concatenate([[True], usual.rows[1:] != usual.rows[:-1]])
    return np.column_stack(
        [
            usual.residual / scale,
            (logs - _local_median(logs, usual.rows)) / scale,
            np.where(first, 0.0, logs - before) / scale,
            _beside_promotion(panel)[usual.cells],
        ]
    )


def _local_median(logs: FloatArray, rows: IntArray) -> FloatArray:
    """Median of each value and its neighbours of the same series, shape (n_judged,)."""
    n = len(logs)
    places = np.arange(n)[:, None] + np.arange(-NEIGHBOURS, NEIGHBOURS + 1)[None, :]
    inside = np.clip(places, 0, n - 1)
    own = (places == inside) & (rows[inside] == rows[:, None])
    near = np.sort(np.where(own, logs[inside], np.inf), axis=1)
    return np.asarray(near[np.arange(n), (own.sum(axis=1) - 1) // 2])


def _beside_promotion(panel: Panel) -> FloatArray:
    """1 where the period before or after was a promotion, event or holiday, shape (n_obs,)."""
    known, column = known_exceptions(panel), panel.columns
    ahead = np.concatenate([known[1:] & (column[1:] > column[:-1]), [False]]) if len(known) else known
    back = np.concatenate([[False], known[:-1] & (column[1:] > column[:-1])]) if len(known) else known
    return (ahead | back).astype(np.float64)


def _scores(features: FloatArray, judged: FloatArray) -> FloatArray:
    """How lonely each judged period is among all: 0.5 = ordinary, near 1 = alone, shape (n_judged,)."""
    from sklearn.ensemble import IsolationForest

    # In the order of their features, so that the order of the SKUs cannot change which periods the trees see.
    ordered = features[np.lexsort(features.T)]
    taught = ordered[np.linspace(0, len(ordered) - 1, min(len(ordered), MOST_TAUGHT)).astype(np.int64)]
    seed = stream(OutliersForest.key)
    forest = IsolationForest(n_estimators=TREES, max_samples=min(SAMPLE, len(taught)), random_state=seed).fit(taught)
    scores: AnyArray = -forest.score_samples(judged)
    return np.asarray(scores, np.float64)
