"""Pins: a part of the shop, or one SKU, forecast by a method of the planner's choice whatever comparisons find best."""

import streamlit as st

from core.base.language import _, ngettext
from core.report import tables_compare
from core.report.numbers import number
from core.report.tables_segments import class_labels
from core.workflows import comparing, pinning
from core.workflows.comparing import Comparison
from core.workflows.pinning import Pin
from pages.ui import forecast_scope, messages, session, sku_picker
from pages.ui.sku_picker import Keys
from pages.ui.text import literal

ONE = (pinning.SKU, "")
KEYS = Keys("pin-sku", "pin-within", "pin-words")


def show(comparison: Comparison, version: str) -> None:
    """The pins in force, each with the way to take it off, and a form for another one."""
    listed = pinning.pins_of(session.workspace())
    title = _("Pin a method for a part of the shop")
    title += _(" ({n})").format(n=number(len(listed))) if listed else ""
    box = st.expander(title, icon=":material/keep:", key="pins", on_change="rerun", expanded=bool(listed))
    if box.open:
        with box, messages.shown():
            _form(comparison, version)
            for each in listed:
                _row(each)


def _form(comparison: Comparison, version: str) -> None:
    labels = comparing.labels()
    parts = tables_compare.segment_labels(comparison.judgement.segments) | {ONE: _("One SKU")}
    done = [str(row["model"]) for row in comparison.rows if row["mae"] is not None]
    models = {key: labels.get(key, key) for key in done if key not in comparing.combination_labels()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part: tuple[str, str] = st.selectbox(
            _("Part of the shop"), list(parts), format_func=parts.__getitem__, key="pin-part", width=280
        )
        if part == ONE:
            part = pinning.SKU, sku_picker.choose(_("SKU"), forecast_scope.choices_of(version), KEYS)
        model = st.selectbox(_("Method"), list(models), format_func=models.__getitem__, key="pin-model", width=280)
        if st.button(_("Pin"), icon=":material/keep:", key="pin-set"):
            pinning.pin(session.workspace(), Pin(*part, str(model)))
            st.rerun()
    st.caption(
        _(
            "Forecasts by the best methods, per demand class or SKU, use it there from the next one on. Where pins "
            "meet, the one set last holds. Combinations, which depend on what was compared, cannot be pinned."
        )
    )


def _row(pin: Pin) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{literal(part_name(pin.dimension, pin.segment), 120)} → **{_method(pin.model)}**")
        if st.button(_("Take off"), key=f"pin-off-{pin.dimension}-{pin.segment}", type="tertiary"):
            pinning.unpin(session.workspace(), pin.dimension, pin.segment)
            st.rerun()


def part_name(dimension: str, segment: str) -> str:
    """A part of the shop for the reader."""
    cut = tables_compare.dimension_labels().get(dimension, _("SKU"))
    return f"{cut}: {class_labels().get(segment, segment)}"


def told(pins: list[tuple[str, str, str, int]]) -> str:
    """What was pinned in a forecast, in a sentence; "" when nothing was.

    Args:
        pins: dimension, segment, model and number of series of each.
    """
    parts = [
        ngettext("{part} by {method} ({n} series)", "{part} by {method} ({n} series)", count).format(
            part=literal(part_name(dimension, segment), 60), method=_method(model), n=number(count)
        )
        for dimension, segment, model, count in pins
    ]
    return " " + _("Pinned: {parts}.").format(parts=", ".join(parts)) if parts else ""


def _method(model: str) -> str:
    return comparing.labels().get(model, model)
