"""Demand classes after Syntetos, Boylan and Croston (2005): how often a SKU sells, and how much the amounts vary."""

from typing import Final

import numpy as np

from core.base.types import AnyArray, FloatArray

SMOOTH: Final = "smooth"
INTERMITTENT: Final = "intermittent"
ERRATIC: Final = "erratic"
LUMPY: Final = "lumpy"
NO_DEMAND: Final = "no demand"

ADI_CUT: Final = 1.32
CV2_CUT: Final = 0.49


def average_demand_interval(dense: FloatArray) -> FloatArray:
    """Mean number of observed periods per period with demand, shape (n_series,); NaN without demand [ADI].

    Args:
        dense: units per period, NaN = not observed, shape (n_series, n_periods).
    """
    observed = (~np.isnan(dense)).sum(axis=1)
    selling = (np.nan_to_num(dense) > 0).sum(axis=1)
    return np.asarray(np.where(selling > 0, observed / np.maximum(selling, 1), np.nan))


def squared_variation(dense: FloatArray) -> FloatArray:
    """Squared coefficient of variation of the non-zero amounts, shape (n_series,); NaN without demand [CV²]."""
    sold = np.where(np.nan_to_num(dense) > 0, dense, np.nan)
    selling = (~np.isnan(sold)).sum(axis=1)
    safe = np.maximum(selling, 1)
    mean = np.nansum(sold, axis=1) / safe
    variance = np.nansum((sold - mean[:, None]) ** 2, axis=1) / safe
    return np.asarray(np.where(selling > 0, variance / np.where(mean > 0, mean, 1.0) ** 2, np.nan))


def demand_class(dense: FloatArray) -> AnyArray:
    """Class of each series, texts of shape (n_series,).

    Source: Syntetos, Boylan & Croston 2005, "On the categorization of demand patterns", cut-offs 1.32 and 0.49.
    """
    adi, cv2 = average_demand_interval(dense), squared_variation(dense)
    often, even = adi < ADI_CUT, cv2 < CV2_CUT
    classes = np.select([often & even, ~often & even, often & ~even], [SMOOTH, INTERMITTENT, ERRATIC], LUMPY)
    return np.asarray(np.where(np.isnan(adi), NO_DEMAND, classes), dtype=object)
