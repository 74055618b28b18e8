"""A closer look at one series: the exact-likelihood fit of a given order with statsmodels, and its residuals."""

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.errors import InsufficientHistoryError
from core.base.types import FloatArray, frozen

MIN_OBSERVED: Final = 20
MAX_LAGS: Final = 28


@dataclass(frozen=True, slots=True)
class ArimaOrder:
    """Order of one seasonal ARIMA (p, d, q)(P, D, Q)m.

    Attributes:
        plain: p, d, q.
        seasonal: P, D, Q and the periods in a season; the last one 0 without a season.
        with_mean: whether a mean (or, once differenced, a drift) is estimated.
    """

    plain: tuple[int, int, int]
    seasonal: tuple[int, int, int, int] = (0, 0, 0, 0)
    with_mean: bool = False

    @property
    def lead(self) -> int:
        """Periods that differencing uses up."""
        return self.plain[1] + self.seasonal[1] * self.seasonal[3]

    @property
    def n_terms(self) -> int:
        """Autoregressive and moving-average parameters."""
        return self.plain[0] + self.plain[2] + self.seasonal[0] + self.seasonal[2]


@dataclass(frozen=True, slots=True, eq=False)
class ExactFit:
    """What statsmodels says about one series.

    Attributes:
        summary: the table of estimates as text.
        names: name of each parameter.
        estimates: value of each parameter, shape (n_parameters,).
        log_likelihood: of the exact Gaussian likelihood.
        aicc: Akaike's criterion, corrected for small samples.
        residuals: one-step errors after the start-up, units, NaN at gaps, shape (n_residuals,).
        acf: autocorrelation of the residuals at lags 0, 1, …, shape (n_lags + 1,).
        band: autocorrelations within ± band are compatible with noise (95 %).
        ljung_box: statistic of the Ljung–Box test over all lags shown.
        p_value: its p-value; a small one says that the model leaves structure in the residuals.
        converged: whether the optimiser found a maximum.
        notes: what statsmodels warned about.
    """

    summary: str
    names: tuple[str, ...]
    estimates: FloatArray
    log_likelihood: float
    aicc: float
    residuals: FloatArray
    acf: FloatArray
    band: float
    ljung_box: float
    p_value: float
    converged: bool
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in ("estimates", "residuals", "acf"):
            object.__setattr__(self, name, frozen(getattr(self, name)))


def exact_fit(demand: FloatArray, order: ArimaOrder, *, sku: str = "") -> ExactFit:
    """Maximum-likelihood fit of one series by the Kalman filter, gaps included.

    Args:
        demand: units per period, NaN = gap, shape (n_periods,).
        order: what to fit.
        sku: named in the error.

    Raises:
        InsufficientHistoryError: fewer than 20 observed periods besides those that differencing uses up.

    Source:
        Durbin & Koopman (2012), chapter 4 (likelihood with gaps); Ljung & Box (1978).
    """
    from statsmodels.stats.diagnostic import acorr_ljungbox
    from statsmodels.tsa.statespace.sarimax import SARIMAX
    from statsmodels.tsa.stattools import acf
    from threadpoolctl import threadpool_limits

    needed = MIN_OBSERVED + order.lead
    if np.sum(~np.isnan(demand)) < needed:
        raise InsufficientHistoryError.for_skus("The exact ARIMA fit", needed, [sku])
    # the matrices are tiny: more threads of linear algebra only wait for one another
    with threadpool_limits(limits=1), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = SARIMAX(
            demand,
            order=order.plain,
            seasonal_order=order.seasonal,
            trend="c" if order.with_mean else None,
            enforce_stationarity=True,
            enforce_invertibility=True,
        )
        fitted = model.fit(disp=False)
    residuals = np.where(np.isnan(demand), np.nan, fitted.resid)[order.lead :]
    known = residuals[~np.isnan(residuals)]
    lags = int(min(MAX_LAGS, len(known) // 2 - 1))
    correlations = acf(known, nlags=lags, fft=False)
    test = acorr_ljungbox(known, lags=[lags], model_df=min(order.n_terms, lags - 1))
    return ExactFit(
        summary=str(fitted.summary()),
        names=tuple(model.param_names),
        estimates=np.asarray(fitted.params),
        log_likelihood=float(fitted.llf),
        aicc=float(fitted.aicc),
        residuals=residuals,
        acf=correlations,
        band=1.96 / float(np.sqrt(len(known))),
        ljung_box=float(test["lb_stat"].iloc[0]),
        p_value=float(test["lb_pvalue"].iloc[0]),
        converged=bool(fitted.mle_retvals["converged"]),
        notes=tuple(dict.fromkeys(str(entry.message) for entry in caught)),
    )
