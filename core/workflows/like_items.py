"""Like-items: a planner says which known SKU a new one will sell like, or takes one of the proposals."""

import math
import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.errors import ParameterError
from core.base.language import _
from core.models.like_items import FADE
from core.store import facts
from core.store import like_items as store
from core.store.like_items import LikeItem
from core.store.workspace import Workspace
from core.workflows.datasets import Dataset, current_dataset
from core.workflows.newcomers import little_history

__all__ = ["LikeItem", "candidates", "choose", "choose_all", "like_items", "proposals", "take_back"]
LONGEST_REASON: Final = 300
LITTLE: Final = 3
"""A SKU with fewer observed periods than this many times the fading constant has little history."""
SAME_CATEGORY, SAME_NAME, NEAR_PRICE = 0.4, 0.4, 0.2
"""What category, words of the name and price count in the likeness of two SKUs; together 1."""


def like_items(workspace: Workspace) -> pd.DataFrame:
    """SKUs forecast like others: sku, like_sku, multiplier, reason, created_at (UTC)."""
    return store.like_items(workspace)


def choose(workspace: Workspace, sku: str, like_sku: str, multiplier: float = 1.0, reason: str = "") -> None:
    """Forecast a SKU like another one from the next forecast on; its history is left untouched.

    Raises:
        NoDataError: nothing was imported yet.
        ParameterError: as `choose_all`.
    """
    choose_all(workspace, [LikeItem(sku, like_sku, multiplier, reason)])


def choose_all(workspace: Workspace, wanted: Sequence[LikeItem]) -> None:
    """Store several choices; all of them or, when one is refused, none.

    Raises:
        NoDataError: nothing was imported yet.
        ParameterError: a code is missing, a like-item has no sales or is the SKU itself, a multiplier is not above 0.
    """
    dataset = current_dataset(workspace)
    store.put_like_items(workspace, [_checked(dataset, each) for each in wanted])


def take_back(workspace: Workspace, sku: str) -> None:
    """Forecast a SKU by its own history again.

    Raises:
        ParameterError: it has no like-item.
    """
    if not store.drop_like_item(workspace, sku):
        raise ParameterError(
            f"A SKU with a like-item is expected; “{sku[:80]}” has none. Choose one from the list of like-items."
        )


def candidates(workspace: Workspace) -> pd.DataFrame:
    """SKUs that could use a like-item: of product files but never sold, or with little history.

    What occurs in sales alone and is cleaned away whole, such as postage, is no new item.

    Returns:
        sku, product_name, category, periods (observed, of the location with most), like_sku (chosen, "" = none); those
        with fewest periods first.

    Raises:
        NoDataError: nothing was imported yet.
    """
    dataset = current_dataset(workspace)
    limit = LITTLE * FADE[dataset.panel.frequency]
    few = little_history(dataset, limit).groupby("sku")["periods"].max()
    grown = set(dataset.panel.skus) - set(few.index)
    products = facts.product_rows(workspace).to_pandas().drop_duplicates("sku").set_index("sku")
    coming = products["declared"] & products["discontinued_on"].isna()
    skus = [sku for sku in products.index if sku not in grown and (sku in few.index or coming[sku])]
    chosen = store.like_items(workspace).set_index("sku")["like_sku"]
    table = pd.DataFrame(
        {
            "sku": skus,
            "product_name": products["product_name"].reindex(skus).fillna("").to_numpy(),
            "category": products["category"].reindex(skus).fillna("").to_numpy(),
            "periods": few.reindex(skus).fillna(0).astype(int).to_numpy(),
            "like_sku": chosen.reindex(skus).fillna("").to_numpy(),
        }
    )
    return table.sort_values(["periods", "sku"], kind="stable", ignore_index=True)


