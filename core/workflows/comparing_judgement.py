"""How good each method of a comparison is, cut by step, segment and quantile: tables a page draws from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.randomness import streams
from core.base.types import AnyArray, FloatArray
from core.evaluate.backtest import Backtest
from core.evaluate.leaderboard import BASELINE, shares_won
from core.evaluate.metrics import STEP_METRICS, calibration, scored, scores, step_scores
from core.evaluate.remarks import Remark
from core.evaluate.replay import Bill, Economics, billed, index_of, replayed
from core.evaluate.significance import Outcome
from core.segment.abc_xyz import abc
from core.series.demand_class import demand_class
from core.series.panel import Panel
from core.workflows import scopes
from core.workflows.comparing_cache import Question
from core.workflows.scopes import CATEGORY, LOCATION

BILL_METRICS: Final = ("service", "lasted", "coverage_total_80", "coverage_total_95")
COST_METRICS: Final = ("cost_index", *BILL_METRICS)
MOST_SEGMENTS: Final = 20
"""Categories or locations judged one by one: those with the greatest weight."""
SCATTERED: Final = 300
"""Pairs of forecast and actual that are kept of each method, the same series and past dates for all."""
DIGITS: Final = 6
"""Significant digits kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What a comparison found besides its leaderboard.

    Attributes:
        steps: per metric and method the value at each step ahead, NaN = undefined, each of shape (horizon,).
        segments: one row per dimension (demand class, ABC, category, location), segment and method: dimension, segment,
            series (how many), model, the metrics of STEP_METRICS and COST_METRICS, and skus_won.
        calibration: one row per method, demand class ("" = all) and stored quantile: model, segment, level, share (of
            actuals at or below it).
        scatter: one row per method and sampled series at a past date: model, sku, location, origin (last known day),
            actual and forecast (units over the horizon).
        tests: Diebold–Mariano, one row per pair: first, second, statistic (below 0 = the first errs less), p_value,
            periods.
        remarks: what should be known about the data.
    """

    steps: Mapping[str, Mapping[str, FloatArray]] = field(default_factory=dict)
    segments: pd.DataFrame = field(default_factory=pd.DataFrame)
    calibration: pd.DataFrame = field(default_factory=pd.DataFrame)
    scatter: pd.DataFrame = field(default_factory=pd.DataFrame)
    tests: pd.DataFrame = field(default_factory=pd.DataFrame)
    remarks: tuple[Remark, ...] = ()


def judge(done: Sequence[Backtest], question: Question, tests: Mapping[tuple[str, str], Outcome]) -> Judgement:
    """The tables of finished backtests over the question's series, without remarks."""
    panel = question.panel
    classes = demand_class(panel.observed())
    of_steps = {result.model: step_scores(result) for result in done}
    return Judgement(
        steps={name: {model: found[name] for model, found in of_steps.items()} for name in STEP_METRICS},
        segments=_segments(done, dimensions(panel, classes, done[0].weight), question.economics),
        calibration=pd.concat([_calibration(result, classes) for result in done], ignore_index=True),
        scatter=_scatter(done, panel),
        tests=pd.DataFrame(
            [
                (one, other, outcome.statistic, outcome.p_value, outcome.periods)
                for (one, other), outcome in tests.items()
            ],
            columns=["first", "second", "statistic", "p_value", "periods"],
        ),
    )


def dimensions(panel: Panel, classes: AnyArray, weight: FloatArray) -> dict[str, AnyArray]:
    """Label of each series by dimension, each of shape (n_series,); dimensions with one label only fall away."""
    found = parts(panel, classes, weight)
    return {name: labels for name, labels in found.items() if len(set(labels.tolist())) > 1}


def parts(panel: Panel, classes: AnyArray, weight: FloatArray) -> dict[str, AnyArray]:
    """Label of each series by every dimension the shop is cut by, each of shape (n_series,)."""
    found = {"demand class": classes, "ABC": abc(weight)}
    return found | {CATEGORY: np.array(scopes.categories(panel), dtype=object), LOCATION: panel.locations}


def _segments(done: Sequence[Backtest], found: Mapping[str, AnyArray], economics: Economics | None) -> pd.DataFrame:
    rows = []
    replays = {result.model: None if economics is None else replayed(result, economics) for result in done}
    for dimension, labels in found.items():
        for segment in largest(labels, done[0].weight):
            inside = labels == segment
            head = {"dimension": dimension, "segment": segment, "series": int(inside.sum())}
            bills = {key: billed(replay, inside) for key, replay in replays.items() if replay is not None}
            for result, won in zip(done, shares_won(done, inside), strict=True):
                each = scores(result, inside)
                values = {name: getattr(each, name) for name in STEP_METRICS} | _costs(result.model, bills)
                rows.append({**head, "model": result.model, "skus_won": won} | values)
    columns = ["dimension", "segment", "series", "model", *STEP_METRICS, *COST_METRICS, "skus_won"]
    return pd.DataFrame(rows, columns=columns)


