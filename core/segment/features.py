"""Features that describe how a SKU sells, each explained in words, for grouping SKUs."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.calendar import Frequency, weekday
from core.base.columns import PROMOTION
from core.base.types import AnyArray, FloatArray
from core.series.blocks import Part, parts
from core.series.demand_class import average_demand_interval, squared_variation
from core.series.panel import Panel

EXPLAINED: Final[dict[str, str]] = {
    "volume": "Mean units per period, on a logarithmic scale",
    "zero_share": "Share of observed periods without a sale",
    "variation": "How much the amounts vary when it sells (coefficient of variation)",
    "interval": "Mean number of periods between sales, on a logarithmic scale",
    "trend": "Last half of the history against the first half, on a logarithmic scale",
    "weekend": "Share of units sold on Saturday and Sunday",
    "weekly_season": "How unequal the days of the week are",
    "yearly_season": "How unequal the months of the year are",
    "summer": "Share of units sold from May to August",
    "winter": "Share of units sold from November to February",
    "promotion": "Share of periods on promotion",
}
"""Every feature with what it means; features that are constant or unknown for a shop are left out and named."""


@dataclass(frozen=True, slots=True, eq=False)
class FeatureTable:
    """Features of each series.

    Attributes:
        names: keys of EXPLAINED that vary; none when all series sell alike.
        values: raw features, shape (n_series, n_features).
        standardised: the same with mean 0 and standard deviation 1, clipped at ± 4, same shape.
        dropped: features left out because they are constant or cannot be computed here.
        sold: whether anything was sold at all.
    """

    names: tuple[str, ...]
    values: FloatArray
    standardised: FloatArray
    dropped: tuple[str, ...]
    sold: bool = True


def feature_table(panel: Panel) -> FeatureTable:
    """The features of every series, computed from its observed demand only."""
    found = [_features(part, panel) for part in parts(panel)]
    every = {name: np.concatenate([each[name] for each in found]) for name in (found[0] if found else ())}
    usable = {name: values for name, values in every.items() if _varies(values)}
    filled = {name: np.where(np.isnan(values), np.nanmedian(values), values) for name, values in usable.items()}
    values = np.column_stack([np.empty((len(panel), 0)), *filled.values()])
    spread = np.maximum(values.std(axis=0), 1e-12)
    return FeatureTable(
        names=tuple(filled),
        values=values,
        standardised=np.clip((values - values.mean(axis=0)) / spread, -4.0, 4.0),
        dropped=tuple(name for name in EXPLAINED if name not in filled),
        sold=bool((panel.values > 0).any()),
    )


def _varies(values: FloatArray) -> bool:
    known = values[~np.isnan(values)]
    return len(known) > 1 and bool(known.std() > 1e-9)


def _features(part: Part, panel: Panel) -> dict[str, FloatArray]:
    dense, promotion = part.panel.observed(), panel.drivers.get(PROMOTION)
    features = _level_features(dense) | _season_features(dense, panel)
    return features if promotion is None else features | _promotion(part.panel.dense(promotion[part.cells]))


def _level_features(dense: FloatArray) -> dict[str, FloatArray]:
    known = ~np.isnan(dense)
    units = np.nan_to_num(dense)
    count = np.maximum(known.sum(axis=1), 1)
    mean = units.sum(axis=1) / count
    order = np.cumsum(known, axis=1)
    early = known & (order <= count[:, None] // 2)
    late = known & (order > count[:, None] // 2)
    first = (units * early).sum(axis=1) / np.maximum(early.sum(axis=1), 1)
    second = (units * late).sum(axis=1) / np.maximum(late.sum(axis=1), 1)
    return {
        "volume": np.log1p(mean),
        "zero_share": (known & (units == 0)).sum(axis=1) / count,
        "variation": np.sqrt(squared_variation(dense)),
        "interval": np.log(average_demand_interval(dense)),
        "trend": np.log((second + 0.1 * mean + 1e-9) / (first + 0.1 * mean + 1e-9)),
    }


def _season_features(dense: FloatArray, panel: Panel) -> dict[str, FloatArray]:
    periods = panel.calendar.periods
    month = periods.astype("datetime64[M]").astype(np.int64) % 12
    by_month = _shares(dense, month, 12)
    features: dict[str, FloatArray] = {}
    if len(periods) * panel.frequency.days >= 330:
        features["yearly_season"] = np.std(by_month, axis=1) * 12
        features["summer"] = by_month[:, 4:8].sum(axis=1)
        features["winter"] = by_month[:, [10, 11, 0, 1]].sum(axis=1)
    if panel.frequency is Frequency.DAY:
        by_day = _shares(dense, weekday(periods), 7)
        features["weekend"] = by_day[:, 5:].sum(axis=1)
        features["weekly_season"] = np.std(by_day, axis=1) * 7
    return features


def _shares(dense: FloatArray, group: AnyArray, n_groups: int) -> FloatArray:
    """Share of each group (month, weekday) in the mean units, shape (n_series, n_groups); rows sum to 1 or are NaN."""
    means = np.zeros((len(dense), n_groups))
    for label in range(n_groups):
        chosen = dense[:, group == label]
        count = (~np.isnan(chosen)).sum(axis=1)
        means[:, label] = np.nansum(chosen, axis=1) / np.maximum(count, 1)
    total = means.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 0, means / np.where(total > 0, total, 1.0), np.nan))


def _promotion(on: FloatArray) -> dict[str, FloatArray]:
    known = ~np.isnan(on)
    return {"promotion": (np.nan_to_num(on) > 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)}