def proposals(workspace: Workspace, sku: str, limit: int = 5) -> pd.DataFrame:
    """Known SKUs that a new one is most like: same category, words of the name, near price.

    Args:
        workspace: the shop.
        sku: the new SKU.
        limit: at most so many.

    Returns:
        like_sku, product_name, category, price, likeness (0 to 1), reason; the most alike first. Only SKUs that sold
        in the last quarter of the history and have at least one of the three in common with it.

    Raises:
        NoDataError: nothing was imported yet.
    """
    panel = current_dataset(workspace).panel
    recent = max(panel.n_periods * 3 // 4, 1)
    selling = {str(name) for name in panel.skus[(np.nan_to_num(panel.dense()[:, recent:]) > 0).any(axis=1)]} - {sku}
    selling -= set(store.like_items(workspace)["sku"])
    products = facts.product_rows(workspace).to_pandas().drop_duplicates("sku").set_index("sku")
    if sku not in products.index:
        return pd.DataFrame(columns=["like_sku", "product_name", "category", "price", "likeness", "reason"])
    known = products.loc[sorted(selling & set(products.index))]
    prices = products["unit_price"].fillna(products["sold_price"]).astype(float)
    own = products.loc[sku]
    same = (known["category"] == own["category"]).fillna(value=False).to_numpy(bool)
    names = np.array([_overlap(_words(own["product_name"]), _words(text)) for text in known["product_name"]])
    near = _nearness(prices[sku], prices[known.index].to_numpy())
    table = pd.DataFrame(
        {
            "like_sku": known.index,
            "product_name": known["product_name"].fillna("").to_numpy(),
            "category": known["category"].fillna("").to_numpy(),
            "price": prices[known.index].to_numpy(),
            "likeness": SAME_CATEGORY * same + SAME_NAME * names + NEAR_PRICE * near,
            "reason": [_reason(each) for each in zip(same, names, near, strict=True)],
        }
    )
    return (
        table[table["reason"] != ""]
        .sort_values(["likeness", "like_sku"], ascending=[False, True], kind="stable")
        .head(limit)
        .reset_index(drop=True)
    )


def _checked(dataset: Dataset, wanted: LikeItem) -> LikeItem:
    """The choice with its texts trimmed."""
    clean = LikeItem(
        wanted.sku.strip(), wanted.like_sku.strip(), float(wanted.multiplier), wanted.reason.strip()[:LONGEST_REASON]
    )
    if not clean.sku or clean.sku == clean.like_sku:
        raise ParameterError(
            f"A new SKU and another one that it will sell like are expected; “{clean.sku[:80]}” and "
            f"“{clean.like_sku[:80]}” were given. Give two different codes."
        )
    if not (dataset.panel.skus == clean.like_sku).any():
        raise ParameterError(
            f"A like-item with sales is expected for {clean.sku[:80]}; “{clean.like_sku[:80]}” has none. "
            "Choose a SKU of the clean demand."
        )
    if not (math.isfinite(clean.multiplier) and clean.multiplier > 0):
        raise ParameterError(
            f"A multiplier above 0 is expected; {clean.multiplier:g} was given for {clean.sku[:80]}. "
            "Give how many units you expect per unit of the like-item, usually 1."
        )
    return clean


def _words(text: Any) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold())) if isinstance(text, str) else frozenset()


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of words in common (Jaccard 1901), 0 without words."""
    return len(one & other) / len(one | other) if one and other else 0.0


def _nearness(price: float, others: Any) -> Any:
    """1 at the same price, ½ at half or double, 0 where unknown."""
    known = (others > 0) & (price > 0)
    ratio = np.divide(others, price, out=np.ones(len(others)), where=known)
    return np.where(known, np.exp(-np.abs(np.log(ratio))), 0.0)


def _reason(facts: tuple[bool, float, float]) -> str:
    """What two SKUs have in common, for the planner: category, share of the name's words, nearness of the price.

    "" = nothing.
    """
    same_category, names, near = facts
    told = [
        text
        for holds, text in (
            (same_category, _("same category")),
            (names > 0, _("{share:.0%} of the words of the name").format(share=names)),
            (near > 0.5, _("similar price")),
        )
        if holds
    ]
    return ", ".join(told)
