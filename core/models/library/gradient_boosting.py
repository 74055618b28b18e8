"""Gradient boosting: many small trees, each learning what those before it left unexplained, one model for all."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.base.parameters import parameter
from core.models.contract import Capabilities
from core.models.pooled_fit import RowLearner
from core.models.pooled_growing import LOSSES, POISSON, Growing
from core.models.pooled_method import PooledRegression
from core.models.pooled_trees import Growth

COLUMNS: Final = 0.5
"""Share of the columns that each tree sees; trees that see other things err less together."""


@dataclass(frozen=True, slots=True)
class GradientBoosting(PooledRegression):
    """Boosted trees correct simple smoothing by calendar, drivers, recent demand and what like series did.

    Source:
        Friedman 2001, Annals of Statistics 29 (gradient boosting); Ke et al. 2017, LightGBM, NeurIPS 30 (trees on
        binned columns); Montero-Manso and Hyndman 2021, Int. J. Forecasting 37 (one model for all series).
    """

    key: ClassVar[str] = "gradient_boosting"
    label: ClassVar[str] = "Gradient boosting"
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=8, drivers=True, pooled=True)
    stock_outs: ClassVar[bool] = True

    rounds: int = parameter(30, "Trees", low=1, high=2_000)
    learning_rate: float = parameter(
        0.15, "Learning rate", low=0.001, high=1.0, help="Share of each tree that counts; smaller needs more trees."
    )
    leaves: int = parameter(31, "Leaves per tree", low=2, high=512)
    loss: str = parameter(
        POISSON, "Loss", choices=LOSSES, help="poisson: trees multiply what smoothing expects; squared: they add to it."
    )

    def learner(self) -> RowLearner:
        """Trees one after the other, each correcting those before it."""
        growing = Growing(self.rounds, self.learning_rate, self.leaves, tree_columns=COLUMNS, loss=self.loss)
        return Growth(growing)
