"""Charts of the Compare page: accuracy against time, error by step ahead, error by demand class."""

from typing import Any

import numpy as np
import streamlit as st

from core.base.language import _
from core.charts import comparison as charts
from core.charts import demand
from core.charts.theme import HEIGHT
from core.report.tables_segments import class_labels
from core.workflows import comparing
from core.workflows.comparing import Comparison
from pages.ui import chart


def _against_time(comparison: Comparison, *, dark: bool = False) -> Any:
    labels = comparing.labels()
    rows = [row for row in comparison.rows if row["wape"] is not None]
    return charts.accuracy_against_time(
        [labels[row["model"]] for row in rows],
        [row["wape"] for row in rows],
        [row["fit_seconds"] for row in rows],
        dark=dark,
    )


def _by_step(comparison: Comparison, *, dark: bool = False) -> Any:
    labels = comparing.labels()
    errors = {labels[key]: comparison.by_step[key] for key in _ran(comparison)}
    return demand.error_by_step(errors, comparison.frequency, dark=dark)


def _ran(comparison: Comparison) -> list[str]:
    """Keys of the methods that could be compared, best first."""
    return [row["model"] for row in comparison.rows if row["model"] in comparison.by_step]


def _by_class(comparison: Comparison, *, dark: bool = False) -> Any:
    labels, names = comparing.labels(), class_labels()
    ran = _ran(comparison)
    values = np.array([comparison.by_class[key] for key in ran])
    seen = ~np.isnan(values).all(axis=0)
    columns = [names[name] for name, known in zip(comparison.classes, seen, strict=True) if known]
    figure = charts.heat_map(values[:, seen], [labels[key] for key in ran], columns, _("RMSSE"), digits=2, dark=dark)
    return figure.update_layout(height=HEIGHT)


def figures(comparison: Comparison) -> dict[str, Any]:
    """Every chart of the page by its title, for the export."""
    return {
        _("Accuracy against fit time"): _against_time(comparison),
        _("Error by step ahead"): _by_step(comparison),
        _("Error by demand class"): _by_class(comparison),
    }


def show(comparison: Comparison, *, dark: bool) -> None:
    """Accuracy against time and error by class side by side, error by step below."""
    left, right = st.columns(2)
    with left:
        alt = _("WAPE of each method against its fit time")
        chart.show(_against_time(comparison, dark=dark), key="compare-time", alt=alt, file_name="accuracy-and-time")
        chart.caption(_("Lower is more accurate, further left is faster; fit time over all past dates."))
    with right:
        alt = _("RMSSE of each method per demand class")
        chart.show(_by_class(comparison, dark=dark), key="compare-class", alt=alt, file_name="error-by-class")
        chart.caption(_("RMSSE by demand class: lighter is better; below 1 the error is smaller than daily changes."))
    alt = _("WAPE of each method per step ahead")
    chart.show(_by_step(comparison, dark=dark), key="compare-step", alt=alt, file_name="error-by-step")
    chart.caption(_("WAPE per step ahead: a line that rises says that the far weeks are harder to forecast."))