def _costs(model: str, bills: Mapping[str, Bill]) -> dict[str, float]:
    """What the replay says of a method in one segment, NaN = unknown."""
    if model not in bills:
        return dict.fromkeys(COST_METRICS, np.nan)
    naive = bills[BASELINE].cost if BASELINE in bills else np.nan
    told = {name: getattr(bills[model], name) for name in BILL_METRICS}
    return {"cost_index": index_of(bills[model].cost, naive)} | told


def largest(labels: AnyArray, weight: FloatArray) -> list[Any]:
    """The labels whose series weigh most, at most 20."""
    names, place = np.unique(labels.astype(str), return_inverse=True)
    total = np.bincount(place, np.nan_to_num(weight), minlength=len(names))
    return list(names[np.argsort(-total, kind="stable")[:MOST_SEGMENTS]])


def _calibration(result: Backtest, classes: AnyArray) -> pd.DataFrame:
    segments = [("", None), *((str(name), classes == name) for name in sorted(set(classes)))]
    parts = [
        pd.DataFrame(
            {"model": result.model, "segment": name, "level": result.levels, "share": calibration(result, mask)}
        )
        for name, mask in segments
    ]
    return pd.concat(parts, ignore_index=True)


def _scatter(done: Sequence[Backtest], panel: Panel) -> pd.DataFrame:
    """Sums over the horizon of some series at each past date, chosen by their stream numbers; scored points only."""
    known = np.all([scored(result) for result in done], axis=0)
    origin, series = np.nonzero(known.any(axis=2))
    order = np.lexsort((origin, streams(panel.keys)[series]))[:SCATTERED]
    origin, series = origin[order], series[order]
    inside = known[origin, series]
    parts = [
        pd.DataFrame(
            {
                "model": result.model,
                "sku": panel.skus[series],
                "location": panel.locations[series],
                "origin": (result.periods[origin, 0] - np.timedelta64(1, "D")).astype("datetime64[s]"),
                "actual": np.where(inside, result.actual[origin, series], 0.0).sum(axis=1),
                "forecast": np.where(inside, result.mean[origin, series], 0.0).sum(axis=1),
            }
        )
        for result in done
    ]
    return pd.concat(parts, ignore_index=True)


def stored(judgement: Judgement) -> dict[str, Any]:
    """The judgement as plain values for a run's manifest."""
    models = list(dict.fromkeys(judgement.scatter["model"]))
    first = judgement.scatter[judgement.scatter["model"] == models[0]] if models else judgement.scatter
    said = {
        model: _plain(part["forecast"].to_numpy()) for model, part in judgement.scatter.groupby("model", sort=False)
    }
    return {
        "steps": {
            name: {model: _plain(values) for model, values in found.items()} for name, found in judgement.steps.items()
        },
        "segments": _columns(judgement.segments),
        "calibration": _columns(judgement.calibration),
        "scatter": {"rows": _columns(first.drop(columns=["model", "forecast"])), "forecast": said},
        "tests": _columns(judgement.tests),
        "remarks": [[each.kind, each.text, each.n_series, list(each.skus)] for each in judgement.remarks],
    }


def read(manifest: Mapping[str, Any]) -> Judgement:
    """The judgement of a stored comparison; an empty one of those of older programs."""
    about = manifest.get("judgement")
    if about is None:
        return Judgement()
    rows = pd.DataFrame(about["scatter"]["rows"])
    rows["origin"] = pd.to_datetime(rows["origin"], unit="s")
    columns = ["model", "sku", "location", "origin", "actual", "forecast"]
    said = [
        rows.assign(model=model, forecast=np.array(values, float))
        for model, values in about["scatter"]["forecast"].items()
    ]
    return Judgement(
        steps={
            name: {model: np.array(values, float) for model, values in found.items()}
            for name, found in about["steps"].items()
        },
        segments=_frame(about["segments"]),
        calibration=_frame(about["calibration"]),
        scatter=pd.concat(said, ignore_index=True)[columns] if said else rows,
        tests=_frame(about["tests"]),
        remarks=tuple(Remark(kind, text, count, tuple(skus)) for kind, text, count, skus in about["remarks"]),
    )


def _plain(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(value) else float(f"{value:.{DIGITS}g}") for value in values]


def _columns(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Columns as plain lists; moments in seconds since 1970."""
    found: dict[str, list[Any]] = {}
    for name in table.columns:
        values = table[name]
        if values.dtype.kind == "f":
            found[str(name)] = _plain(values.to_numpy())
        elif values.dtype.kind == "M":
            found[str(name)] = values.to_numpy().astype("datetime64[s]").astype(np.int64).tolist()
        else:
            found[str(name)] = values.tolist()
    return found


def _frame(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """The table of plain columns, undefined numbers as NaN."""
    texts = ("model", "dimension", "segment", "first", "second")
    return pd.DataFrame(
        {name: list(values) if name in texts else np.array(values, float) for name, values in columns.items()}
    )
