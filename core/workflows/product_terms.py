"""Supply terms that products files state of their SKUs, beside those of suppliers files."""

from typing import Any

import pandas as pd

from core.base.columns import TERMS_OF_PRODUCTS
from core.base.errors import examples
from core.base.language import _, ngettext
from core.base.types import AnyArray
from core.store import facts
from core.store.workspace import Workspace


def suppliers_of(products: pd.DataFrame, terms: pd.DataFrame) -> list[Any]:
    """The supplier of each row: the one its products file names, else one that has terms for the SKU, else None.

    Args:
        products: columns sku and supplier, shape (n_rows,).
        terms: rows of suppliers files about single SKUs: columns sku and supplier.
    """
    by_sku = dict(zip(terms["sku"], terms["supplier"], strict=True))
    told = zip(products["sku"], products["supplier"], strict=True)
    return [given if isinstance(given, str) else by_sku.get(sku) for sku, given in told]


def overruled(workspace: Workspace) -> tuple[str, ...]:
    """Which terms of products files do not hold, because suppliers files say otherwise of the same SKUs."""
    products, terms = facts.product_rows(workspace).to_pandas(), facts.supply_rows(workspace).to_pandas()
    terms = terms[terms["sku"].notna()]
    products = products.assign(supplier=suppliers_of(products, terms))
    products = products[products["supplier"].notna() & products[list(TERMS_OF_PRODUCTS)].notna().any(axis=1)]
    if products.empty or terms.empty:
        return ()
    both = products.merge(terms, on=["supplier", "sku"], suffixes=("_left", "_holds"))
    changes = {name: _changes(both, name) for name in TERMS_OF_PRODUCTS}
    said: dict[str, dict[str, None]] = {}
    for name, changed in changes.items():
        for sku, left, holds in changed:
            text = _labels()[name].format(holds=f"{holds:g}", left=f"{left:g}")
            said.setdefault(str(sku), {})[text] = None
    if not said:
        return ()
    sentence = ngettext(
        "{n:,} SKU has other terms in a suppliers file than in a products file; the suppliers file holds: {which}.",
        "{n:,} SKUs have other terms in a suppliers file than in a products file; the suppliers file holds: {which}.",
        len(said),
    )
    which = examples([f"{sku} ({', '.join(texts)})" for sku, texts in said.items()])
    return (sentence.format(n=len(said), which=which),)


def _changes(both: pd.DataFrame, name: str) -> AnyArray:
    """SKU, value left and value that holds where both files state another value of a term, shape (n, 3)."""
    columns = [f"{name}_left", f"{name}_holds"]
    stated = both.dropna(subset=columns)
    return stated.loc[stated[columns[0]] != stated[columns[1]], ["sku", *columns]].to_numpy()


def _labels() -> dict[str, str]:
    return {
        "lead_time_days": _("lead time {holds}, not {left} days"),
        "moq": _("minimum order {holds}, not {left}"),
        "pack": _("pack {holds}, not {left}"),
    }
