"""From units sold to the lines of an order export, with the dirt every real export has."""

import hashlib

import numpy as np
import pandas as pd

from shop import names, settings
from shop.catalogue import Catalogue
from shop.market import Market
from shop.supply import Flows

WHOLESALE_CHANCE = 0.1
MULTI_BUY = 3.6
"""Factor on the units beyond the first of a line: many customers are small shops and offices."""
WHOLESALE_UNITS = (10, 31)
NEW_ORDER_CHANCE = 0.5
CHANNELS = ("App", "Marketplace", "Web")
CHANNEL_SHARE = (0.42, 0.23, 0.35)
CUSTOMERS = 6000
EXTRA_PRICE = {"SHIPPING": 5.9, "GIFTWRAP": 2.5, "DISCOUNT": -5.0}


def _split(catalogue: Catalogue, flows: Flows) -> pd.DataFrame:
    """Ordinary sales cut into lines: one row per line with series, day, units and units that later come back."""
    rng = settings.randomness("lines")
    series, day = np.nonzero(flows.sold)
    left = flows.sold[series, day].copy()
    usual = 1 + MULTI_BUY * (catalogue.products["line_size"].to_numpy() - 1)
    size = usual[catalogue.series["product"].to_numpy()][series]
    parts = []
    while len(left):
        units = rng.geometric(1 / size)
        wholesale = rng.random(len(left)) < WHOLESALE_CHANCE
        units = np.minimum(np.where(wholesale, rng.integers(*WHOLESALE_UNITS, len(left)), units), left)
        parts.append(pd.DataFrame({"series": series, "day": day, "units": units}))
        left = left - units
        keep = left > 0
        series, day, left, size = series[keep], day[keep], left[keep], size[keep]
    lines = pd.concat(parts, ignore_index=True).sort_values(["series", "day"], kind="stable", ignore_index=True)
    before = lines.groupby(["series", "day"])["units"].cumsum() - lines["units"]
    due = flows.returned_later[lines["series"], lines["day"]]
    lines["back"] = np.clip(due - before, 0, lines["units"]).astype(np.int64)
    lines["back_day"] = lines["day"] + flows.return_lag[lines["series"], lines["day"]]
    return lines


def _with_bulk(lines: pd.DataFrame, flows: Flows) -> pd.DataFrame:
    """Adds each bulk order as one line."""
    series, day = np.nonzero(flows.bulk)
    bulk = pd.DataFrame({"series": series, "day": day, "units": flows.bulk[series, day], "back": 0, "back_day": 0})
    return pd.concat([lines.assign(bulk=False), bulk.assign(bulk=True)], ignore_index=True)


def pairs(catalogue: Catalogue) -> list[tuple[int, int]]:
    """The known pairs as product row numbers."""
    row = {name: number for number, name in enumerate(catalogue.products["product"])}
    return [(row[first], row[second]) for first, second in names.PAIRS]


def _blocks(catalogue: Catalogue, lines: pd.DataFrame) -> np.ndarray:
    """A number per line, shared by two lines of a known pair that were one basket."""
    rng = settings.randomness("pairs")
    block = np.arange(len(lines))
    # Large lines are wholesale and stand alone, so they take no part in pairs.
    small = lines[lines["units"] < WHOLESALE_UNITS[0]]
    for first, second in pairs(catalogue):
        halves = []
        for product in (first, second):
            half = small.loc[small["product"] == product, ["day", "place"]].rename_axis("line").reset_index()
            halves.append(half.assign(rank=half.groupby(["day", "place"]).cumcount()))
        joined = halves[0].merge(halves[1], on=["day", "place", "rank"], suffixes=("", "_second"))
        joined = joined[rng.random(len(joined)) < settings.PAIR_STRENGTH]
        block[joined["line_second"]] = joined["line"]
    return block


def _baskets(catalogue: Catalogue, lines: pd.DataFrame) -> pd.DataFrame:
    """Adds the order key of each line: baskets of one day and one warehouse; large lines stand alone."""
    rng = settings.randomness("baskets")
    block = _blocks(catalogue, lines)
    order_of_blocks = rng.permutation(len(lines))
    alone = lines["units"] >= WHOLESALE_UNITS[0]
    lines = lines.assign(block=block, shuffle=order_of_blocks[block], alone=alone)
    lines = lines.sort_values(["day", "place", "alone", "shuffle", "block"], kind="stable", ignore_index=True)
    place = lines[["day", "place", "alone"]]
    new_group = (place != place.shift()).any(axis=1).to_numpy()
    new_block = (lines["block"] != lines["block"].shift()).to_numpy()
    coin = rng.random(len(lines)) < NEW_ORDER_CHANCE
    starts = new_group | (new_block & (coin | lines["alone"].to_numpy()))
    lines["order"] = np.cumsum(starts)
    # The same product twice in one basket would look like a duplicate line: the second becomes its own order.
    twice = lines.duplicated(["order", "product"]).to_numpy()
    lines.loc[twice, "order"] = lines["order"].max() + 1 + np.arange(twice.sum())
    return lines.drop(columns=["block", "shuffle", "alone"]).assign(status="completed")


