"""Parts of the shop a reader may look at: the series each one holds, and the SKUs to find by words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.types import BoolArray
from core.series.panel import Panel
from core.store.runs import SeriesChoice

TOTAL: Final = "total"
CATEGORY: Final = "category"
LOCATION: Final = "location"
SKU: Final = "sku"
NO_CATEGORY: Final = "–"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at.

    Attributes:
        level: total, category, location or sku.
        name: of the category, location or SKU; "" for the total.
        location: of a SKU; "" = all its locations together.
    """

    level: str = TOTAL
    name: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class SkuIndex:
    """Every SKU with what it can be found by.

    Attributes:
        skus: every SKU, in order.
        texts: code and name of each in small letters.
        by_category: SKUs of each category; empty when there is only one.
    """

    skus: tuple[str, ...]
    texts: tuple[str, ...]
    by_category: Mapping[str, tuple[str, ...]]

    def find(self, words: str, category: str = "", limit: int = 100) -> list[str]:
        """SKUs whose code or name holds every word, those whose code begins so first; at most `limit`.

        Args:
            words: what was typed, "" = any.
            category: only SKUs of this category; "" = all.
            limit: most SKUs given back.
        """
        wanted = words.lower().split()
        inside = set(self.by_category[category]) if category in self.by_category else None
        found = [
            sku
            for sku, text in zip(self.skus, self.texts, strict=True)
            if (inside is None or sku in inside) and all(word in text for word in wanted)
        ]
        first = words.lower().strip()
        return sorted(found, key=lambda sku: not sku.lower().startswith(first))[:limit]


def sku_index(panel: Panel, names: Mapping[str, str]) -> SkuIndex:
    """Every SKU of the series.

    Args:
        panel: the series.
        names: product name per SKU.
    """
    skus = tuple(sorted({str(sku) for sku in panel.skus}))
    texts = tuple(f"{sku} {names.get(sku, '')}".lower() for sku in skus)
    groups: dict[str, dict[str, None]] = {}
    for sku, category in zip(panel.skus, categories(panel), strict=True):
        groups.setdefault(category, {})[str(sku)] = None
    several = len(groups) > 1
    return SkuIndex(skus, texts, {name: tuple(found) for name, found in sorted(groups.items())} if several else {})


def categories(panel: Panel) -> list[str]:
    """Category of each series, "–" where none is known."""
    texts = panel.attributes.get(CATEGORY, np.full(len(panel), "", dtype=object))
    return [str(text) or NO_CATEGORY for text in texts]


def members(panel: Panel, scope: Scope) -> BoolArray:
    """The series a scope holds, shape (n_series,)."""
    if scope.level == TOTAL:
        return np.ones(len(panel), bool)
    if scope.level == CATEGORY:
        return np.array([category == scope.name for category in categories(panel)], bool)
    if scope.level == LOCATION:
        return np.asarray(panel.locations == scope.name, bool)
    here = np.ones(len(panel), bool) if not scope.location else panel.locations == scope.location
    return np.asarray((panel.skus == scope.name) & here, bool)


def choice_of(panel: Panel, scope: Scope) -> SeriesChoice:
    """The same series as rows of a stored run."""
    if scope.level == TOTAL:
        return SeriesChoice()
    if scope.level == LOCATION:
        return SeriesChoice(location=scope.name)
    skus = tuple(sorted({str(sku) for sku in panel.skus[members(panel, scope)]}))
    return SeriesChoice(skus, scope.location or None)
