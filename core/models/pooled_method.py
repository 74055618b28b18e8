"""What the pooled regressions share: the settings a user may change, and how they are fitted."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from core.base.parameters import parameter
from core.models.contract import Capabilities, FittedModel
from core.models.pooled_fit import ALL, DIRECT, HORIZONS, MOST_ROWS, SCOPES, PooledSettings, RowLearner, fit_pooled
from core.series.panel import Panel


@dataclass(frozen=True, slots=True)
class PooledRegression(ABC):
    """One regression of what simple smoothing misses, over all series or per K-Means group of them.

    Attributes:
        key, label, capabilities: as of every method.
        most_rows: rows drawn to learn from, at most.
        stock_outs: whether the share of periods out of stock is a column: a line would follow the few rows that hold
            one, trees ask for many.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[Capabilities] = Capabilities(min_history=8, drivers=True, pooled=True, default=False)
    most_rows: ClassVar[int] = MOST_ROWS
    stock_outs: ClassVar[bool] = False

    scope: str = parameter(ALL, "Models", choices=SCOPES, help="One for all series, or one per K-Means group.")
    horizons: str = parameter(DIRECT, "Steps ahead", choices=HORIZONS, help="recursive: each from the one before.")
    drivers: bool = parameter(default=True, label="Use price, promotion, events and shoppers' behaviour")

    @abstractmethod
    def learner(self) -> RowLearner:
        """What learns from the rows, with the settings of the method."""

    def fit(self, history: Panel, *, seed: int) -> FittedModel:
        """Learn from rows drawn from all series.

        Raises:
            InsufficientHistoryError: a series has fewer than 8 observed periods.
        """
        settings = PooledSettings(
            self.scope, self.horizons, self.drivers, most_rows=self.most_rows, stock_outs=self.stock_outs
        )
        return fit_pooled(self, history, self.learner(), settings, seed)
