"""The newest forecast with the changes by hand in force: read from its base, changed, stored as a run of its own."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from core.base.errors import NoDataError
from core.base.progress import Progress, silent
from core.base.types import AnyArray, FloatArray, IntArray
from core.models.library.seasonal_naive import LastSeason
from core.series.forecast import LEVELS, DemandPaths
from core.series.overriding import PERCENT, Change, Changed, changed, changed_paths, changed_quantiles
from core.store import overrides as store
from core.store import paths as path_store
from core.store import runs
from core.store.overrides import Override
from core.store.runs import Run, RunRecord
from core.store.sql import Cursor
from core.store.workspace import Workspace
from core.workflows import scopes
from core.workflows.forecasting_work import KIND, QUANTILE_COLUMNS
from core.workflows.override_scopes import Footing, Met, footing, meet, sentence
from core.workflows.scopes import CATEGORY, LOCATION, TOTAL

NUMBERS: Final = ("mean", *QUANTILE_COLUMNS.values())
SEED: Final = 1
_GONE: Final = "The forecast is no longer stored whole. Make a new one on the Forecast page."
SLICE: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What changes do to a forecast; arrays hold only the series and periods that any of them meets.

    Attributes:
        base: the forecast.
        met: every override asked for, in order.
        rows: numbers of the series, ascending, shape (n_rows,).
        columns: numbers of the periods, shape (n_columns,).
        numbers: mean and quantiles before, shape (n_rows, n_columns, 1 + n_levels).
        changes: those of `met` that meet anything, by rows and columns of these arrays.
        changed: means after them and factors of the paths.
    """

    base: Footing
    met: tuple[Met, ...]
    rows: IntArray
    columns: IntArray
    numbers: FloatArray
    changes: tuple[Change, ...]
    changed: Changed

    @property
    def deltas(self) -> FloatArray:
        """Units by which means change, shape (n_rows, n_columns)."""
        return np.asarray(self.changed.means - self.numbers[:, :, 0])

    def means_after(self, overrides: int) -> FloatArray:
        """Means after so many overrides, shape (n_rows, n_columns)."""
        n_changes = sum(each.change is not None for each in self.met[:overrides])
        keys = self.base.keys
        return changed(self.numbers[:, :, 0], self.changes[:n_changes], [keys[row] for row in self.rows]).means

    def told(self) -> list[tuple[Met, FloatArray, FloatArray]]:
        """Every override, with why it is not applied, and the units of its scope per period before and after it."""
        steps = iter(self.changed.steps)
        none = np.empty(0)
        found = []
        for each in self.met:
            if each.change is None:
                found.append((each, none, none))
                continue
            step = next(steps)
            why = sentence(step.problem, float(step.before.sum()))
            found.append((replace(each, why=why), step.before, step.after))
        return found


def base_of(workspace: Workspace, record: RunRecord) -> RunRecord:
    """A forecast as it is without changes.

    Raises:
        NoDataError: that is no longer stored.
    """
    if "base" not in record.manifest:
        return record
    found = runs.find_run(workspace, KIND, str(record.manifest["base"]))
    if found is None:
        raise NoDataError(_GONE)
    return found


def in_force(workspace: Workspace, begins: date) -> tuple[Override, ...]:
    """Changes that a forecast applies whose first period begins on a day, in the order in which they were made."""
    return tuple(each for each in store.every(workspace) if holds(each, begins))


def holds(override: Override, begins: date) -> bool:
    """Whether a change holds for a forecast whose first period begins on a day."""
    return override.withdrawn_at is None and min(override.until, override.last) >= begins


