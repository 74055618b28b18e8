"""Gradient boosting: many small trees, each learning what those before it left unexplained, one model for all."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.base.parameters import parameter
from core.models.contract import Capabilities, FittedModel
from core.models.pooled_fit import ALL, DIRECT, HORIZONS, SCOPES, PooledSettings, fit_pooled
from core.models.pooled_trees import LOSSES, POISSON, Growth
from core.series.panel import Panel

MOST_ROWS: Final = 60_000
"""Rows drawn to learn from; three times as many take three times as long and gain little."""


@dataclass(frozen=True, slots=True)
class GradientBoosting:
    """Boosted trees correct simple smoothing by calendar, drivers, recent demand and what like series did.

    Source:
        Friedman 2001, Annals of Statistics 29 (gradient boosting); Ke et al. 2017, LightGBM, NeurIPS 30 (trees on
        binned columns); Montero-Manso and Hyndman 2021, Int. J. Forecasting 37 (one model for all series).
    """

    key: ClassVar[str] = "gradient_boosting"
    label: ClassVar[str] = "Gradient boosting"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=8, drivers=True, pooled=True)

    rounds: int = parameter(50, "Trees", low=1, high=2_000)
    learning_rate: float = parameter(
        0.12, "Learning rate", low=0.001, high=1.0, help="Share of each tree that counts; smaller needs more trees."
    )
    leaves: int = parameter(31, "Leaves per tree", low=2, high=512)
    loss: str = parameter(
        POISSON, "Loss", choices=LOSSES, help="poisson: trees multiply what smoothing expects; squared: they add to it."
    )
    scope: str = parameter(ALL, "Models", choices=SCOPES, help="One for all series, or one per K-Means group.")
    horizons: str = parameter(DIRECT, "Steps ahead", choices=HORIZONS, help="recursive: each from the one before.")
    drivers: bool = parameter(default=True, label="Use price, promotion, events and shoppers' behaviour")

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Grow the trees on rows of all series.

        Raises:
            InsufficientHistoryError: a series has fewer than 8 observed periods.
        """
        learner = Growth(self.rounds, self.learning_rate, self.leaves, loss=self.loss)
        settings = PooledSettings(self.scope, self.horizons, self.drivers, most_rows=MOST_ROWS)
        return fit_pooled(self, history, learner, settings, seed)
