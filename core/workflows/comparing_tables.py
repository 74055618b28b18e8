"""A comparison as the store keeps it: a manifest, and tables of errors, champions and backtest points."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from core.base.types import AnyArray, FloatArray
from core.evaluate.backtest import Backtest
from core.evaluate.combining import Blend
from core.evaluate.metrics import STEP_METRICS, series_errors
from core.workflows import comparing_costs, comparing_judgement

if TYPE_CHECKING:
    from core.workflows.comparing import Comparison

SERIES_SCORES: Final = tuple(name for name in STEP_METRICS if name != "wrmsse")
"""Scores kept of each series; the WRMSSE of one series is its RMSSE."""
POINTS_KEPT: Final = 400_000
"""Most backtest points kept for charts; of larger comparisons only the champions' are kept."""


def stored_form(
    result: "Comparison", request: Mapping[str, Any], done: Sequence[Backtest]
) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Manifest and tables of a comparison."""
    manifest = {
        "request": dict(request),
        "horizon": result.horizon,
        "folds": result.folds,
        "frequency": result.frequency,
        "seed": request["seed"],
        "by_step": {key: _plain(values) for key, values in result.by_step.items()},
        "by_class": {key: _plain(values) for key, values in result.by_class.items()},
        "classes": list(result.classes),
        "class_sizes": dict(result.class_sizes),
        "class_champions": dict(result.class_champions),
        "blends": {
            key: {
                "members": list(blend.members),
                "weights": {label: values.tolist() for label, values in blend.weights.items()},
                "median": blend.median,
            }
            for key, blend in result.blends.items()
        },
        "judgement": comparing_judgement.stored(result.judgement),
        "replay": comparing_costs.stored(result.replay),
    }
    board = pd.DataFrame(
        {"model": [entry["model"] for entry in result.rows], "scores": [json.dumps(entry) for entry in result.rows]}
    )
    tables = {
        "leaderboard": board,
        "series_errors": pd.concat([_error_rows(each) for each in done], ignore_index=True),
        "champions": result.champions,
        "backtest_points": _points(done, result.champions),
    }
    return manifest, tables


def blends_of(manifest: Mapping[str, Any]) -> dict[str, Blend]:
    """The combinations of a stored comparison; none in those of older programs."""
    return {
        key: Blend(
            members=tuple(about["members"]),
            weights={label: np.array(values, float) for label, values in about["weights"].items()},
            median=bool(about["median"]),
        )
        for key, about in manifest.get("blends", {}).items()
    }


def _plain(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def _error_rows(result: Backtest) -> pd.DataFrame:
    each = series_errors(result)
    head = {"model": result.model, "sku": result.skus, "location": result.locations}
    scores = {name: getattr(each, name) for name in SERIES_SCORES}
    return pd.DataFrame(head | scores | {"abs_error": each.abs_error, "weight": each.actual})


def _points(done: Sequence[Backtest], chosen: pd.DataFrame) -> pd.DataFrame:
    """Mean forecasts of all methods, or of each series' champion only when that would be too many rows."""
    total = sum(result.mean.size for result in done)
    model_of = chosen["model"].to_numpy()
    parts = []
    for result in done:
        keep = np.ones(len(model_of), bool) if total <= POINTS_KEPT else model_of == result.model
        parts.append(_point_rows(result, np.flatnonzero(keep)))
    return pd.concat(parts, ignore_index=True)


def _point_rows(result: Backtest, series: AnyArray) -> pd.DataFrame:
    n_origins, horizon = result.periods.shape
    origin = result.periods[:, :1] - np.timedelta64(1, "D")
    shape = (n_origins, len(series), horizon)
    frame = pd.DataFrame(
        {
            "model": result.model,
            "sku": np.broadcast_to(result.skus[series][None, :, None], shape).ravel(),
            "location": np.broadcast_to(result.locations[series][None, :, None], shape).ravel(),
            "origin": np.broadcast_to(origin[:, None, :], shape).ravel(),
            "period": np.broadcast_to(result.periods[:, None, :], shape).ravel(),
            "mean": result.mean[:, series, :].ravel(),
        }
    )
    return frame[frame["mean"].notna()]
