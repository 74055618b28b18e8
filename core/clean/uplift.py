"""What promotions added to the units sold, against the same SKU's usual weekday."""

from typing import Final

import numpy as np

from core.base.calendar import Frequency, weekday
from core.base.columns import PROMOTION
from core.base.types import BoolArray, FloatArray
from core.clean.robust import known_exceptions
from core.series.panel import Panel

FEWEST: Final = 4
"""Usual periods of a weekday below which the SKU's mean over all its usual periods stands in."""


def promotion_uplift(panel: Panel) -> FloatArray:
    """Units above the usual in periods on promotion, all series together, shape (n_periods,).

    Usual is the series' mean over its periods in stock without promotion, event or holiday: of the same weekday where
    there are enough. A promotion that sold less than usual counts 0, and so does one of a series without usual periods.
    """
    if PROMOTION not in panel.drivers or not len(panel):
        return np.zeros(panel.n_periods)
    demand, promoted = panel.observed(), panel.dense(panel.drivers[PROMOTION], fill=0.0) > 0
    calm = ~np.isnan(demand) & ~panel.dense(known_exceptions(panel), fill=1.0).astype(bool)
    usual = np.broadcast_to(_mean(demand, calm)[:, None], demand.shape).copy()
    if panel.frequency is Frequency.DAY:
        days = weekday(panel.calendar.periods)
        for day in range(7):
            same = days == day
            enough = calm[:, same].sum(axis=1) >= FEWEST
            own = _mean(demand[:, same], calm[:, same])
            usual[np.ix_(enough, same)] = own[enough][:, None]
    above = np.where(promoted, np.maximum(demand - usual, 0.0), 0.0)
    return np.asarray(np.nan_to_num(above).sum(axis=0))


def _mean(demand: FloatArray, chosen: BoolArray) -> FloatArray:
    """Mean over the chosen periods of each series, NaN without any, shape (n_series,)."""
    count = chosen.sum(axis=1)
    total = np.where(chosen, np.nan_to_num(demand), 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
