"""What the Segments page is asked, and the groups that answer it."""

import streamlit as st

from core.base.language import _
from core.report.numbers import number
from core.workflows import segmenting
from core.workflows.segmenting import Grouping, SegmentRequest, SegmentResult
from pages.ui import session

SUGGESTED = 0


# The values are shared and never changed: a copy per visit would cost more than it protects.
@st.cache_resource(max_entries=12, show_spinner=False)
def _grouping(version: str, n_groups: int | None, language: str) -> Grouping:  # noqa: ARG001 - the key of the cache
    return segmenting.group(session.workspace(), n_groups)


@st.cache_resource(max_entries=12, show_spinner=False)
def _classified(version: str, request: SegmentRequest, language: str) -> SegmentResult:
    return segmenting.classify(session.workspace(), _grouping(version, request.n_groups, language), request)


def result_of(version: str, request: SegmentRequest) -> SegmentResult:
    """Groups and classes of the present data.

    Raises:
        DemandError: a control is out of range.
    """
    with st.spinner(_("Describing how each SKU sells…")):
        return _classified(version, request, session.settings().language)


def choose() -> SegmentRequest:
    """Number of groups, as many as the shop's SKUs allow, and how ABC ranks."""
    most = segmenting.most_groups(session.workspace())
    with st.container(border=True), st.grid(4, min_column_width=190, vertical_alignment="top"):
        n_groups = st.selectbox(
            _("Groups"), [SUGGESTED, *range(2, most + 1)], format_func=_groups_label, key="segments-k",
            disabled=most == 1,
            help=_("K-Means groups SKUs that sell alike. The suggested number separates them most clearly."),
        )  # fmt: skip
        basis = st.segmented_control(
            _("ABC ranks by"), [segmenting.REVENUE, segmenting.UNITS], default=segmenting.REVENUE, required=True,
            format_func={segmenting.REVENUE: _("Revenue"), segmenting.UNITS: _("Units")}.__getitem__,
            key="segments-basis", help=_("Of the last year of the data."),
        )  # fmt: skip
        a_share = st.slider(
            _("A holds the first"), 50, 94, 80, format="%d%%", key="segments-a",
            help=_("Share of revenue or units that the A items make together."),
        )  # fmt: skip
        b_share = st.slider(
            _("A and B together"), 51, 99, 95, format="%d%%", key="segments-b",
            help=_("Everything beyond this share is C."),
        )  # fmt: skip
    return SegmentRequest(n_groups or None, basis or segmenting.REVENUE, a_share / 100, b_share / 100)


def _groups_label(n_groups: int) -> str:
    return _("Suggested") if n_groups == SUGGESTED else number(n_groups)


def offer_keeping(request: SegmentRequest, result: SegmentResult) -> None:
    """Store these groups as a run, so that they can be looked up later."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Save these groups"), key="segments-keep", icon=":material/save:"):
            segmenting.keep(session.workspace(), request, result)
            st.toast(_("Saved. “Runs & settings” lists it."), icon=":material/check_circle:")
        st.caption(_("Saved groups are kept with the data version and settings they were made from."))
