"""Groups the shop's SKUs: K-Means over explained features, ABC by money, XYZ by evenness, demand class."""

import time
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import pandas as pd

from core.base.errors import ParameterError
from core.base.progress import Progress, silent
from core.base.types import AnyArray, FloatArray
from core.segment.abc_xyz import abc, coefficient_of_variation, xyz
from core.segment.features import EXPLAINED, feature_table
from core.segment.kmeans import Segmentation, describe, group_names, segment
from core.series.demand_class import demand_class
from core.series.hierarchy import total_panel
from core.series.panel import Panel
from core.store import runs
from core.store.runs import Run
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
class SegmentResult:
    """Groups and classes of every SKU.

    Attributes:
        run_id: of the stored run.
        table: one row per SKU: sku, product_name, group, abc, xyz, demand_class, units, revenue, and the features.
        segmentation: K-Means labels, silhouettes, centres and map, in the order of `table`.
        names: name of each group.
        descriptions: what sets each group apart, in words.
        shapes: mean weekly demand of each group relative to each SKU's mean, shape (n_groups, n_weeks), oldest first.
        shape_periods: first day of each of these weeks.
        basis: what ABC ranked by in the end ("units" when no prices are known).
        amounts: what ABC ranked by, shape (n_skus,).
    """

    run_id: str
    table: pd.DataFrame
    segmentation: Segmentation
    names: AnyArray
    descriptions: list[str]
    shapes: FloatArray
    shape_periods: AnyArray
    basis: str
    amounts: FloatArray


def explained() -> dict[str, str]:
    """Every feature with what it means."""
    return dict(EXPLAINED)


def segment_skus(workspace: Workspace, request: SegmentRequest, progress: Progress | None = None) -> SegmentResult:
    """Group the SKUs (summed over locations) and store the labels.

    Raises:
        NoDataError: no data, fewer than 4 SKUs, or SKUs without any difference.
        ParameterError: number of groups or ABC cut-offs out of range, or an unknown basis.
    """
    if request.basis not in (REVENUE, UNITS):
        raise ParameterError(f"ABC ranks by “{REVENUE}” or “{UNITS}”; “{request.basis}” was given.")
    told = progress or silent()
    started = time.perf_counter()
    dataset = current_dataset(workspace)
    told.report("Describing how each SKU sells", 0.1)
    panel = total_panel(dataset.panel, dataset.panel.skus)
    features = feature_table(panel)
    told.report("Trying numbers of groups", 0.4)
    segmentation = segment(features, request.n_groups, seed=request.seed)
    names = group_names(segmentation.n_groups)
    table, basis, amounts = _table(dataset, panel, segmentation, names, request)
    shapes, periods = _shapes(panel, segmentation)
    run_id = _stored(workspace, dataset, request, table, time.perf_counter() - started)
    words = {name: text.split(",")[0].lower() for name, text in EXPLAINED.items()}
    return SegmentResult(
        run_id, table, segmentation, names, describe(segmentation, words), shapes, periods, basis, amounts
    )


def _table(
    dataset: Dataset, panel: Panel, segmentation: Segmentation, names: AnyArray, request: SegmentRequest
) -> tuple[pd.DataFrame, str, FloatArray]:
    dense = panel.observed()
    year = panel.calendar.periods >= panel.calendar.last - np.timedelta64(365, "D")
    units = np.nansum(panel.dense()[:, year], axis=1)
    money = pd.Series(dataset.revenue).groupby(dataset.panel.skus).sum(min_count=1).reindex(panel.skus).to_numpy(float)
    basis = REVENUE if request.basis == REVENUE and np.isfinite(money).any() else UNITS
    amounts = np.maximum(np.nan_to_num(money), 0.0) if basis == REVENUE else units
    bucket = {"day": 7, "week": 4, "month": 1}[panel.frequency.value]
    table = pd.DataFrame(
        {
            "sku": panel.skus,
            "product_name": [dataset.names[str(sku)] for sku in panel.skus],
            "group": names[segmentation.labels],
            "abc": abc(amounts, request.a_share, request.b_share),
            "xyz": xyz(coefficient_of_variation(dense, bucket)),
            "demand_class": demand_class(dense),
            "units": units,
            "revenue": money,
        }
    )
    values = segmentation.features.values
    extra = {name: values[:, place] for place, name in enumerate(segmentation.features.names)}
    return table.assign(**extra), basis, amounts


def _shapes(panel: Panel, segmentation: Segmentation) -> tuple[FloatArray, AnyArray]:
    """Mean demand per week over the last year, each SKU relative to its own mean, averaged per group."""
    dense = np.nan_to_num(panel.dense())
    step = {"day": max(panel.calendar.season_length, 1), "week": 1, "month": 1}[panel.frequency.value]
    n = min(dense.shape[1] // step, SHAPE_POINTS)
    kept = dense[:, dense.shape[1] - n * step :].reshape(len(panel), n, step).sum(axis=2)
    mean = kept.mean(axis=1, keepdims=True)
    relative = np.divide(kept, mean, out=np.zeros_like(kept), where=mean > 0)
    shapes = np.stack([relative[segmentation.labels == group].mean(axis=0) for group in range(segmentation.n_groups)])
    return shapes, panel.calendar.periods[len(panel.calendar) - n * step :: step][:n]


def _stored(
    workspace: Workspace, dataset: Dataset, request: SegmentRequest, table: pd.DataFrame, seconds: float
) -> str:
    rows = [
        pd.DataFrame({"sku": table["sku"], "location": "", "kind": kind, "label": table[kind]})
        for kind in ("group", "abc", "xyz", "demand_class")
    ]
    manifest = {"request": asdict(request), "seed": request.seed, "skus": len(table)}
    run = Run(KIND, dataset.version, manifest, seconds)
    return runs.save_run(workspace, run, {"segments": pd.concat(rows, ignore_index=True)})
