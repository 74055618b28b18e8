"""Groups the shop's SKUs: K-Means over explained features, ABC by money, XYZ by evenness, demand class."""

import math
import time
from dataclasses import asdict, dataclass, replace
from typing import Final, Self

import numpy as np
import pandas as pd

from core.base.columns import PROMOTION
from core.base.errors import ParameterError
from core.base.language import _
from core.base.progress import Progress, silent
from core.base.types import AnyArray, FloatArray
from core.evaluate.metrics import ratio
from core.segment.abc_xyz import abc, coefficient_of_variation, xyz
from core.segment.features import EXPLAINED, feature_table
from core.segment.kmeans import FEWEST_SKUS, MOST_GROUPS, Segmentation, describe, group_names, segment
from core.series.blocks import parts
from core.series.demand_class import demand_class
from core.series.hierarchy_levels import group_panel
from core.series.kept import Beside
from core.series.panel import Panel
from core.store import runs
from core.store.runs import Run, RunRecord
from core.store.workspace import Workspace
from core.workflows.datasets import Dataset, current_dataset

KIND: Final = "segmentation"
REVENUE: Final = "revenue"
UNITS: Final = "units"
SHAPE_POINTS: Final = 52


@dataclass(frozen=True, slots=True)
class SegmentRequest:
    """How to group.

    Attributes:
        n_groups: number of K-Means groups; None = the number with the highest silhouette.
        basis: what ABC ranks by: "revenue" or "units" of the last year.
        a_share, b_share: ABC cut-offs as fractions of the total.
        seed: of K-Means.
    """

    n_groups: int | None = None
    basis: str = REVENUE
    a_share: float = 0.80
    b_share: float = 0.95
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The K-Means groups of every SKU.

    Attributes:
        version: of the data.
        segmentation: K-Means labels, silhouettes, centres and map, in the order of the SKUs' names.
        names: name of each group.
        descriptions: what sets each group apart, in words.
        shapes: mean weekly demand of each group relative to each SKU's mean, shape (n_groups, n_weeks), oldest first.
        shape_periods: first day of each of these weeks.
    """

    version: str
    segmentation: Segmentation
    names: AnyArray
    descriptions: list[str]
    shapes: FloatArray
    shape_periods: AnyArray


@dataclass(frozen=True, slots=True, eq=False)
class SegmentResult:
    """Groups and classes of every SKU.

    Attributes:
        run_id: of the stored run; "" = not stored.
        table: one row per SKU: sku, product_name, group, abc, xyz, demand_class, units, revenue, and the features.
        grouping: the K-Means groups.
        basis: what ABC ranked by in the end ("units" when no prices are known).
        amounts: what ABC ranked by, shape (n_skus,).
    """

    run_id: str
    table: pd.DataFrame
    grouping: Grouping
    basis: str
    amounts: FloatArray


def explained() -> dict[str, str]:
    """Every feature with what it means."""
    return dict(EXPLAINED)


def segment_skus(workspace: Workspace, request: SegmentRequest, progress: Progress | None = None) -> SegmentResult:
    """Group the SKUs (summed over locations) and store the labels.

    Raises:
        NoDataError: no data.
        ParameterError: number of groups or ABC cut-offs out of range, or an unknown basis.
    """
    told = progress or silent()
    started = time.perf_counter()
    told.report("Describing how each SKU sells and trying numbers of groups", 0.1)
    grouping = group(workspace, request.n_groups, request.seed)
    told.report("Ranking by money and evenness", 0.9)
    result = classify(workspace, grouping, request)
    return keep(workspace, request, result, time.perf_counter() - started)


def group(workspace: Workspace, n_groups: int | None, seed: int = 1) -> Grouping:
    """The K-Means groups of the present data, not stored; None = as many as the silhouette suggests.

    Raises:
        NoDataError: no data.
        ParameterError: number of groups out of range.
    """
    dataset = current_dataset(workspace)
    panel = _by_sku(dataset.panel)
    segmentation = segment(feature_table(panel), n_groups, seed=seed)
    shapes, periods = _shapes(panel, segmentation)
    descriptions = describe(segmentation, feature_words())
    return Grouping(
        dataset.version, segmentation, group_names(segmentation.n_groups), descriptions, shapes, periods
    )  # fmt: skip


def classify(workspace: Workspace, grouping: Grouping, request: SegmentRequest) -> SegmentResult:
    """ABC, XYZ and demand class beside the groups, not stored.

    Raises:
        ParameterError: ABC cut-offs out of range, or an unknown basis.
    """
    if request.basis not in (REVENUE, UNITS):
        raise ParameterError(f"ABC ranks by “{REVENUE}” or “{UNITS}”; “{request.basis}” was given.")
    dataset = current_dataset(workspace)
    panel = _by_sku(dataset.panel)
    table, basis, amounts = _table(dataset, panel, grouping.segmentation, grouping.names, request)
    return SegmentResult("", table, grouping, basis, amounts)


def keep(workspace: Workspace, request: SegmentRequest, result: SegmentResult, seconds: float = 0.0) -> SegmentResult:
    """Store the labels of every SKU as a run."""
    run_id = _stored(workspace, result.grouping.version, request, result.table, seconds)
    return replace(result, run_id=run_id)


def most_groups(workspace: Workspace) -> int:
    """The largest number of groups that may be asked for; 1 = there can be one group only.

    Raises:
        NoDataError: no data.
    """
    n_skus = len(current_dataset(workspace).names)
    return min(MOST_GROUPS, n_skus - 1) if n_skus >= FEWEST_SKUS else 1


def newest_run(workspace: Workspace) -> RunRecord | None:
    """The newest groups that were stored, without their labels; None when none were."""
    return runs.latest_run(workspace, KIND)


def feature_words() -> dict[str, tuple[str, str]]:
    """Per feature, what a SKU far above and far below the average does."""
    return {
        "volume": (_("sells a lot"), _("sells little")),
        "zero_share": (_("many periods without a sale"), _("few periods without a sale")),
        "variation": (_("amounts vary a lot"), _("amounts vary little")),
        "interval": (_("long gaps between sales"), _("short gaps between sales")),
        "trend": (_("growing"), _("declining")),
        "weekend": (_("sells at weekends"), _("sells on weekdays")),
        "weekly_season": (_("strong pattern within the week"), _("even over the week")),
        "yearly_season": (_("strong season of the year"), _("even over the year")),
        "summer": (_("sells in summer"), _("not a summer item")),
        "winter": (_("sells in winter"), _("not a winter item")),
        "promotion": (_("often on promotion"), _("rarely on promotion")),
    }


_by_skus: Final = Beside[Panel](math.inf)


def _by_sku(panel: Panel) -> Panel:
    """Demand of each SKU over all locations; it counts as promoted where it is on promotion at any of them."""
    return _by_skus.get(panel, None, lambda: _in_one_place(panel) or _summed(panel))


def _in_one_place(panel: Panel) -> Panel | None:
    """The series as they are, by SKU, when there is nothing to add up: each SKU sells at one location only."""
    names, order = np.unique(panel.skus.astype(str), return_index=True)
    if len(names) < len(panel) or (panel.lengths == 0).any() or np.isnan(panel.values[panel.offsets[:-1]]).any():
        return None
    promotion = {name: on for name, on in panel.drivers.items() if name == PROMOTION}
    plain = replace(panel, drivers=promotion, future_drivers={}, attributes={})
    return plain if (np.diff(order) > 0).all() else plain.take(order)


def _summed(panel: Panel) -> Panel:
    total = group_panel(panel, panel.skus)
    if PROMOTION not in panel.drivers:
        return total
    place = np.searchsorted(total.skus.astype(str), panel.skus.astype(str))
    on = np.full((len(total), panel.n_periods), np.nan)
    np.fmax.at(on, place, panel.dense(panel.drivers[PROMOTION]))
    inside = np.arange(panel.n_periods)[None, :] >= total.starts[:, None]
    return replace(total, drivers={PROMOTION: on[inside]})


@dataclass(frozen=True, slots=True, eq=False)
class _Sales:
    """Units over the last year, coefficient of variation and demand class of each SKU, each of shape (n_skus,)."""

    units: FloatArray
    variation: FloatArray
    classes: AnyArray

    @classmethod
    def of(cls, panel: Panel) -> Self:
        """What the demand of a panel tells."""
        year = panel.calendar.in_last_year
        bucket = {"day": max(panel.calendar.season_length, 1), "week": 4, "month": 1}[panel.frequency.value]
        units, variation, classes = np.empty(len(panel)), np.empty(len(panel)), np.empty(len(panel), dtype=object)
        for part in parts(panel):
            dense, at = part.panel.observed(), part.series
            units[at] = np.nansum(part.panel.dense()[:, year], axis=1)
            variation[at], classes[at] = coefficient_of_variation(dense, bucket), demand_class(dense)
        return cls(units, variation, classes)


def _table(
    dataset: Dataset, panel: Panel, segmentation: Segmentation, names: AnyArray, request: SegmentRequest
) -> tuple[pd.DataFrame, str, FloatArray]:
    sales = _Sales.of(panel)
    money = pd.Series(dataset.revenue).groupby(dataset.panel.skus).sum(min_count=1).reindex(panel.skus).to_numpy(float)
    basis = REVENUE if request.basis == REVENUE and np.isfinite(money).any() else UNITS
    amounts = np.maximum(np.nan_to_num(money), 0.0) if basis == REVENUE else sales.units
    table = pd.DataFrame(
        {
            "sku": panel.skus,
            "product_name": [dataset.names[str(sku)] for sku in panel.skus],
            "group": names[segmentation.labels],
            "abc": abc(amounts, request.a_share, request.b_share),
            "xyz": xyz(sales.variation),
            "demand_class": sales.classes,
            "units": sales.units,
            "revenue": money,
        }
    )
    values = segmentation.features.values
    extra = {name: values[:, place] for place, name in enumerate(segmentation.features.names)}
    return table.assign(**extra), basis, amounts


def _shapes(panel: Panel, segmentation: Segmentation) -> tuple[FloatArray, AnyArray]:
    """Mean demand per week over the last year, each SKU relative to its own mean, averaged per group."""
    step = {"day": max(panel.calendar.season_length, 1), "week": 1, "month": 1}[panel.frequency.value]
    n = min(panel.n_periods // step, SHAPE_POINTS)
    on_sale, kept = np.empty((len(panel), n), bool), np.empty((len(panel), n))
    for part in parts(panel):
        recent = part.panel.dense()[:, panel.n_periods - n * step :].reshape(len(part.panel), n, step)
        on_sale[part.series] = (~np.isnan(recent)).any(axis=2)
        kept[part.series] = np.nan_to_num(recent).sum(axis=2)
    mean = kept.sum(axis=1, keepdims=True) / np.maximum(on_sale.sum(axis=1, keepdims=True), 1)
    relative = np.divide(kept, mean, out=np.zeros_like(kept), where=mean > 0)
    member = (np.arange(segmentation.n_groups)[:, None] == segmentation.labels[None, :]).astype(float)
    # A week in which a SKU was not on sale says nothing about its season.
    shapes = ratio(member @ (relative * on_sale), member @ on_sale)
    return shapes, panel.calendar.periods[len(panel.calendar) - n * step :: step][:n]


def _stored(workspace: Workspace, version: str, request: SegmentRequest, table: pd.DataFrame, seconds: float) -> str:
    rows = [
        pd.DataFrame({"sku": table["sku"], "location": "", "kind": kind, "label": table[kind]})
        for kind in ("group", "abc", "xyz", "demand_class")
    ]
    manifest = {"request": asdict(request), "seed": request.seed, "skus": len(table)}
    run = Run(KIND, version, manifest, seconds)
    return runs.save_run(workspace, run, {"segments": pd.concat(rows, ignore_index=True)})
