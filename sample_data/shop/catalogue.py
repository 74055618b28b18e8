"""Which products there are, where they are kept, how they sell and who supplies them."""

from dataclasses import dataclass
from itertools import count

import numpy as np
import pandas as pd

from shop import names, settings

POPULARITY_UNITS = {"hit": (10.0, 28.0), "steady": (0.5, 2.6), "slow": (0.12, 0.5), "part": (0.1, 0.7)}
"""Mean units a day over all warehouses, low and high, per popularity."""

PROCESS_OF_PART = ("intermittent", "lumpy", "lumpy", "intermittent")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The shop's master data.

    `products`: one row per SKU in order; `series`: one row per SKU kept in a warehouse, with the row number of its
    product, its warehouse number and its share of the product's demand; `suppliers`: one row per supplier;
    `items`: one row per SKU and its supplier with MOQ, pack and cost.
    """

    products: pd.DataFrame
    series: pd.DataFrame
    suppliers: pd.DataFrame
    items: pd.DataFrame


def _variants() -> pd.DataFrame:
    """One row per product with its names, cost, season, week and line size, as hand-written."""
    rng = settings.randomness("cost")
    rows = []
    for category, text in names.GOODS.items():
        prefix = names.CATEGORIES[category][0]
        number = count(101)
        for line in text.strip().splitlines():
            base, base_zh, cost, season, week, size, variants = line.split("|")
            low, high = (float(x) for x in cost.split("-"))
            brand = names.BRANDS[category][int(rng.integers(len(names.BRANDS[category])))]
            for variant in variants.split(";"):
                english, chinese = variant.split("=")
                rows.append(
                    {
                        "sku": f"{prefix}-{next(number)}",
                        "product": f"{base} {english}",
                        "product_zh": f"{base_zh} {chinese}",
                        "category": category,
                        "brand": brand,
                        "unit_cost": round(float(rng.uniform(low, high)), 1),
                        "season": season,
                        "week": week,
                        "line_size": float(size),
                    }
                )
    return pd.DataFrame(rows)


def _popularity(products: pd.DataFrame) -> pd.DataFrame:
    """Adds popularity, demand process and mean units a day of each product."""
    rng = settings.randomness("popularity")
    paired = products["product"].isin([name for pair in names.PAIRS for name in pair])
    kind = rng.choice(["hit", "steady", "slow"], size=len(products), p=[0.13, 0.57, 0.30])
    kind = np.where(paired, np.where(rng.random(len(products)) < 0.5, "hit", "steady"), kind)
    kind = np.where(products["category"] == "Spare parts", "part", kind)
    low, high = (np.array([POPULARITY_UNITS[k][i] for k in kind]) for i in (0, 1))
    # Dear goods sell fewer units: without this a hit rice cooker would outsell the tea.
    dearness = (products["unit_cost"].to_numpy() / 8.0) ** -0.35
    units = np.exp(rng.uniform(np.log(low), np.log(high))) * np.clip(dearness, 0.45, 1.5)
    process = np.where(rng.random(len(products)) < 0.18, "erratic", "smooth")
    process = np.where(kind == "slow", "intermittent", process)
    process = np.where(kind == "part", rng.choice(PROCESS_OF_PART, len(products)), process)
    process = np.where(paired, "smooth", process)
    units = np.where(paired, np.maximum(units, 5.0), units)
    return products.assign(popularity=kind, process=process, units_a_day=units.round(3), paired=paired)


def _lives(products: pd.DataFrame) -> pd.DataFrame:
    """Adds launch and discontinuation as day numbers (may lie before the history) and the life stage."""
    rng = settings.randomness("lives")
    free = products.index[~products["paired"]].to_numpy()
    chosen = rng.permutation(free)
    launch = -rng.integers(30, 1500, len(products))
    end = np.full(len(products), settings.SPAN + 400)
    launch[chosen[:13]] = settings.DAYS - rng.integers(60, 182, 13)
    launch[chosen[13:30]] = rng.integers(120, 800, 17)
    end[chosen[30:44]] = rng.integers(560, settings.DAYS - 20, 14)
    stage = np.full(len(products), "established", object)
    stage[chosen[:13]] = "new"
    stage[chosen[13:30]] = "launched"
    stage[chosen[30:44]] = "discontinued"
    return products.assign(launch=launch, end=end, stage=stage)


def _prices(products: pd.DataFrame) -> pd.DataFrame:
    """Adds the first list price: cost over one minus a margin of 36 to 57 %, ending in .9 where it is above ten."""
    margin = settings.randomness("margin").uniform(0.36, 0.57, len(products))
    price = products["unit_cost"].to_numpy() / (1 - margin)
    return products.assign(first_price=np.where(price < 10, price, np.floor(price) + 0.9).round(1))


def _series(products: pd.DataFrame) -> pd.DataFrame:
    """Every SKU-warehouse pair that is kept, with its share of the SKU's demand (shares of a SKU sum to 1)."""
    rng = settings.randomness("places")
    chance = {"hit": (1.0, 1.0), "steady": (0.8, 0.5), "slow": (0.7, 0.45), "part": (0.7, 0.45)}
    rows = []
    for number, kind in enumerate(products["popularity"]):
        extra = (True, True) if products["paired"].iloc[number] else tuple(rng.random(2) < chance[kind])
        kept = [0, *(place for place, keep in enumerate(extra, start=1) if keep)]
        share = np.array([settings.WAREHOUSE_SHARE[place] for place in kept]) * rng.gamma(20, 1 / 20, len(kept))
        rows += [
            {"product": number, "place": place, "share": part}
            for place, part in zip(kept, share / share.sum(), strict=True)
        ]
    return pd.DataFrame(rows)


def _suppliers() -> pd.DataFrame:
    """One row per supplier with its terms."""
    columns = ["supplier", "supplier_zh", "categories", "lead", "lead_sd", "review", "minimum", "order_cost"]
    return pd.DataFrame(list(names.SUPPLIERS), columns=columns)


def _items(products: pd.DataFrame, suppliers: pd.DataFrame) -> pd.DataFrame:
    """The supplier of each SKU (row number), its MOQ and pack in units and the unit cost."""
    rng = settings.randomness("items")
    rows = []
    for product in products.itertuples():
        able = [i for i, kinds in enumerate(suppliers["categories"]) if product.category in kinds]
        small = product.unit_cost > 12 or product.units_a_day < 0.6
        pack = int(rng.choice([1, 2, 4] if small else [6, 10, 12, 20]))
        weeks = rng.uniform(0.5, 2.0)
        moq = pack * max(1, round(float(product.units_a_day) * 7 * weeks / pack))
        rows.append({"supplier": int(rng.choice(able)), "sku": product.sku, "moq": moq, "pack": pack})
    return pd.DataFrame(rows).assign(unit_cost=products["unit_cost"].to_numpy())


def build() -> Catalogue:
    """The whole catalogue; the same on every call."""
    products = _prices(_lives(_popularity(_variants())))
    suppliers = _suppliers()
    return Catalogue(products, _series(products), suppliers, _items(products, suppliers))
