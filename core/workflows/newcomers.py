"""Puts new items beside the series that have sold, so that they are forecast like the SKUs named for them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from core.base.types import AnyArray, BoolArray, FloatArray, IntArray
from core.clean.life_stage import NEW
from core.models.like_items import Likeness, own_weight
from core.series.panel import Panel
from core.store import facts
from core.store import like_items as store
from core.store.workspace import Workspace
from core.workflows import drivers
from core.workflows.datasets import LIFE_STAGE, STATIC_TEXTS, Dataset, current_dataset
from core.workflows.scopes import CATEGORY


@dataclass(frozen=True, slots=True, eq=False)
class Newcomers:
    """A panel in which every new item is a series, and who is like whom.

    Attributes:
        panel: the series that have sold, in their order, then new items that never sold, of length 0.
        source: per series of the panel, the series whose method it takes: itself, or its like-item, shape (n_series,).
        likeness: None when nothing is forecast like anything else.
    """

    panel: Panel
    source: IntArray
    likeness: Likeness | None

    def told(self) -> list[dict[str, Any]]:
        """Per new series: sku, location, like_sku, multiplier, and the weight of its own history, in [0, 1)."""
        if self.likeness is None:
            return []
        panel, chosen = self.panel, self.likeness
        seen = (~np.isnan(panel.observed()[chosen.new])).sum(axis=1)
        weights = own_weight(panel, seen)
        return [
            {
                "sku": str(panel.skus[new]),
                "location": str(panel.locations[new]),
                "like_sku": str(panel.skus[like]),
                "multiplier": float(factor),
                "own_weight": round(float(weight), 4),
            }
            for new, like, factor, weight in zip(chosen.new, chosen.like, chosen.multiplier, weights, strict=True)
        ]


def with_newcomers(workspace: Workspace, dataset: Dataset) -> Newcomers:
    """The dataset's panel with the new items that planners named a like-item for.

    A new item is expected wherever its like-item sells; where it sells itself, its own series is used. Like-items that
    are no longer in the data are passed over.
    """
    chosen = store.like_items(workspace)
    panel = dataset.panel
    if not len(chosen):
        return Newcomers(panel, np.arange(len(panel)), None)
    row_of = {key: row for row, key in enumerate(zip(panel.skus, panel.locations, strict=True))}
    new: list[int] = []
    like: list[int] = []
    factor: list[float] = []
    added: list[tuple[tuple[str, str], int]] = []
    for entry in chosen.itertuples():
        for row in np.flatnonzero(panel.skus == entry.like_sku).tolist():
            key = (entry.sku, panel.locations[row])
            new.append(row_of.get(key, len(panel) + len(added)))
            like.append(row)
            factor.append(float(entry.multiplier))
            if key not in row_of:
                added.append((key, row))
    if not new:
        return Newcomers(panel, np.arange(len(panel)), None)
    whole = _extended(workspace, panel, added) if added else panel
    source = np.concatenate([np.arange(len(panel)), np.array([row for _key, row in added], np.int64)])
    group = whole.attributes.get(CATEGORY, np.full(len(whole), "", dtype=object))
    likeness = Likeness(np.array(new, np.int64), np.array(like, np.int64), np.array(factor), group)
    return Newcomers(whole, source.astype(np.int64), likeness)


def names_of(workspace: Workspace, dataset: Dataset, panel: Panel) -> dict[str, str]:
    """Product name per SKU of a panel with new items; the SKU itself where no file names it."""
    strangers = {str(sku) for sku in panel.skus} - dataset.names.keys()
    if not strangers:
        return dataset.names
    products = facts.product_rows(workspace).to_pandas().dropna(subset="product_name").set_index("sku")["product_name"]
    return dataset.names | {sku: str(products.get(sku, sku)) for sku in sorted(strangers)}


def _extended(workspace: Workspace, panel: Panel, added: list[tuple[tuple[str, str], int]]) -> Panel:
    """The panel with one empty series per new SKU and location; added: its key and the row of its like-item."""
    like = np.array([row for _key, row in added], np.int64)
    products = facts.product_rows(workspace).to_pandas().set_index("sku")
    skus = np.array([sku for (sku, _location), _row in added], dtype=object)
    locations = np.array([location for (_sku, location), _row in added], dtype=object)

    def attribute(name: str, texts: AnyArray) -> AnyArray:
        usual = np.full(len(like), NEW, dtype=object) if name == LIFE_STAGE else texts[like]
        if name in STATIC_TEXTS:
            told = products[name].reindex(skus)
            usual = np.where(told.notna(), told.to_numpy(object), usual)
        return np.concatenate([texts, usual]).astype(object)

    def planned(values: FloatArray) -> FloatArray:
        return np.concatenate([values, values[like]])

    return replace(
        panel,
        offsets=np.concatenate([panel.offsets, np.full(len(added), panel.offsets[-1])]),
        skus=np.concatenate([panel.skus, skus]),
        locations=np.concatenate([panel.locations, locations]),
        attributes={name: attribute(name, texts) for name, texts in panel.attributes.items()},
        future_drivers={name: planned(values) for name, values in panel.future_drivers.items()},
    )


def forecast_series(workspace: Workspace) -> Newcomers:
    """The series a forecast holds, new items that never sold among them, without drivers.

    Raises:
        NoDataError: nothing was imported yet.
    """
    dataset = current_dataset(workspace)
    bare = replace(dataset, panel=replace(dataset.panel, drivers={}, future_drivers={}))
    return workspace.remembered(("forecast series", dataset.version), lambda _cursor: with_newcomers(workspace, bare))


def planned(workspace: Workspace, members: BoolArray, n_ahead: int, *names: str) -> Panel:
    """The series that methods look at for some forecast series, each once, with what is planned of their drivers.

    A new item that never sold stands under the plan of the item it is like.

    Args:
        workspace: the store.
        members: of the forecast series, shape (n_series,).
        n_ahead: periods ahead that plans are looked up for.
        names: drivers wanted; none = all of them.
    """
    panel = current_dataset(workspace).panel
    rows = np.unique(forecast_series(workspace).source[members])
    return drivers.reaching(workspace, (with_drivers(panel, *names) if names else panel).take(rows), n_ahead)


def with_drivers(panel: Panel, *names: str) -> Panel:
    """The panel with no other drivers than these: taking series out of it copies all that it has."""
    past = {name: panel.drivers[name] for name in names if name in panel.drivers}
    ahead = {name: panel.future_drivers[name] for name in names if name in panel.future_drivers}
    return replace(panel, drivers=past, future_drivers=ahead, attributes={})


def little_history(dataset: Dataset, periods: int) -> pd.DataFrame:
    """Series with fewer observed periods than wanted: sku, location, periods."""
    panel = dataset.panel
    seen = (~np.isnan(panel.observed())).sum(axis=1)
    rows = np.flatnonzero(seen < periods)
    return pd.DataFrame({"sku": panel.skus[rows], "location": panel.locations[rows], "periods": seen[rows]})
