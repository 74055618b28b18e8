"""What customers want: the expected units per series and day, and one draw from it."""

import numpy as np
import pandas as pd

from shop import settings
from shop.catalogue import Catalogue
from shop.market import FloatArray, IntArray, Market

WEEK = {
    "weekend": (0.85, 0.85, 0.88, 0.95, 1.12, 1.25, 1.10),
    "office": (1.15, 1.15, 1.12, 1.10, 1.03, 0.75, 0.70),
    "flat": (1.02, 1.01, 1.00, 1.00, 1.00, 0.98, 0.99),
}
"""Factor of each weekday, Monday first; each week averages 1."""

WAVES = {
    "winter": (1.35, 5), "summer": (1.45, 188), "mild": (0.3, 330), "mild summer": (0.45, 190),
    "mild winter": (0.4, 10), "none": (0.05, 100), "gift": (0.12, 345), "school": (0.1, 240),
}  # fmt: skip
"""Height of the yearly cosine on the log of demand, and the day of the year of its peak."""
BUMPS = {"gift": ((352, 13, 0.85),), "school": ((56, 9, 0.6), (240, 12, 0.9))}
"""Extra peaks: day of the year, width in days, height on the log of demand."""

MEAN_SIZE = {"intermittent": 1.6, "lumpy": 6.0}
GAMMA_SHAPE = {"smooth": 14.0, "erratic": 0.9}


def yearly(season: str) -> FloatArray:
    """The yearly factor of a season class for each day of the calendar, averaging 1 over the history, (SPAN,)."""
    # A winter peak in early January must reach back over the year's end, which a cosine does by itself.
    day = settings.calendar().day_of_year.to_numpy()
    height, peak = WAVES[season]
    log = height * np.cos(2 * np.pi * (day - peak) / 365.25)
    for centre, width, lift in BUMPS.get(season, ()):
        log += lift * np.exp(-0.5 * ((day - centre) / width) ** 2)
    factor = np.exp(log)
    return factor / factor[: settings.DAYS].mean()


def season_and_week(catalogue: Catalogue) -> FloatArray:
    """Product of the yearly and the weekly factor, (n_products, SPAN)."""
    years = {name: yearly(name) for name in WAVES}
    weekday = settings.calendar().day_of_week.to_numpy()
    products = catalogue.products
    return np.array([
        years[season] * np.array(WEEK[week])[weekday]
        for season, week in zip(products["season"], products["week"], strict=True)
    ])  # fmt: skip


def life(catalogue: Catalogue) -> FloatArray:
    """The life-cycle and trend factor, 0 while a product is not listed, (n_products, SPAN)."""
    rng = settings.randomness("trend")
    products = catalogue.products
    day = np.arange(settings.SPAN)
    growth = rng.normal(0.05, 0.12, (len(products), 1))
    age = day - products["launch"].to_numpy()[:, None]
    left = products["end"].to_numpy()[:, None] - day
    ramp = np.clip(0.25 + 0.75 * age / 45, 0.25, 1.0)
    fade = np.clip(0.4 + 0.6 * left / 90, 0.4, 1.0)
    return np.where((age >= 0) & (left > 0), np.exp(growth * (day - 548) / 365) * ramp * fade, 0.0)


def expected(catalogue: Catalogue, market: Market) -> FloatArray:
    """Expected units per series and day if nothing ever ran out, (n_series, SPAN)."""
    products = catalogue.products
    elasticity = products["category"].map(settings.ELASTICITY).to_numpy()[:, None]
    first = products["first_price"].to_numpy()[:, None]
    pushed = market.event * np.asarray(settings.UPLIFT)[market.promotion] * (market.price / first) ** -elasticity
    damped = np.where(products["category"].to_numpy()[:, None] == "Spare parts", settings.DAMPING, 1.0)
    outside = (market.competitor / 100) ** settings.CROSS_ELASTICITY
    signals = np.exp(sum(market.felt.values()))
    units = products["units_a_day"].to_numpy()[:, None]
    per_product = units * season_and_week(catalogue) * life(catalogue) * (pushed * outside) ** damped * signals
    series = catalogue.series
    # Rounded so that a last-bit difference between processors cannot change the draws that follow.
    return (per_product[series["product"].to_numpy()] * series["share"].to_numpy()[:, None]).round(5)


def draw(catalogue: Catalogue, mean: FloatArray) -> IntArray:
    """One history of wanted units, (n_series, DAYS); its mean is `mean`, its spread that of each SKU's process."""
    rng = settings.randomness("demand")
    mean = mean[:, : settings.DAYS]
    process = catalogue.products["process"].to_numpy()[catalogue.series["product"].to_numpy()]
    units = np.zeros(mean.shape, np.int64)
    for name, shape in GAMMA_SHAPE.items():
        rows = process == name
        units[rows] = rng.poisson(mean[rows] * rng.gamma(shape, 1 / shape, mean[rows].shape).round(6))
    for name, size in MEAN_SIZE.items():
        rows = process == name
        events = rng.poisson(mean[rows] / size)
        beyond = rng.negative_binomial(np.maximum(events, 1), 1 / size)
        more = beyond if name == "lumpy" else rng.poisson(events * (size - 1))
        units[rows] = np.where(events > 0, events + more, 0)
    return units


def bulk_orders(catalogue: Catalogue, mean: FloatArray) -> pd.DataFrame:
    """A few single orders far above the usual: series, day, wanted units."""
    rng = settings.randomness("bulk")
    usual = mean[:, : settings.DAYS].mean(axis=1)
    smooth = catalogue.products["process"].to_numpy()[catalogue.series["product"].to_numpy()] == "smooth"
    able = np.flatnonzero((usual > 1.5) & (usual < 9) & smooth & (mean[:, : settings.DAYS].min(axis=1) > 0))
    series = np.sort(rng.choice(able, settings.BULK_ORDERS, replace=False))
    days = rng.integers(90, settings.DAYS - 30, len(series))
    units = np.ceil(usual[series] * rng.uniform(10, 18, len(series))).astype(np.int64)
    return pd.DataFrame({"series": series, "day": days, "wanted": units})
