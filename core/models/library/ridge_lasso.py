"""Ridge, lasso or a mixture: a straight line through all series' rows, its penalty chosen on their latest periods."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from core.base.parameters import parameter
from core.base.types import FloatArray
from core.models.pooled_fit import RowLearner, least_error
from core.models.pooled_lines import Line, Moments, Standard
from core.models.pooled_method import PooledRegression
from core.models.pooled_rows import Rows

CHOSEN: Final = -1.0
"""Stands for “choose it”."""
SHARES: Final = (0.0, 0.5, 1.0)
"""Shares of the penalty on absolute values that are tried: ridge, half and half, lasso."""
PENALTIES: Final = (0.1, 0.03, 0.01, 0.003, 0.001, 0.0003)
"""Penalties tried, relative to columns of variance 1, the strongest first."""
FAINTEST: Final = 1e-6
"""Keeps the equations solvable where columns say the same."""


@dataclass(frozen=True, slots=True)
class NetLine:
    """An elastic net.

    Attributes:
        shares: shares of the penalty on absolute values to choose from.
        penalties: penalties to choose from.
    """

    shares: tuple[float, ...]
    penalties: tuple[float, ...]

    def learn(self, rows: Rows, seed: int) -> Line:  # noqa: ARG002 - nothing is drawn
        """Choose share and penalty on the latest rows, then fit all of them."""
        pairs = [(share, penalty) for penalty in self.penalties for share in self.shares]
        earlier, later = rows.earlier_and_later()
        share, penalty = pairs[least_error(_lines(earlier, pairs), later)] if len(pairs) > 1 else pairs[0]
        return _lines(rows, [(share, penalty)])[0]


def _lines(rows: Rows, pairs: list[tuple[float, float]]) -> list[Line]:
    """One line per pair of share and penalty; the rows are summed up once."""
    standard = Standard.of(rows)
    moments = Moments.of(standard(rows.features), rows.residual, rows.weight)
    return [Line.through(standard, moments, _coefficients(moments, *pair)) for pair in pairs]


def _coefficients(moments: Moments, share: float, penalty: float) -> FloatArray:
    if share > 0:
        return moments.elastic_net(penalty, share)
    return np.asarray(moments.ridge(max(penalty, FAINTEST)))


@dataclass(frozen=True, slots=True)
class RidgeLasso(PooledRegression):
    """An elastic net corrects simple smoothing by calendar, drivers, recent demand and what like series did.

    Source:
        Zou and Hastie 2005, JRSS B 67 (elastic net); Tibshirani 1996, JRSS B 58 (lasso); Hoerl and Kennard 1970,
        Technometrics 12 (ridge).
    """

    key: ClassVar[str] = "ridge_lasso"
    label: ClassVar[str] = "Ridge and lasso regression"

    lasso_share: float = parameter(
        CHOSEN, "Lasso share", low=CHOSEN, high=1.0, help="0 = ridge, 1 = lasso; −1 chooses it on the latest periods."
    )
    penalty: float = parameter(
        CHOSEN, "Penalty", low=CHOSEN, high=10.0, help="Larger values keep effects nearer to zero; −1 chooses it."
    )

    def learner(self) -> RowLearner:
        """A line whose penalty is chosen where the user chose none."""
        shares = SHARES if self.lasso_share < 0 else (self.lasso_share,)
        penalties = PENALTIES if self.penalty < 0 else (self.penalty,)
        return NetLine(shares, penalties)
