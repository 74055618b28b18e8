"""What the shop and the world do on each day: prices, promotions, signals before the sale, events, a competitor."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shop import settings
from shop.catalogue import Catalogue

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

EVENTS = {
    "11-08": 0.92, "11-09": 0.85, "11-10": 1.5, "11-11": 3.2, "11-12": 1.4, "11-13": 0.85, "11-14": 0.85,
    "06-16": 1.1, "06-17": 1.3, "06-18": 2.0, "06-19": 1.1,
    "10-01": 1.15, "10-02": 1.15, "10-03": 1.15,
    "12-20": 1.25, "12-21": 1.25, "12-22": 1.25, "12-23": 1.25, "12-24": 1.25, "12-25": 0.8,
}  # fmt: skip
"""Factor on the shop's demand by month and day."""
SPRING_FESTIVAL = ("2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06")
SPRING_FESTIVAL_FACTOR = 0.55

HOLIDAYS = {
    "01-01": "New Year", "05-01": "Labour Day", "06-18": "Mid-year sale", "10-01": "National Day",
    "10-02": "National Day", "10-03": "National Day", "11-11": "Double Eleven", "12-24": "Christmas Eve",
    "12-25": "Christmas Day",
}  # fmt: skip
GIFT_CATEGORIES = ("Outerwear", "Home & bedding", "Baby & kids", "Tea & snacks", "Kitchen")


@dataclass(frozen=True, slots=True)
class Market:
    """Day-by-day circumstances, products or the whole shop by day.

    `list_price`, `price` (n_products, SPAN): money per unit, before and after promotions.
    `promotion` (n_products, SPAN): index into PROMOTIONS, 0 for none.
    `felt`: per signal, what demand feels on a day, on the log scale, (n_products, SPAN); 0 for unwatched products.
    `deviation`: per signal, its own log deviation on the day it is recorded, (n_products, SPAN).
    `watched`: row numbers of the products with recorded signals.
    `event` (SPAN,): factor on demand. `competitor` (SPAN,): price index around 100.
    """

    list_price: FloatArray
    price: FloatArray
    promotion: IntArray
    felt: dict[str, FloatArray]
    deviation: dict[str, FloatArray]
    watched: IntArray
    event: FloatArray
    competitor: FloatArray


def spring_festival() -> npt.NDArray[np.bool_]:
    """Whether a day is one of the five shop-quiet days of the Spring Festival, shape (SPAN,)."""
    days = settings.calendar()
    starts = pd.to_datetime(list(SPRING_FESTIVAL))
    return np.array([any(0 <= (day - start).days < 5 for start in starts) for day in days])


def events() -> FloatArray:
    """Factor on demand of each day's calendar event, shape (SPAN,)."""
    factor = np.array([EVENTS.get(key, 1.0) for key in settings.calendar().strftime("%m-%d")])
    return np.where(spring_festival(), SPRING_FESTIVAL_FACTOR, factor)


def holidays() -> list[str]:
    """The holiday's name on each day, empty on ordinary days."""
    keys = settings.calendar().strftime("%m-%d")
    return ["Spring Festival" if festive else HOLIDAYS.get(key, "")
            for key, festive in zip(keys, spring_festival(), strict=True)]  # fmt: skip


def _list_prices(catalogue: Catalogue) -> FloatArray:
    """List price of each product and day: up to three lasting changes of 4 to 12 %, mostly upward.

    A change that would leave a margin below 30 % or above 60 % is not made.
    """
    rng = settings.randomness("list prices")
    price = np.repeat(catalogue.products["first_price"].to_numpy()[:, None], settings.SPAN, axis=1)
    for row, cost in zip(price, catalogue.products["unit_cost"], strict=True):
        for day in np.sort(rng.integers(60, settings.DAYS - 30, rng.integers(0, 4))):
            change = rng.uniform(0.04, 0.12) * (1 if rng.random() < 0.65 else -1)
            wish = round(row[day] * (1 + change), 1)
            if 0.3 < 1 - cost / wish < 0.6:
                row[day:] = wish
    return price.round(1)


def _window(rng: np.random.Generator, length: int, last: int) -> slice:
    """A random window of days that ends before `last`."""
    start = int(rng.integers(20, last - length))
    return slice(start, start + length)


