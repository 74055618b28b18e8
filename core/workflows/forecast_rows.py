"""The stored numbers of one scope of a forecast, read without those of the other series."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.base.types import FloatArray
from core.series.hierarchy import total_paths
from core.store import runs
from core.store.workspace import Workspace
from core.workflows import forecasting
from core.workflows.scopes import SKU, TOTAL, Scope


def scope_rows(workspace: Workspace, run_id: str, scope: Scope) -> pd.DataFrame:
    """Periods, means and quantiles of the scope, no rows when the forecast lacks it."""
    rows = _stored(workspace, run_id, scope)
    if scope.level != SKU or len(set(rows["location"])) <= 1:
        return rows
    # Quantiles of several locations cannot be added up; those of the summed paths are the quantiles of the sum.
    mean = rows.groupby("period", sort=True)["mean"].sum()
    stored = forecasting.stored_paths(workspace, run_id, [scope.name])
    marginal = total_paths(stored, [scope.name] * len(stored)).forecast()
    quantiles = {name: marginal.at(level)[0] for level, name in forecasting.QUANTILE_COLUMNS.items()}
    return pd.DataFrame({"period": mean.index, "mean": mean.to_numpy(), **quantiles})


def before_changes(workspace: Workspace, manifest: Mapping[str, Any], scope: Scope, horizon: int) -> FloatArray:
    """Expected units before changes by hand, shape (horizon,); empty when there are none, or they are not kept.

    Args:
        workspace: the store.
        manifest: of the forecast.
        scope: what is looked at.
        horizon: periods that the forecast holds of it.
    """
    base = manifest.get("base") if manifest.get("overrides") else None
    if not base:
        return np.empty(0)
    found = _stored(workspace, str(base), scope).groupby("period", sort=True)["mean"].sum().to_numpy(float)
    return found if len(found) == horizon else np.empty(0)


def _stored(workspace: Workspace, run_id: str, scope: Scope) -> pd.DataFrame:
    """The rows of a group, or of each location of a SKU."""
    if scope.level != SKU:
        return runs.run_table(workspace, "group_forecasts", run_id, level=scope.level, name=scope.name or TOTAL)
    at = {"location": scope.location} if scope.location else {}
    return runs.run_table(workspace, "forecasts", run_id, sku=scope.name, **at)
