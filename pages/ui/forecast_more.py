"""What stands below the forecast, one view at a time: its parts, last year, changes by hand, others, the method."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.base.language import _
from core.workflows.scopes import Scope
from core.workflows.viewing import Head, ScopeView
from pages.ui import forecast_changes, forecast_method, forecast_parts, forecast_versions, messages, session

PARTS, YEAR, CHANGES, VERSIONS, METHOD = "parts", "year", "changes", "versions", "method"


@session.fragment()
def show(head: Head, version: str, scope: Scope, view: ScopeView, frequency: str) -> None:
    """The view chosen; the others cost nothing."""
    names = {
        PARTS: _("What it is made of"),
        YEAR: _("Against last year"),
        CHANGES: _("Changes by hand"),
        VERSIONS: _("Earlier forecasts"),
        METHOD: _("The method"),
    }
    chosen = st.segmented_control(
        _("Look closer"), list(names), default=PARTS, required=True, format_func=names.__getitem__, key="closer",
        bind="query-params", wrap=True,
    )  # fmt: skip
    with messages.shown():
        if chosen == YEAR:
            forecast_parts.show_year(view, frequency)
        elif chosen == CHANGES:
            forecast_changes.show(head, scope, view, frequency)
        elif chosen == VERSIONS:
            forecast_versions.show(head, version, scope, view)
        elif chosen == METHOD:
            forecast_method.show(head, version, scope, view)
        else:
            forecast_parts.show_parts(head, version, scope, view)


def figures(head: Head, version: str, scope: Scope, view: ScopeView, frequency: str) -> Mapping[str, Any]:
    """The charts of the first two views by title, for the export."""
    return {
        _("What it is made of"): forecast_parts.parts_figure(forecast_parts.breakdown_of(head, version, scope, view)),
        _("Against last year"): forecast_parts.year_figure(view, frequency),
    }
