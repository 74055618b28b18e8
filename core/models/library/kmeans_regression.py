"""K-Means-pooled regression: series of like demand shape share one linear model."""

from dataclasses import dataclass
from typing import ClassVar

from core.base.parameters import parameter
from core.models.contract import Capabilities, FittedModel
from core.models.pooled_fit import GROUPS, PooledSettings, fit_pooled
from core.models.pooled_lines import Line, Moments, Standard
from core.models.pooled_rows import Rows
from core.series.panel import Panel

ROWS_OF_DOUBT = 10.0
"""The default penalty, in rows."""


@dataclass(frozen=True, slots=True)
class RidgeLine:
    """A line with one penalty for all columns.

    Attributes:
        penalty: weight of the pull towards zero, rows.
    """

    penalty: float

    def learn(self, rows: Rows, seed: int) -> Line:  # noqa: ARG002 - nothing is drawn
        """Fit by least squares."""
        standard = Standard.of(rows)
        moments = Moments.of(standard(rows.features), rows.residual, rows.weight)
        # a faint pull at least, so that columns that say the same can be told apart
        penalty = max(self.penalty / max(float(rows.weight.sum()), 1.0), 1e-6)
        return Line.through(standard, moments, moments.ridge(penalty))


@dataclass(frozen=True, slots=True)
class KMeansRegression:
    """Series are grouped by the shape of their demand; one ridge regression per group forecasts each horizon directly.

    The target is demand over the series' own level, less what simple smoothing expects, so that a group's members teach
    one another whatever their size.

    Source:
        Grouping: Lloyd 1982, IEEE Trans. Information Theory 28 (K-Means); number of groups: Rousseeuw 1987, J. Comput.
        Appl. Math. 20 (silhouette). Pooling: Montero-Manso and Hyndman 2021, Int. J. Forecasting 37.
    """

    key: ClassVar[str] = "kmeans_regression"
    label: ClassVar[str] = "K-Means-pooled regression"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=8, drivers=True, pooled=True)

    n_groups: int = parameter(
        0, "Groups", low=0, high=12, help="Number of groups of series; 0 chooses the clearest division."
    )
    penalty: float = parameter(
        ROWS_OF_DOUBT, "Ridge penalty", low=0.01, high=10_000.0, help="Larger values keep the effects nearer to zero."
    )
    drivers: bool = parameter(default=True, label="Use price, promotion, events and shoppers' behaviour")

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Group the series and learn one model per group.

        Raises:
            InsufficientHistoryError: a series has fewer than 8 observed periods.
        """
        settings = PooledSettings(scope=GROUPS, drivers=self.drivers, n_groups=self.n_groups)
        return fit_pooled(self, history, RidgeLine(self.penalty), settings, seed)