def apply(base: Footing, wanted: Sequence[Override], *, with_paths: bool) -> Outcome:
    """Apply changes to the forecast that a base is, one after the other.

    Args:
        base: the forecast.
        wanted: the changes, in order.
        with_paths: whether factors of sample paths are wanted, for which paths may have to be read.
    """
    effects = store.effects(base.workspace)
    met = tuple(meet(base, each, effects[effects["override_id"] == each.override_id]) for each in wanted)
    changes = [each.change for each in met if each.change is not None]
    if not changes:
        none = np.empty(0, np.int64)
        nothing = np.empty((0, 0, len(NUMBERS)))
        return Outcome(base, met, none, none, nothing, (), changed(nothing[:, :, 0], [], []))
    rows = np.unique(np.concatenate([each.rows for each in changes]))
    columns = np.unique(np.concatenate([each.columns for each in changes]))
    columns = np.arange(columns[0], columns[-1] + 1)
    numbers = _numbers(base, rows, columns)
    local = tuple(_placed(base, each, (rows, columns[0]), numbers[:, :, 0]) for each in changes)
    own = with_paths and any(each.kind != PERCENT for each in changes)
    keys = base.keys
    moved = changed(
        numbers[:, :, 0], local, [keys[row] for row in rows], _path_means(base, rows, columns) if own else None
    )
    return Outcome(base, met, rows, columns, numbers, local, moved)


def _placed(base: Footing, change: Change, corner: tuple[IntArray, Any], means: FloatArray) -> Change:
    """A change by rows and columns of a part of the forecast; when a series is on sale is asked where nothing is known.

    Args:
        base: the forecast.
        change: by its rows and columns.
        corner: numbers of the series of the part, and of its first period.
        means: expected units of the part.
    """
    rows, columns = np.searchsorted(corner[0], change.rows), change.columns - corner[1]
    share = base.on_sale(int(change.rows[0])) if len(rows) == 1 and not means[rows[0], columns].any() else None
    return replace(change, rows=rows, columns=columns, on_sale=None if share is None else share[:, change.columns])


def _numbers(base: Footing, rows: IntArray, columns: IntArray) -> FloatArray:
    """Stored means and quantiles, shape (n_rows, n_columns, 1 + n_levels)."""
    skus = np.unique(base.index.skus[rows].astype(str))
    inside = np.flatnonzero(np.isin(base.index.skus.astype(str), skus))
    window = (base.periods[columns[0]].astype(date), base.periods[columns[-1]].astype(date))
    everything = len(inside) == len(base.index.skus)
    found = runs.forecast_window(base.workspace, base.run.run_id, window, None if everything else skus.tolist())
    shape = (len(inside), len(columns), len(NUMBERS))
    if found.size != np.prod(shape):
        raise NoDataError(_GONE)
    return np.asarray(found.reshape(shape)[np.searchsorted(inside, rows)])


def _path_means(base: Footing, rows: IntArray, columns: IntArray) -> FloatArray:
    """Mean over the sample paths, shape (n_rows, n_columns)."""
    parts = path_store.path_slices(base.workspace, base.run.run_id, rows, SLICE)
    return np.concatenate([part.units[:, :, columns].mean(axis=0, dtype=np.float64) for part in parts])


def derive(
    workspace: Workspace,
    base: RunRecord,
    wanted: Sequence[Override],
    also: Callable[[Cursor], None],
    progress: Progress | None = None,
) -> RunRecord:
    """Store what a forecast is with changes, in the place of what it was with others; the newest run from then on.

    With no change at all the base is the newest run again.

    Args:
        workspace: the shop; whoever calls holds `workspace.deriving`.
        base: the forecast without changes, of the data in force.
        wanted: the changes, in order.
        also: what is stored in the same transaction.
        progress: told how far it has come.
    """
    if not wanted:
        _drop(workspace, runs.drop_changed(workspace, base.run_id, also))
        return base
    told, started = progress or silent(), time.perf_counter()
    told.report("Applying changes by hand", 0.1)
    outcome = apply(footing(workspace, base), wanted, with_paths=True)
    run_id = runs.new_run_id()
    _write_paths(outcome, run_id, told.part(0.3, 0.8))
    try:
        told.report("Storing the forecast", 0.8)
        replaced = _save(outcome, run_id, also, started)
    except BaseException:
        # Nothing names them, and they would be taken for those of the newest changes.
        _drop(workspace, [run_id])
        raise
    _drop(workspace, replaced)
    return runs.find_run(workspace, KIND, run_id) or base