def _cancelled(lines: pd.DataFrame) -> pd.DataFrame:
    """Adds single-line orders that were cancelled and never left the shelf."""
    rng = settings.randomness("cancelled")
    chosen = lines.iloc[np.sort(rng.choice(np.flatnonzero(~lines["bulk"]), settings.CANCELLED, replace=False))]
    units = np.minimum(chosen["units"], rng.integers(1, 8, len(chosen)))
    keys = lines["order"].max() + 1 + np.arange(len(chosen))
    return pd.concat([lines, chosen.assign(units=units, back=0, order=keys, status="cancelled")], ignore_index=True)


def _customer(number: int) -> str:
    """A pseudonymous customer id."""
    return "c" + hashlib.blake2b(f"{settings.SEED}-{number}".encode(), digest_size=3).hexdigest()[:5]


def _numbered(lines: pd.DataFrame) -> pd.DataFrame:
    """Adds channel, customer and order number, orders running with the days."""
    rng = settings.randomness("customers")
    orders = lines.groupby("order", as_index=False).agg(
        day=("day", "first"), place=("place", "first"), top=("units", "max")
    )
    channel = rng.choice(CHANNELS, len(orders), p=CHANNEL_SHARE)
    orders["channel"] = np.where(orders["top"] >= WHOLESALE_UNITS[0], "Wholesale", channel)
    weight = np.arange(1, CUSTOMERS + 1) ** -0.6
    customers = np.array([_customer(number) for number in range(CUSTOMERS)])
    orders["customer"] = customers[rng.choice(CUSTOMERS, len(orders), p=weight / weight.sum())]
    # Orders of one warehouse and channel stand together, which also helps the export compress.
    orders = orders.sort_values(["day", "place", "channel", "order"], ignore_index=True)
    orders["order_id"] = (1_000_001 + np.arange(len(orders))).astype(str)
    return lines.merge(orders[["order", "channel", "customer", "order_id"]], on="order")


def _priced(catalogue: Catalogue, market: Market, lines: pd.DataFrame) -> pd.DataFrame:
    """Adds SKU, names, the day's price and now and then a voucher amount off the line."""
    rng = settings.randomness("vouchers")
    products = catalogue.products.iloc[lines["product"].to_numpy()]
    price = market.price[lines["product"], lines["day"]]
    amount = price * lines["units"].to_numpy()
    voucher = np.where(amount >= 100, 10.0, np.where(amount >= 40, 5.0, 2.0))
    given = (rng.random(len(lines)) < 0.04) & (amount >= 15)
    return lines.assign(
        sku=products["sku"].to_numpy(),
        name=products["product"].to_numpy(),
        name_zh=products["product_zh"].to_numpy(),
        price=price,
        discount=np.where(given, voucher, 0.0),
        original="",
    )


def _returns(lines: pd.DataFrame) -> pd.DataFrame:
    """Adds a negative line on the day the units came back."""
    back = lines[lines["back"] > 0]
    back = back.assign(
        day=back["back_day"],
        units=-back["back"],
        status="returned",
        original=back["order_id"],
        order_id="R-" + back["order_id"],
        discount=0.0,
    )
    return pd.concat([lines, back], ignore_index=True)


def _extras(lines: pd.DataFrame) -> pd.DataFrame:
    """Adds lines that are no goods to existing orders; gift wrapping only before Christmas."""
    rng = settings.randomness("extras")
    orders = lines[lines["status"] == "completed"].drop_duplicates("order_id").assign(bulk=False)
    month = settings.calendar()[orders["day"]].month
    parts = [lines]
    for code, number in settings.EXTRAS.items():
        pool = orders[(month == 12) | (code != "GIFTWRAP")]
        chosen = pool.iloc[np.sort(rng.choice(len(pool), number, replace=False))]
        names_of_code = {"name": names.EXTRAS_EN[code], "name_zh": names.EXTRAS_ZH[code]}
        parts.append(
            chosen.assign(sku=code, **names_of_code, units=1, back=0, price=EXTRA_PRICE[code], discount=0.0, product=-1)
        )
    return pd.concat(parts, ignore_index=True)


def _dirtied(lines: pd.DataFrame) -> pd.DataFrame:
    """Sorts the export, blanks some prices, repeats some lines and marks the last days' orders as not yet closed."""
    rng = settings.randomness("dirt")
    lines = lines.assign(is_return=lines["status"] == "returned")
    keys = ["day", "is_return", "place", "channel", "order_id", "product"]
    lines = lines.sort_values(keys, kind="stable", ignore_index=True)
    goods = np.flatnonzero((lines["product"] >= 0) & (lines["status"] == "completed") & ~lines["bulk"])
    chosen = rng.choice(goods, settings.MISSING_PRICES + settings.DUPLICATES, replace=False)
    lines.loc[chosen[: settings.MISSING_PRICES], "price"] = np.nan
    late = (lines["day"] >= settings.DAYS - 2) & (lines["status"] == "completed")
    lines.loc[late, "status"] = "paid"
    repeated = lines.loc[np.sort(chosen[settings.MISSING_PRICES :])]
    return pd.concat([lines, repeated]).sort_index(kind="stable").reset_index(drop=True)


def build(catalogue: Catalogue, market: Market, flows: Flows) -> pd.DataFrame:
    """All lines of the sales export in order, one row per line."""
    lines = _with_bulk(_split(catalogue, flows), flows)
    series = catalogue.series.iloc[lines["series"].to_numpy()]
    lines = lines.assign(product=series["product"].to_numpy(), place=series["place"].to_numpy())
    lines = _numbered(_cancelled(_baskets(catalogue, lines)))
    return _dirtied(_extras(_returns(_priced(catalogue, market, lines))))
