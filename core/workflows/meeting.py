"""Which keys of the files meet sales, which do not, and what sold SKUs lack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from core.base.columns import TERMS_OF_PRODUCTS
from core.base.types import FloatArray
from core.store import datasets, facts
from core.store.workspace import Workspace
from core.workflows.datasets import current_dataset
from core.workflows.supply_places import only_place, orders_placed

SKU: Final = "sku"
PLACE: Final = "place"
LOCATION: Final = "location"
SUPPLIER: Final = "supplier"
KINDS: Final = {
    SKU: "SKU never sold",
    PLACE: "SKU never sold at this location",
    LOCATION: "Location without sales",
    SUPPLIER: "Supplier of no SKU",
}
"""What a key that meets no sales is, with its label."""
LACKS: Final = {
    "product": "In no product file",
    "stock": "No stock known",
    "supplier": "No supplier known",
    "terms": "Supplier without terms",
    "cost": "No cost known",
}
"""What a sold SKU can lack, with its label."""
_PLACED: Final = ("stock", "movements", "orders")
_KEYS: Final = {SKU: ["sku"], PLACE: ["sku", "location"], LOCATION: ["location"], SUPPLIER: ["supplier"]}
_UNMATCHED: Final = ["role", "kind", "sku", "location", "supplier", "product_name", "rows", "units", "money"]
_LACKING: Final = ["lacks", "sku", "location", "product_name", "units", "money"]


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """What meets and what does not; the tables of a JoinReport."""

    roles: pd.DataFrame
    unmatched: pd.DataFrame
    lacking: pd.DataFrame


def meet(workspace: Workspace, named: pd.DataFrame, sold: pd.DataFrame) -> Met:
    """Compare what files name with what was sold.

    Args:
        workspace: the store, asked for costs and prices.
        named: keys of the files beside the sales.
        sold: SKUs and locations with sales.
    """
    if sold.empty:
        nothing = pd.DataFrame(columns=_UNMATCHED)
        return Met(_roles(named.iloc[:0], nothing), nothing, pd.DataFrame(columns=_LACKING))
    named = _placed(named, only_place(sold["location"]))
    products = facts.product_rows(workspace).to_pandas()
    valued = named.assign(money=named["units"] * _worth(products, named["sku"]))
    unmatched = pd.concat(
        [_listed(valued[mask], kind) for kind, mask in _masks(valued, sold).items()], ignore_index=True
    )
    ordered = unmatched.sort_values(["money", "units", "rows"], ascending=False, kind="stable", ignore_index=True)
    return Met(_roles(named, ordered), ordered, _lacking(workspace, named, _products_of(workspace, sold), products))


def _placed(named: pd.DataFrame, only: str | None) -> pd.DataFrame:
    """Stock, movements and orders at the one place that sells, where the files or the sales name none."""
    at = named["role"].isin(_PLACED)
    return named.assign(location=orders_placed(named, only)["location"].where(at, named["location"]))


def _products_of(workspace: Workspace, sold: pd.DataFrame) -> pd.DataFrame:
    """What was sold without postage, vouchers and whatever else the recipe sets aside: those lack nothing."""
    if datasets.current_version(workspace) is None:
        return sold
    return sold[sold["sku"].isin(current_dataset(workspace).panel.skus)]


def _worth(products: pd.DataFrame, skus: pd.Series) -> FloatArray:
    """Money one piece of each SKU stands for: its cost, or else its price; NaN = unknown."""
    worth = products["unit_cost"].astype(float).fillna(products["unit_price"].astype(float))
    worth = worth.fillna(products["sold_price"].astype(float))
    return np.asarray(skus.map(dict(zip(products["sku"], worth, strict=True))).to_numpy(float))


def _masks(named: pd.DataFrame, sold: pd.DataFrame) -> dict[str, pd.Series]:
    """Per kind, which rows meet nothing; a row is listed as the widest kind that explains it."""
    no_sku = named["sku"].notna() & ~named["sku"].isin(sold["sku"])
    no_location = named["location"].notna() & ~named["location"].isin(sold["location"])
    pairs = pd.MultiIndex.from_frame(sold[["sku", "location"]])
    pair = pd.MultiIndex.from_frame(named[["sku", "location"]]).isin(pairs)
    both = named["sku"].notna() & named["location"].notna() & named["role"].isin(_PLACED)
    used = named.loc[named["role"].isin(["products", "orders"]) & named["supplier"].notna(), "supplier"]
    general = (named["role"] == "suppliers") & named["sku"].isna()
    return {
        SKU: no_sku,
        LOCATION: no_location,
        PLACE: both & ~no_sku & ~no_location & ~pair,
        SUPPLIER: general & ~named["supplier"].isin(used),
    }


def _listed(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """One row per role and key."""
    keys = ["role", *_KEYS[kind]]
    found = rows.groupby(keys, sort=True, as_index=False).agg(
        rows=("rows", "sum"), units=("units", _sum), money=("money", _sum)
    )
    if kind == SKU:
        names = rows.dropna(subset="product_name").drop_duplicates("sku").set_index("sku")["product_name"]
        found["product_name"] = found["sku"].map(names)
    found["kind"] = kind
    texts = found.reindex(columns=_UNMATCHED).astype(dict.fromkeys(_UNMATCHED[:6], object))
    return texts.where(texts.notna() | ~texts.columns.isin(_UNMATCHED[:6]), None)


def _sum(values: pd.Series) -> float:
    """The sum of the known ones, NaN when none is."""
    return float(values.sum(min_count=1))


def _roles(named: pd.DataFrame, unmatched: pd.DataFrame) -> pd.DataFrame:
    """How many keys each role has of each kind, and how many of them meet nothing."""
    rows = []
    for role in sorted(set(named["role"])):
        own = named[named["role"] == role]
        for kind, keys in _KEYS.items():
            total = len(own[keys].dropna().drop_duplicates())
            if not total or (kind == PLACE and role not in _PLACED) or (kind == SUPPLIER and role != "suppliers"):
                continue
            lost = unmatched[(unmatched["role"] == role) & (unmatched["kind"] == kind)]
            rows.append(
                (role, kind, total, len(lost), int(lost["rows"].sum()), _sum(lost["units"]), _sum(lost["money"]))
            )
    return pd.DataFrame(rows, columns=["role", "kind", "keys", "unmet", "rows", "units", "money"])


def _lacking(workspace: Workspace, named: pd.DataFrame, sold: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Sold SKUs that files beside the sales say too little of."""
    skus = sold.groupby("sku", as_index=False).agg(
        product_name=("product_name", "first"), units=("units", "sum"), money=("money", _sum)
    )
    terms = facts.supply_rows(workspace).to_pandas()
    suppliers = _known(terms, "supplier") | _known(products, "supplier")
    supplier = pd.Series([suppliers.get(sku) for sku in skus["sku"]], dtype=object)
    general = terms[terms["sku"].isna()].set_index("supplier")["unit_cost"].astype(float).dropna()
    own_terms = {sku for term in TERMS_OF_PRODUCTS for sku in _known(products, term)}
    costly = skus["sku"].isin([*_known(products, "unit_cost"), *_known(terms, "unit_cost")])
    absent = {
        "product": ~skus["sku"].isin(named.loc[named["role"] == "products", "sku"]),
        "supplier": supplier.isna(),
        "terms": supplier.notna() & ~supplier.isin(terms["supplier"]) & ~skus["sku"].isin(own_terms),
        "cost": ~(costly | supplier.isin(general.index)),
    }
    found = [skus[mask].assign(lacks=lacks, location=None) for lacks, mask in absent.items()]
    stocked = named.loc[named["role"].isin(["stock", "movements"]), ["sku", "location"]]
    bare = ~pd.MultiIndex.from_frame(sold[["sku", "location"]]).isin(pd.MultiIndex.from_frame(stocked))
    table = pd.concat([*found, sold[bare].assign(lacks="stock")], ignore_index=True)[_LACKING]
    return table.sort_values(["money", "units"], ascending=False, kind="stable", ignore_index=True)


def _known(table: pd.DataFrame, column: str) -> dict[str, object]:
    """SKU → what a table says of it, where it says anything."""
    told = table[table["sku"].notna() & table[column].notna()]
    return dict(zip(told["sku"], told[column], strict=True))


def unmet(found: pd.DataFrame, kind: str) -> Sequence[str]:
    """The distinct keys of a kind in a table of unmatched ones."""
    return [str(key) for key in dict.fromkeys(found.loc[found["kind"] == kind, _KEYS[kind][0]])]
