"""“Do the files fit together?”: keys that do not meet, likely mends, links between codes, and what drivers cover."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from core.base.errors import DemandError
from core.base.language import _
from core.jobs import linking
from core.report import tables_fit
from core.report.export import CSV_TYPE, csv_bytes
from core.report.numbers import number
from core.workflows import joining, planned_drivers
from core.workflows.importing import UploadRecord
from core.workflows.joining import JoinReport, Link
from pages.ui import messages, session, upload_drivers, upload_result
from pages.ui.tables import choose as choose_rows
from pages.ui.tables import show as show_table
from pages.ui.text import literal

LINKABLE: Final = "sku"
_OPEN: Final = "upload-fit-open"


@st.cache_data(max_entries=4, ttl=3600, show_spinner=False)
def _report(state: tuple[str, ...]) -> JoinReport:  # noqa: ARG001 - the key of the cache
    return joining.unmatched(session.workspace())


@st.cache_data(max_entries=4, ttl=3600, show_spinner=False)
def _coverage(state: tuple[str, ...]) -> pd.DataFrame:  # noqa: ARG001 - the key of the cache
    return joining.coverage(session.workspace())


def show(stored: Sequence[UploadRecord]) -> None:
    """The section; what it takes time to find out waits until it is asked for."""
    if not any(record.role == "sales" for record in stored):
        return
    st.subheader(_("Do the files fit together?"))
    drivers = planned_drivers.markable(session.workspace())
    upload_drivers.propose(drivers)
    opened = st.session_state.get(_OPEN, False) or upload_result.DONE in st.session_state
    if not st.toggle(_("Compare the files with the sales"), opened, key=_OPEN):
        return
    links = joining.links(session.workspace())
    state = (*(record.upload_id for record in stored), links.to_csv())
    with messages.shown(), st.spinner(_("Comparing the files")):
        _sections(_report(state), links, (*state, str(drivers)))


def _sections(report: JoinReport, links: pd.DataFrame, state: tuple[str, ...]) -> None:
    meet, lack, linked, cover = st.tabs(
        [_("What does not meet"), _("What sales lack"), _("Links"), _("Drivers and stock")]
    )
    with meet:
        _unmatched(report)
        _suggestions(report)
    with lack:
        _lacking(report)
    with linked:
        _links(links)
    with cover:
        _covered(state)
        upload_drivers.choose(planned_drivers.markable(session.workspace()))


def _unmatched(report: JoinReport) -> None:
    if report.roles.empty:
        st.caption(_("Only sales are stored: there is no other file yet to compare them with."))
    elif report.unmatched.empty:
        st.success(_("Every SKU, location and supplier of the other files is one that sells."), icon=":material/check:")
    if not report.roles.empty:
        table = tables_fit.roles(report, joining.KINDS)
        show_table(table, alt=_("Keys of each file, and how many meet no sales"), key="upload-fit-roles")
    if not report.unmatched.empty:
        st.caption(_("The keys that meet no sales, the dearest first"))
        show_table(
            tables_fit.unmatched(report, joining.KINDS), alt=_("Keys that meet no sales"), key="upload-fit-unmatched",
            rows=6,
        )  # fmt: skip


def _suggestions(report: JoinReport) -> None:
    """Likely mends; one click links a code, another all that are sure."""
    found = report.suggestions
    if found.empty:
        return
    st.markdown(_("**Likely mends**: choose one to link it; nothing is linked unasked."))
    place = choose_rows(tables_fit.suggestions(found), alt=_("Likely mends"), key="upload-fit-suggestions", rows=6)
    linkable = found[found["kind"] == LINKABLE]
    with st.container(horizontal=True):
        chosen = found.iloc[place] if place is not None and found.iloc[place]["kind"] == LINKABLE else None
        label = _("Link the chosen one")
        if (
            st.button(label, key="upload-fit-link", disabled=chosen is None, icon=":material/link:")
            and chosen is not None
        ):
            _start([_link(chosen)])
        text = _("Link all {n}").format(n=number(len(linkable)))
        if len(linkable) and st.button(text, key="upload-fit-link-all", icon=":material/add_link:"):
            _start([_link(row) for _place, row in linkable.iterrows()])


def _link(row: Any) -> Link:
    return Link(str(row["old"]), str(row["new"]), 1.0, str(row["reason"]))


def _start(wanted: list[Link]) -> None:
    upload_result.remember(linking.start_links(session.runner(), session.workspace(), wanted))
    st.rerun()


def _lacking(report: JoinReport) -> None:
    if report.lacking.empty:
        st.success(_("Every SKU that sells has a product, stock, a supplier and a cost."), icon=":material/check:")
        return
    told = tables_fit.lacking_sentences(report, joining.LACKS)
    st.markdown("\n".join(f"- {literal(each, 300)}" for each in told))
    show_table(
        tables_fit.lacking(report, joining.LACKS), alt=_("SKUs that sell and lack something"), key="upload-fit-lacking"
    )


def _links(links: pd.DataFrame) -> None:
    """The links in force, the way to end one, one by hand, and a list of them as a file."""
    if links.empty:
        st.caption(_("No code counts as another SKU."))
    else:
        show_table(tables_fit.links(links), alt=_("Links between codes"), key="upload-fit-links", rows=6)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            code = st.selectbox(_("A linked code"), links["old_sku"].tolist(), key="upload-fit-linked", width=260)
            if st.button(_("Unlink it"), key="upload-fit-unlink", icon=":material/link_off:") and code:
                upload_result.remember(linking.start_unlink(session.runner(), session.workspace(), code))
                st.rerun()
    _by_hand()
    _from_file()


def _by_hand() -> None:
    with st.form("upload-fit-by-hand", border=True), st.container(horizontal=True, vertical_alignment="bottom"):
        old = st.text_input(_("This code"), key="upload-fit-old", width=200)
        new = st.text_input(_("counts as SKU"), key="upload-fit-new", width=200)
        factor = st.number_input(_("Pieces each"), 0.001, None, 1.0, key="upload-fit-factor", width=140)
        reason = st.text_input(_("Reason"), key="upload-fit-reason", width=220)
        sent = st.form_submit_button(_("Link"), icon=":material/link:", key="upload-fit-link-by-hand")
    if sent:
        _start([Link(old.strip(), new.strip(), factor, reason.strip())])


def _from_file() -> None:
    turn = st.session_state.get(upload_result.ROUND, 0)
    file = st.file_uploader(
        _("A list of links: old_sku, new_sku, and factor and reason if wished"), type=["csv", "txt", "tsv", "xlsx"],
        key=f"upload-fit-file-{turn}", max_upload_size=20,
    )  # fmt: skip
    with st.container(horizontal=True):
        if file is not None and st.button(_("Link what the file lists"), key="upload-fit-import", type="primary"):
            job_id = linking.start_links_file(session.runner(), session.workspace(), file.name, file.getvalue())
            upload_result.remember(job_id)
            st.rerun()
        st.download_button(
            _("Template of a list of links"), lambda: csv_bytes(tables_fit.TEMPLATE), "template-links.csv", CSV_TYPE,
            key="upload-fit-template", on_click="ignore", icon=":material/download:",
        )  # fmt: skip


def _covered(state: tuple[str, ...]) -> None:
    try:
        table = _coverage(state)
    except DemandError as error:
        messages.refused(error)
        return
    if table.empty:
        st.caption(_("There are no drivers yet: no prices, promotions or stock levels over time."))
        return
    show_table(
        tables_fit.coverage(table), alt=_("How much is known of each driver"), key="upload-fit-coverage", rows=10
    )
