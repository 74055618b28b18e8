"""The constants of the shop: its calendar, its places and the effects that shape its demand."""

import zlib
from typing import Final

import numpy as np
import pandas as pd

SEED: Final = 1111
START: Final = pd.Timestamp("2023-11-01")
DAYS: Final = 1096
"""Days of history: 2023-11-01 to 2026-10-31."""
AHEAD: Final = 91
"""Days after the history for which promotions are already planned (13 weeks)."""
SPAN: Final = DAYS + AHEAD

WAREHOUSES: Final = ("Shanghai", "Guangzhou", "Chengdu")
WAREHOUSES_ZH: Final = ("上海仓", "广州仓", "成都仓")
WAREHOUSE_SHARE: Final = (0.5, 0.3, 0.2)

PROMOTIONS: Final = ("", "Coupon week", "Flash sale", "Double Eleven", "Christmas")
UPLIFT: Final = (1.0, 1.25, 1.9, 1.5, 1.2)
"""Factor on demand of each promotion type, beyond what its lower price does."""

ELASTICITY: Final = {
    "Outerwear": 1.6,
    "Summer & sun": 1.4,
    "Kitchen": 1.2,
    "Home & bedding": 1.3,
    "Baby & kids": 0.8,
    "Tea & snacks": 1.8,
    "Phone & desk": 2.0,
    "Spare parts": 0.3,
}
"""Demand is proportional to (price / first list price) ** -elasticity."""

CROSS_ELASTICITY: Final = 0.5
"""Demand is proportional to (competitor price index / 100) ** this."""

LEADS: Final = {"Clicks": (3, 0.35), "Favourites": (7, 0.15), "Ad spend": (1, 0.06)}
"""Days by which each signal leads sales, and its coefficient on the log of demand."""

DAMPING: Final = 0.25
"""Power to which calendar events, promotions and prices act on spare parts, which people buy when something breaks."""

RETURN_RATE: Final = {"Outerwear": 0.06, "Phone & desk": 0.025}
RETURN_RATE_ELSEWHERE: Final = 0.008

PAIR_STRENGTH: Final = 0.6
"""Chance that two lines of a known pair, sold on one day from one warehouse, were one basket."""

CANCELLED: Final = 2400
DUPLICATES: Final = 120
MISSING_PRICES: Final = 40
BULK_ORDERS: Final = 14
EXTRAS: Final = {"SHIPPING": 1500, "GIFTWRAP": 600, "DISCOUNT": 400}
"""Lines that are not goods: how many of each were planted."""


def randomness(stage: str) -> np.random.Generator:
    """The random stream of one stage, so that a change in one stage leaves the draws of the others alone."""
    return np.random.default_rng([SEED, zlib.crc32(stage.encode())])


def calendar() -> pd.DatetimeIndex:
    """All days of the history and of the planned weeks after it, shape (SPAN,)."""
    return pd.date_range(START, periods=SPAN, freq="D")
