"""By which score methods are judged: the choice, its order, and how it is written."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import streamlit as st

from core.base.language import _
from core.base.types import FloatArray
from core.charts.comparison import Measure
from core.report import tables_compare
from core.workflows import comparing
from core.workflows.comparing import Comparison

OFFERED: Final = (
    "rmsse", "cost_index", "wape", "mase", "wrmsse", "bias", "rmse", "mae", "mse", "mape", "smape", "pinball", "crps",
    "coverage_80", "coverage_95", "coverage_total_80", "coverage_total_95",
)  # fmt: skip
NOMINAL: Final = {
    "coverage_80": 0.80, "coverage_95": 0.95, "coverage_total_80": 0.80, "coverage_total_95": 0.95,
}  # fmt: skip
WHOLE: Final = ("", "")
"""The scope of all series."""
FEW: Final = 6
"""Methods drawn as lines unless others are chosen."""


def choose(comparison: Comparison) -> str:
    """The score by which tables are ordered and charts are drawn."""
    labels = tables_compare.score_labels()
    known = [key for key in OFFERED if any(row.get(key) is not None for row in comparison.rows)]
    key = st.selectbox(
        _("Judge by"), known or ["rmsse"], format_func=labels.__getitem__, key="compare-metric", width=220,
        persist_state="session", help=_("Orders the leaderboard and is what the charts below show."),
    )  # fmt: skip
    return str(key)


def scope(comparison: Comparison) -> tuple[str, str]:
    """Which series the leaderboard is about: a way of cutting the shop and a segment, "" and "" for all."""
    names = {WHOLE: _("All series")} | tables_compare.segment_labels(comparison.judgement.segments)
    if st.session_state.get("compare-scope", WHOLE) not in names:
        # a segment of other data
        del st.session_state["compare-scope"]
    chosen: tuple[str, str] = st.selectbox(
        _("Scope"), list(names), format_func=names.__getitem__, key="compare-scope", width=280,
        help=_("Whose errors the leaderboard shows; time, memory and failures are always those of all series."),
    )  # fmt: skip
    return chosen


def rows_of(comparison: Comparison, scope: tuple[str, str]) -> list[dict[str, Any]]:
    """The rows of the leaderboard with the scores of a scope alone, None where they are not known of it.

    Args:
        comparison: whose rows are meant.
        scope: as `scope` gave it.
    """
    if scope == WHOLE:
        return comparison.rows
    table = comparison.judgement.segments
    inside = table[(table["dimension"] == scope[0]) & (table["segment"] == scope[1])].set_index("model")
    figures = inside[[name for name in tables_compare.score_labels() if name in inside]].astype(object)
    found = figures.where(figures.notna(), None).to_dict("index")
    blank: dict[str, Any] = dict.fromkeys(tables_compare.score_labels())
    naive = found.get(comparing.BASELINE, blank)["rmsse"]
    rows = []
    for row in comparison.rows:
        own = blank | found.get(row["model"], {})
        known = row["model"] != comparing.BASELINE and own["rmsse"] is not None and naive is not None
        rows.append({**row, **own, "beats_naive": own["rmsse"] < naive if known else None})
    return rows


def measure(metric: str) -> Measure:
    """The score as an axis shows it."""
    return Measure(tables_compare.score_labels()[metric], metric in tables_compare.PERCENT)


def badness(metric: str, value: float | None) -> float:
    """A number that is smaller for the better score: bias counts by its size, coverage by its distance from nominal."""
    if value is None or np.isnan(value):
        return float("inf")
    if metric == "bias":
        return abs(value)
    return abs(value - NOMINAL[metric]) if metric in NOMINAL else value


def ordered(rows: Sequence[Mapping[str, Any]], metric: str) -> list[Mapping[str, Any]]:
    """Rows of the leaderboard, best first by the score; those without it last."""
    return sorted(rows, key=lambda row: badness(metric, row.get(metric)))


def answered(rows: Sequence[Mapping[str, Any]], metric: str) -> list[str]:
    """Keys of the methods that could be compared, best first by the score."""
    return [str(row["model"]) for row in ordered(rows, metric) if row["mae"] is not None]


def steps(comparison: Comparison, metric: str) -> Mapping[str, FloatArray]:
    """The score of each method at each step ahead; comparisons of older programs know the WAPE only."""
    found = comparison.judgement.steps.get(metric)
    if found is not None:
        return found
    return comparison.by_step if metric == "wape" else {}


def some(comparison: Comparison, metric: str, *, key: str) -> list[str]:
    """The methods to draw: the best few and the seasonal naive unless others are chosen."""
    known, labels = answered(comparison.rows, metric), comparing.labels()
    names = {model: labels.get(model, model) for model in known}
    start = known[:FEW]
    if comparing.BASELINE in known and comparing.BASELINE not in start:
        start[-1] = comparing.BASELINE
    return st.multiselect(
        _("Methods"), known, start, format_func=names.__getitem__, key=f"{key}-{comparison.run_id}-{metric}",
        wrap=True,
    )  # fmt: skip
