"""Charts of the Compare page, one view at a time: by step, by segment, against time, calibration, scatter, one SKU."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.base.language import _
from core.base.types import FloatArray
from core.charts import breakdown, demand, judging
from core.charts import comparison as charts
from core.report import tables_compare
from core.report.numbers import number
from core.report.tables_segments import class_labels
from core.workflows import comparing, comparing_series
from core.workflows.comparing import Comparison
from core.workflows.comparing_series import SaidEarlier
from pages.ui import chart, compare_metrics, forecast_scope, session, sku_picker
from pages.ui.sku_picker import Keys

STEP, SEGMENT, TIME, CALIBRATION, SCATTER, ONE = "step", "segment", "time", "calibration", "scatter", "sku"
KEYS = Keys("compare-sku", "compare-within", "compare-words")
MOST_CALIBRATED = 8


def show(comparison: Comparison, metric: str, version: str) -> None:
    """The view chosen; the others cost nothing."""
    names = {
        STEP: _("By step ahead"),
        SEGMENT: _("By segment"),
        TIME: _("Against fit time"),
        CALIBRATION: _("Calibration"),
        SCATTER: _("Sold against forecast"),
        ONE: _("One SKU"),
    }
    chosen = st.segmented_control(
        _("Show"), list(names), default=STEP, required=True, format_func=names.__getitem__, key="errors",
        bind="query-params", wrap=True,
    )  # fmt: skip
    views = {SEGMENT: _by_segment, TIME: _against_time, CALIBRATION: _calibration, SCATTER: _scatter}
    if chosen == ONE:
        _one(comparison, version)
    elif chosen in views:
        views[chosen](comparison, metric)
    else:
        _by_step(comparison, metric)


def step_figure(comparison: Comparison, metric: str, models: list[str], *, dark: bool = False) -> Any:
    """The score per step ahead of some methods."""
    labels, found = comparing.labels(), compare_metrics.steps(comparison, metric)
    errors = {labels.get(key, key): found[key] for key in models if key in found}
    return demand.error_by_step(errors, comparison.frequency, compare_metrics.measure(metric), dark=dark)


def _by_step(comparison: Comparison, metric: str) -> None:
    models = compare_metrics.some(comparison, metric, key="compare-step-models")
    figure = step_figure(comparison, metric, models, dark=session.dark())
    alt = _("Error of each method per step ahead")
    chart.show(figure, key="compare-step", alt=alt, file_name="error-by-step")
    if not compare_metrics.steps(comparison, metric):
        chart.caption(_("This score is not kept per step ahead; choose another one above."))
        return
    chart.caption(_("Per step ahead: a line that rises says that the far periods are harder to forecast."))


def segment_table(comparison: Comparison, metric: str, dimension: str) -> pd.DataFrame:
    """The score of each method (rows, best first) in each segment (columns)."""
    segments = comparison.judgement.segments
    if dimension not in set(segments.get("dimension", ())):
        if metric != "rmsse" or dimension != "demand class":
            return pd.DataFrame()
        return pd.DataFrame(comparison.by_class, index=list(comparison.classes)).T
    if metric not in segments:
        return pd.DataFrame()
    inside = segments[segments["dimension"] == dimension]
    order = [str(row["model"]) for row in compare_metrics.ordered(comparison.rows, metric)]
    wide = inside.pivot_table(index="model", columns="segment", values=metric, sort=False, dropna=False)
    return wide.reindex([key for key in order if key in wide.index])


def segment_figure(comparison: Comparison, metric: str, dimension: str, *, dark: bool = False) -> Any:
    """The heat-map of a score over methods and segments."""
    table = segment_table(comparison, metric, dimension)
    table = table.loc[:, table.notna().any()] if len(table) else table
    labels, classes, shown = comparing.labels(), class_labels(), compare_metrics.measure(metric)
    sizes = _sizes(comparison, dimension)
    columns = [f"{classes.get(name, name)} ({number(sizes[name])})" if name in sizes else name for name in table]
    rows = [labels.get(key, key) for key in table.index]
    values = shown.factor * table.to_numpy(float)
    return charts.heat_map(values, rows, columns, shown.title, digits=1 if shown.share else 2, dark=dark)


def _sizes(comparison: Comparison, dimension: str) -> dict[str, int]:
    """Series per segment."""
    segments = comparison.judgement.segments
    if dimension not in set(segments.get("dimension", ())):
        return dict(comparison.class_sizes)
    inside = segments[segments["dimension"] == dimension].drop_duplicates("segment")
    return {str(name): int(count) for name, count in zip(inside["segment"], inside["series"], strict=True)}


def _by_segment(comparison: Comparison, metric: str) -> None:
    known = list(dict.fromkeys(comparison.judgement.segments.get("dimension", ()))) or ["demand class"]
    names = {key: tables_compare.dimension_labels().get(key, key) for key in known}
    dimension = st.segmented_control(
        _("Cut by"), known, default=known[0], required=True, format_func=names.__getitem__,
        key="compare-dimension",
    )  # fmt: skip
    figure = segment_figure(comparison, metric, dimension or known[0], dark=session.dark())
    alt = _("Error of each method per segment")
    chart.show(figure, key="compare-segment", alt=alt, file_name="error-by-segment")
    score = tables_compare.score_labels()[metric]
    if metric not in comparison.judgement.segments and metric != "rmsse":
        chart.caption(_("This score is not kept per segment; choose another one above."))
        return
    chart.caption(
        _("{score} per segment, the number of its series in brackets; lighter is smaller.").format(score=score)
    )


def time_figure(comparison: Comparison, metric: str, *, dark: bool = False) -> Any:
    """Accuracy against fit time."""
    labels = comparing.labels()
    rows = [row for row in comparison.rows if row.get(metric) is not None]
    names = [labels.get(row["model"], row["model"]) for row in rows]
    errors, seconds = [row[metric] for row in rows], [row["fit_seconds"] for row in rows]
    return charts.accuracy_against_time(names, errors, seconds, compare_metrics.measure(metric), dark=dark)


def _against_time(comparison: Comparison, metric: str) -> None:
    alt = _("Error of each method against its fit time")
    figure = time_figure(comparison, metric, dark=session.dark())
    chart.show(figure, key="compare-time", alt=alt, file_name="accuracy-and-time")
    chart.caption(_("Further left is faster; fit time over all past dates. Combinations cost what their members cost."))


def calibration_figure(comparison: Comparison, models: list[str], segment: str = "", *, dark: bool = False) -> Any:
    """Nominal against observed shares of some methods."""
    return judging.calibration(_calibrated(comparison, models, segment), dark=dark)


def _calibrated(comparison: Comparison, models: list[str], segment: str) -> Mapping[str, tuple[FloatArray, FloatArray]]:
    table, labels = comparison.judgement.calibration, comparing.labels()
    if table.empty:
        return {}
    inside = table[table["segment"] == segment]
    parts = {key: inside[inside["model"] == key] for key in models}
    return {
        labels.get(key, key): (part["level"].to_numpy(float), part["share"].to_numpy(float))
        for key, part in parts.items()
        if len(part)
    }


def _calibration(comparison: Comparison, metric: str) -> None:
    models = compare_metrics.some(comparison, metric, key="compare-calibrated")[:MOST_CALIBRATED]
    classes = {"": _("All series")} | {name: class_labels().get(name, name) for name in comparison.classes}
    segment = st.segmented_control(
        _("Demand class"), list(classes), default="", required=True, format_func=classes.__getitem__,
        key="compare-calibrated-class",
    )  # fmt: skip
    figure = calibration_figure(comparison, models, segment or "", dark=session.dark())
    alt = _("Share of outcomes below each forecast quantile against the share that should be")
    chart.show(figure, key="compare-calibration", alt=alt, file_name="calibration")
    chart.caption(
        _("Below the diagonal at the right, stock planned with that method runs out more often than promised.")
    )


def scatter_figure(comparison: Comparison, model: str, *, dark: bool = False) -> Any:
    """Sums over the horizon of a sample of series and past dates, forecast against sold."""
    table = comparison.judgement.scatter
    part = table[table["model"] == model] if len(table) else table
    if part.empty:
        return judging.actual_against_forecast(np.empty(0), np.empty(0), [], dark=dark)
    names = [f"{sku} · {place}" for sku, place in zip(part["sku"], part["location"], strict=True)]
    said, sold = part["forecast"].to_numpy(float), part["actual"].to_numpy(float)
    return judging.actual_against_forecast(said, sold, names, dark=dark)


def _scatter(comparison: Comparison, metric: str) -> None:
    known, labels = compare_metrics.answered(comparison.rows, metric), comparing.labels()
    names = {key: labels.get(key, key) for key in known}
    model = st.selectbox(_("Method"), known, format_func=names.__getitem__, key="compare-scatter-model", width=330)
    figure = scatter_figure(comparison, str(model), dark=session.dark())
    alt = _("Units sold against units forecast, a point per series and past date")
    chart.show(figure, key="compare-scatter", alt=alt, file_name="sold-against-forecast")
    chart.caption(_("A sample of series at the past dates; above the line more was sold than forecast."))


@st.cache_resource(max_entries=64, show_spinner=False)
def _said(run_id: str, version: str, sku: str, place: str, _comparison: Comparison) -> SaidEarlier:  # noqa: ARG001 - key
    return comparing_series.said_of(session.workspace(), _comparison, sku, place)


def _one(comparison: Comparison, version: str) -> None:
    choices = forecast_scope.choices_of(version)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sku = sku_picker.choose(_("SKU"), choices, KEYS)
        places = choices.places[sku]
        place = places[0]
        if len(places) > 1:
            place = st.selectbox(_("Location"), places, key="compare-place", width=220)
    found, labels = _said(comparison.run_id, version, sku, str(place), comparison), comparing.labels()
    known = {key: labels.get(key, key) for key in found.said}
    if not known:
        st.info(_("This comparison kept nothing about this series; it began after the past dates, or is new."))
        return
    order = [str(row["model"]) for row in comparison.rows if row["model"] in known]
    models = st.multiselect(
        _("Methods"), order, order[:3], format_func=known.__getitem__, key=f"compare-lines-{'-'.join(sorted(order))}",
        wrap=True,
    )  # fmt: skip
    first = min(days.min() for days, _units in found.said.values()) - np.timedelta64(91, "D")
    shown = found.periods >= first
    said = {known[key]: found.said[key] for key in models}
    figure = breakdown.series_lines(found.periods[shown], found.sold[shown], said, dark=session.dark())
    chart.show(figure, key="compare-lines", alt=_("What each method said at past dates"), file_name="past-forecasts")
    chart.caption(_("Each stretch of a line was said at its left end, knowing nothing after it."))


def figures(comparison: Comparison, metric: str) -> dict[str, Any]:
    """The charts of the page by title, for the export."""
    best = compare_metrics.answered(comparison.rows, metric)
    found = {
        _("Accuracy against fit time"): time_figure(comparison, metric),
        _("Error by step ahead"): step_figure(comparison, metric, best[: compare_metrics.FEW]),
        _("Calibration"): calibration_figure(comparison, best[: compare_metrics.FEW]),
        _("Sold against forecast"): scatter_figure(comparison, best[0]),
    }
    for dimension in dict.fromkeys(comparison.judgement.segments.get("dimension", ())):
        title = tables_compare.dimension_labels().get(dimension, dimension)
        found[_("Error by {segment}").format(segment=title)] = segment_figure(comparison, metric, dimension)
    return found