def _own_promotions(catalogue: Catalogue) -> tuple[IntArray, FloatArray]:
    """Coupon weeks and flash sales chosen product by product: type and price factor, (n_products, SPAN)."""
    rng = settings.randomness("promotions")
    shape = (len(catalogue.products), settings.SPAN)
    kind, factor = np.zeros(shape, np.int64), np.ones(shape)
    for number, popularity in enumerate(catalogue.products["popularity"]):
        times = {"hit": 10, "steady": 6, "slow": 2, "part": 0}[popularity]
        for _ in range(times):
            flash = rng.random() < 0.45
            days = _window(rng, 2 if flash else 7, settings.SPAN)
            kind[number, days] = 2 if flash else 1
            factor[number, days] = 1 - (rng.choice([0.2, 0.25, 0.3]) if flash else rng.choice([0.05, 0.1, 0.15]))
    return kind, factor


def _promotions(catalogue: Catalogue) -> tuple[IntArray, FloatArray]:
    """All promotions: the shop's big days override a product's own."""
    kind, factor = _own_promotions(catalogue)
    rng = settings.randomness("big days")
    month_day = settings.calendar().strftime("%m-%d")
    # Prices fall two days before Double Eleven itself, as shops do to gather carts.
    eleven = np.asarray((month_day >= "11-09") & (month_day <= "11-12"))
    christmas = np.asarray((month_day >= "12-18") & (month_day <= "12-24"))
    for number, product in enumerate(catalogue.products.itertuples()):
        cut = rng.choice([0.1, 0.15, 0.2, 0.25], 2)
        if product.category != "Spare parts" and rng.random() < 0.7:
            kind[number, eleven], factor[number, eleven] = 3, 1 - cut[0]
        if product.category in GIFT_CATEGORIES and rng.random() < 0.6:
            kind[number, christmas], factor[number, christmas] = 4, 1 - cut[1] / 2
    on_sale = _listed(catalogue)
    return np.where(on_sale, kind, 0), np.where(on_sale, factor, 1.0)


def _listed(catalogue: Catalogue) -> npt.NDArray[np.bool_]:
    """Whether each product is in the catalogue on each day, (n_products, SPAN)."""
    day = np.arange(settings.SPAN)
    launch, end = (catalogue.products[name].to_numpy()[:, None] for name in ("launch", "end"))
    return (day >= launch) & (day < end)


def _autoregression(rng: np.random.Generator, shape: tuple[int, int], phi: float, sd: float) -> FloatArray:
    """A stationary first-order autoregression with stationary standard deviation `sd`."""
    noise = rng.normal(0, sd * np.sqrt(1 - phi**2), shape)
    walk = np.empty(shape)
    walk[:, 0] = rng.normal(0, sd, shape[0])
    for day in range(1, shape[1]):
        walk[:, day] = phi * walk[:, day - 1] + noise[:, day]
    return walk


def _signals(watched: IntArray, n_products: int) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """What demand feels of each signal `lead` days later, and the signal's own log deviation, on the same axis."""
    felt, deviation = {}, {}
    for name, (lead, coefficient) in settings.LEADS.items():
        rng = settings.randomness(name)
        shape = (len(watched), settings.SPAN + lead)
        if name == "Ad spend":
            # Bursts of one to two weeks at 20 to 120 money a day, nothing between them.
            on = _autoregression(rng, shape, 0.9, 1.0) > 0.9
            walk = np.where(on, np.log1p(np.round(rng.uniform(20, 120, (shape[0], 1)))), 0.0)
        else:
            walk = _autoregression(rng, shape, 0.7, 0.35)
        felt[name] = np.zeros((n_products, settings.SPAN))
        felt[name][watched] = coefficient * walk[:, : settings.SPAN]
        deviation[name] = np.zeros((n_products, settings.SPAN))
        deviation[name][watched] = walk[:, lead:]
    return felt, deviation


def build(catalogue: Catalogue) -> Market:
    """The market around a catalogue; the same on every call."""
    products = catalogue.products
    list_price = _list_prices(catalogue)
    kind, factor = _promotions(catalogue)
    price = np.where(kind > 0, np.floor(list_price * factor * 10) / 10, list_price)
    lively = (products["units_a_day"] > 2.5) & (products["stage"] != "discontinued")
    watched = products.index[lively].to_numpy()
    felt, deviation = _signals(watched, len(products))
    competitor = 100 * np.exp(_autoregression(settings.randomness("competitor"), (1, settings.SPAN), 0.97, 0.07)[0])
    return Market(list_price, price.round(1), kind, felt, deviation, watched, events(), competitor.round(1))