def _save(outcome: Outcome, run_id: str, also: Callable[[Cursor], None], started: float) -> tuple[str, ...]:
    """Store the run and what belongs to it; keys of the runs it replaces."""
    workspace, base = outcome.base.workspace, outcome.base.run
    groups, sums = _groups(outcome)
    manifest = {**base.manifest, "sums": sums, **_noted(outcome)}
    run = Run(KIND, base.version, manifest, time.perf_counter() - started, run_id=run_id, base=base.run_id)
    effects = _effects(outcome, run_id)

    def stored(cursor: Cursor) -> None:
        also(cursor)
        store.add_effects(cursor, effects)

    return runs.save_changed(workspace, run, {"forecasts": _rows(outcome), "group_forecasts": groups}, stored)


def _drop(workspace: Workspace, replaced: Sequence[str]) -> None:
    for run_id in replaced:
        path_store.drop_paths(workspace, run_id)


def _noted(outcome: Outcome) -> dict[str, Any]:
    """What the run's manifest says of the changes."""
    applied, left_out = [], []
    for met, before, after in outcome.told():
        each = met.override
        if met.why:
            left_out.append({"override_id": each.override_id, "why": met.why})
            continue
        words = {name: getattr(each, name) for name in ("override_id", "level", "name", "location", "kind", "value")}
        words |= {name: str(getattr(each, name)) for name in ("first", "last", "until", "reason", "comment", "who")}
        applied.append(words | {"before": float(before.sum()), "after": float(after.sum())})
    return {"overrides": applied, "overrides_left_out": left_out}


def _rows(outcome: Outcome) -> pa.Table:
    """Rows of the forecast that say something else now."""
    after, before = outcome.changed.means, outcome.numbers
    rows, columns = np.nonzero(after != before[:, :, 0])
    means = (before[rows, columns, 0], after[rows, columns])
    drawn = ~np.isnan(outcome.changed.rates[rows, columns])
    quantiles = changed_quantiles(before[rows, columns, 1:], means, LEVELS, drawn)
    series = outcome.rows[rows]
    index = outcome.base.index
    return pa.table(
        {
            "sku": pa.array(index.skus[series], pa.string()),
            "location": pa.array(index.locations[series], pa.string()),
            "period": pa.array(index.periods[outcome.columns[columns]]),
            "mean": means[1],
            **{name: quantiles[:, place] for place, name in enumerate(QUANTILE_COLUMNS.values())},
        }
    )


def _groups(outcome: Outcome) -> tuple[pa.Table, dict[str, Any]]:
    """Rows of groups that say something else now, and the ranges of their sums."""
    base = outcome.base
    table = runs.run_table(base.workspace, "group_forecasts", base.run.run_id)
    place = np.searchsorted(base.periods, table["period"].to_numpy("datetime64[D]"))
    deltas = np.zeros(len(table))
    for level, names in _memberships(outcome).items():
        for name in np.unique(names):
            total = np.zeros(len(base.periods))
            total[outcome.columns] = outcome.deltas[names == name].sum(axis=0)
            here = ((table["level"] == level) & (table["name"] == name)).to_numpy()
            deltas[here] = total[place[here]]
    before = table["mean"].to_numpy(float)
    after = before + deltas
    told = deltas != 0.0
    stored = table.loc[told, list(NUMBERS[1:])].to_numpy(float)
    quantiles = changed_quantiles(stored, (before[told], after[told]), LEVELS)
    columns = {name: quantiles[:, at] for at, name in enumerate(NUMBERS[1:])}
    days = pa.array(table.loc[told, "period"].to_numpy("datetime64[D]"))
    keys = {name: pa.array(table.loc[told, name].tolist(), pa.string()) for name in ("level", "name")}
    sums = _sums(base.run.manifest.get("sums", {}), table.assign(place=place, after=after))
    return pa.table(keys | {"period": days, "mean": after[told]} | columns), sums


