"""Charts of the Segments page: nine boxes, Pareto, number of groups, map, profile and weekly shape of the groups."""

from typing import Any

import streamlit as st

from core.base.language import _
from core.charts import comparison, demand, segments
from core.report import tables_segments
from core.workflows.segmenting import SegmentResult
from pages.ui import chart


def _boxes(result: SegmentResult, *, dark: bool = False) -> Any:
    counts, shares = tables_segments.nine_boxes(result.table, result.amounts)
    return segments.nine_boxes(
        counts,
        shares,
        (_("A · most"), _("B · some"), _("C · little")),
        (_("X · even"), _("Y · varying"), _("Z · erratic")),
        dark=dark,
    )


def _pareto(result: SegmentResult, *, dark: bool = False) -> Any:
    classes = result.table["abc"].value_counts()
    a_end = int(classes.get("A", 0))
    unit = tables_segments.basis_label(result.basis)
    return comparison.pareto(result.amounts, a_end, a_end + int(classes.get("B", 0)), unit, dark=dark)


def _map(result: SegmentResult, *, dark: bool = False) -> Any:
    found = result.grouping.segmentation
    return comparison.sku_map(
        found.map_xy, found.labels, list(result.grouping.names), result.table["sku"].to_numpy(), dark=dark
    )


def _profile(result: SegmentResult, *, dark: bool = False) -> Any:
    found = result.grouping.segmentation
    labels = tables_segments.feature_labels()
    columns = [labels[name] for name in found.features.names]
    return comparison.group_profile(found.centres, list(result.grouping.names), columns, dark=dark)


def _shapes(result: SegmentResult, *, dark: bool = False) -> Any:
    grouping = result.grouping
    lines = {str(name): grouping.shapes[place] for place, name in enumerate(grouping.names)}
    return demand.lines(grouping.shape_periods, lines, _("Times the SKU's own average"), dark=dark)


def _silhouettes(result: SegmentResult, *, dark: bool = False) -> Any:
    found = result.grouping.segmentation
    return comparison.silhouettes(found.silhouettes, found.suggested, dark=dark)


def figures(result: SegmentResult) -> dict[str, Any]:
    """Every chart of the page by its title, for the export."""
    whole = {
        _("Value and evenness"): _boxes(result),
        _("Few SKUs make most of it"): _pareto(result),
        _("Average weekly shape"): _shapes(result),
    }
    if _one_group(result):
        return whole
    return whole | {
        _("What sets each group apart"): _profile(result),
        _("Map of the SKUs"): _map(result),
        _("How many groups"): _silhouettes(result),
    }


def _one_group(result: SegmentResult) -> bool:
    """Whether there is nothing that a chart could tell apart."""
    return result.grouping.segmentation.n_groups == 1


def show_boxes(result: SegmentResult, *, dark: bool) -> None:
    """ABC×XYZ with counts and shares beside the Pareto curve."""
    left, right = st.columns([1.2, 1])
    with left:
        unit = tables_segments.basis_label(result.basis)
        alt = _("SKUs and their share of {unit} in the nine ABC and XYZ boxes").format(unit=unit)
        chart.show(_boxes(result, dark=dark), key="segments-boxes", alt=alt, file_name="abc-xyz")
        chart.caption(_("Rows: how much of the {unit}. Columns: how evenly it sells.").format(unit=unit))
    with right:
        alt = _("Running share over the SKUs from largest to smallest")
        chart.show(_pareto(result, dark=dark), key="segments-pareto", alt=alt, file_name="pareto")
        chart.caption(_("The few SKUs left of the first line make most of it."))


def show_groups(result: SegmentResult, *, dark: bool) -> None:
    """What sets each group apart; further views behind a choice, so that only one is drawn. One group has its shape."""
    views = {
        "profile": _("Profile"), "shape": _("Shape over time"), "map": _("Map of the SKUs"), "k": _("Number of groups"),
    }  # fmt: skip
    view = "shape" if _one_group(result) else st.segmented_control(
        _("View"), list(views), default="profile", required=True, format_func=views.__getitem__,
        key="segments-view", label_visibility="collapsed",
    )  # fmt: skip
    draw, alt, caption = {
        "profile": (
            _profile,
            _("How each group differs from the average SKU, per feature"),
            _("Standard deviations from the average SKU: orange above, blue below."),
        ),
        "shape": (
            _shapes,
            _("Average weekly demand of each group over the last year"),
            _("1 is the SKU's own average; weeks in which a SKU was not on sale are left out."),
        ),
        "map": (
            _map,
            _("SKUs as points, those that sell alike close together"),
            _("Principal components of the features: SKUs that sell alike lie close together."),
        ),
        "k": (
            _silhouettes,
            _("Mean silhouette per number of groups"),
            _("The higher, the more clearly the groups are separated; the suggested number stands out."),
        ),
    }[view or "profile"]
    chart.show(draw(result, dark=dark), key=f"segments-chart-{view}", alt=alt, file_name=f"segments-{view}")
    chart.caption(caption)
