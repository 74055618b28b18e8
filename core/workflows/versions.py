"""Two stored forecasts side by side: what was asked differently, and by how much the answer changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.types import DateArray, FloatArray
from core.report.tables_overrides import asked, scope_label, span
from core.store import forecasts, runs
from core.store.forecasts import Pair
from core.store.workspace import Workspace
from core.workflows import forecasting, newcomers, scopes
from core.workflows.datasets import current_dataset
from core.workflows.scopes import Scope
from core.workflows.viewing import Head, ScopeView

MOST_MOVERS: Final = 50
KEPT: Final = runs.KEEP
ASKED: Final = (
    "version",
    "model",
    "reconciliation",
    "without",
    "like_items",
    "overrides",
    "settings",
    "comparison",
    "horizon",
    "n_paths",
    "seed",
    "n_substitutions",
    "code_version",
)
"""What two forecasts may differ in, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two forecasts were made differently: its name, one of ASKED, and both values."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, eq=False)
class Versions:
    """Two forecasts of one scope over the periods both of them hold.

    Attributes:
        periods: first day of each shared period, shape (n,); none when they do not overlap.
        new, old: expected units, each of shape (n,).
        new_low, new_high: central 80 % of each period in the newer one, each of shape (n,).
        differences: what was asked differently.
        movers: series with the largest changes, see core.store.forecasts.movers.
    """

    periods: DateArray
    new: FloatArray
    old: FloatArray
    new_low: FloatArray
    new_high: FloatArray
    differences: tuple[Difference, ...]
    movers: pd.DataFrame

    @property
    def change(self) -> float:
        """Units by which the sum over the shared periods grew."""
        return float(self.new.sum() - self.old.sum())


def stored(workspace: Workspace) -> tuple[Head, ...]:
    """Every stored forecast, newest first."""
    version = current_dataset(workspace).version
    return tuple(
        Head(each.run_id, each.version, each.manifest, each.created_at, each.seconds, each.version == version)
        for each in runs.list_runs(workspace, forecasting.KIND, status="done", limit=KEPT)
    )


def differences(new: Head, old: Head) -> tuple[Difference, ...]:
    """What two forecasts were asked differently."""
    both = [_asked(head) for head in (old, new)]
    return tuple(Difference(name, both[0][name], both[1][name]) for name in ASKED if both[0][name] != both[1][name])


def _asked(head: Head) -> dict[str, Any]:
    manifest = {name: head.manifest.get(name) for name in ASKED}
    request = head.manifest.get("request", {})
    own = {name: request.get(name) for name in ("model", "reconciliation")}
    off = ", ".join(manifest["without"] or ()).replace("_", " ")
    like = dict.fromkeys(
        f"{each['sku']} = {each['multiplier']:g} × {each['like_sku']}" for each in manifest["like_items"] or ()
    )
    settings = (
        f"{key}: {name} = {value}"
        for key, values in sorted((manifest["settings"] or {}).items())
        for name, value in sorted(values.items())
    )
    changes = (_change(each) for each in manifest["overrides"] or ())
    texts = {"without": off, "like_items": ", ".join(like), "settings": ", ".join(settings)}
    texts["overrides"] = "; ".join(changes)
    return manifest | own | {"version": head.version} | texts


def _change(each: Mapping[str, Any]) -> str:
    """A change by hand in a few words."""
    what = asked(each["kind"], each["value"])
    return f"{scope_label(each['level'], each['name'], each['location'])} {what}, {span(each['first'], each['last'])}"


def side_by_side(
    workspace: Workspace, heads: tuple[Head, Head], views: tuple[ScopeView, ScopeView], scope: Scope
) -> Versions:
    """The newer of two forecasts beside the older one.

    Args:
        workspace: the store.
        heads: the newer and the older forecast.
        views: the same scope of both.
        scope: what is looked at.
    """
    new, old = views[0].fan, views[1].fan
    periods, mine, theirs = np.intersect1d(new.future, old.future, return_indices=True)
    movers = pd.DataFrame()
    if len(periods):
        choice = scopes.choice_of(newcomers.forecast_series(workspace).panel, scope)
        pair = Pair(heads[0].run_id, heads[1].run_id, periods[0], periods[-1])
        movers = forecasts.movers(workspace, pair, choice, MOST_MOVERS)
    return Versions(
        periods=periods,
        new=new.mean[mine],
        old=old.mean[theirs],
        new_low=new.quantiles[0.1][mine],
        new_high=new.quantiles[0.9][mine],
        differences=differences(*heads),
        movers=movers,
    )