def _memberships(outcome: Outcome) -> dict[str, AnyArray]:
    """Per level of groups the group of each series changed, shape (n_rows,)."""
    base = outcome.base
    series = np.full(len(base.index.skus), -1)
    series[base.rows[base.rows >= 0]] = np.flatnonzero(base.rows >= 0)
    categories = np.array(scopes.categories(base.panel), dtype=object)[series[outcome.rows]]
    return {
        TOTAL: np.full(len(outcome.rows), TOTAL, dtype=object),
        CATEGORY: categories,
        LOCATION: base.index.locations[outcome.rows],
    }


def _sums(stored: dict[str, list[Any]], table: pd.DataFrame) -> dict[str, list[Any]]:
    """The central 80 % and the mean of sums over the first periods, moved as the sums of means are."""
    means: dict[Any, pd.DataFrame] = dict(iter(table.groupby(["level", "name"], sort=False)))
    result: dict[str, list[Any]] = {}
    for level, entries in stored.items():
        result[level] = []
        for name, periods, low, high, *drawn in entries:
            part = means[level, name]
            inside = (part["place"] < periods).to_numpy()
            sums = np.array([part[column].to_numpy(float)[inside].sum() for column in ("mean", "after")])
            moved = changed_quantiles(np.array([[low, high]]), (sums[:1], sums[1:]), (0.1, 0.9))[0]
            shifted = [each + float(sums[1] - sums[0]) for each in drawn]
            result[level].append((name, periods, float(moved[0]), float(moved[1]), *shifted))
    return result


def _write_paths(outcome: Outcome, run_id: str, progress: Progress) -> None:
    """Store all sample paths, those of the series met changed."""
    base, keys, moved = outcome.base, np.array(outcome.base.keys, dtype=object), outcome.changed
    n_series, window = len(keys), outcome.columns
    place = np.full(n_series, -1)
    place[outcome.rows[moved.touched.any(axis=1)]] = np.flatnonzero(moved.touched.any(axis=1))
    slices = path_store.path_slices(base.workspace, base.run.run_id, np.arange(n_series), SLICE)
    with path_store.PathWriter(
        base.workspace, run_id, base.periods, base.index.n_paths, base=base.run.run_id
    ) as writer:
        for first, part in zip(range(0, n_series, SLICE), slices, strict=True):
            progress.report("Changing demand paths", first / n_series, f"{first:,} of {n_series:,} series")
            here = place[first : first + SLICE]
            rows = np.flatnonzero(here >= 0)
            if len(rows):
                units = part.units[:, rows]
                block = (
                    moved.take(here[rows]),
                    keys[first + rows].tolist(),
                    (units == np.floor(units)).all(axis=(0, 2)),
                )
                part.units[np.ix_(np.arange(len(units)), rows, window)] = changed_paths(
                    units[:, :, window], *block, SEED
                )
            writer.write(DemandPaths(part.units, part.skus, part.locations, part.periods))


def _effects(outcome: Outcome, run_id: str) -> list[dict[str, Any]]:
    """What changes did that were not applied before, one row per change and period."""
    base = outcome.base
    known = set(store.effects(base.workspace)["override_id"])
    found: list[dict[str, Any]] = []
    for met, before, after in outcome.told():
        if met.change is None or met.why or met.override.override_id in known:
            continue
        naive = _naive(base, met.change.rows)[met.change.columns]
        days = base.periods[met.change.columns].astype(date)
        found += [
            {
                "override_id": met.override.override_id, "run_id": run_id, "period": period,
                "naive": None if np.isnan(last) else float(last), "before": float(old), "after": float(new),
            }
            for period, last, old, new in zip(days.tolist(), naive, before, after, strict=True)
        ]  # fmt: skip
    return found


def _naive(base: Footing, rows: IntArray) -> FloatArray:
    """What seasonal naive says of some series together, NaN = none of them ever sold, shape (horizon,)."""
    history = base.panel.take(np.isin(base.rows, rows))
    last = LastSeason(replace(history, future_drivers={})).mean_at(np.array([history.n_periods]), len(base.periods))[0]
    return np.where(np.isnan(last).all(axis=0), np.nan, np.nansum(last, axis=0))
