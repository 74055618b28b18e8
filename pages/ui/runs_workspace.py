"""The workspace: what it holds, whether it is whole, its backups, and the way back."""

import streamlit as st

from core.base.language import _
from core.report import tables_runs
from core.report.numbers import number
from core.workflows import backups, history
from core.workflows.backups import StoredBackup
from pages.ui import cards, links, messages, session, tables
from pages.ui.cards import Card
from pages.ui.text import literal

RESTORED = "restored-rows"


def show_facts() -> None:
    """Size, rows per table, and losses if there are any."""
    facts = history.facts(session.workspace())
    cards.row(
        [
            Card(_("Workspace file"), tables_runs.size(facts.size_bytes), note=facts.file),
            Card(_("Sample paths and models"), tables_runs.size(facts.files_bytes), note=_("kept beside the file")),
            Card(_("Rows"), number(sum(facts.rows.values())), note=_("in all tables")),
        ],
        columns=3,
    )
    for problem in facts.problems:
        st.error(literal(problem, 600), icon=":material/report:")
    if not facts.problems:
        st.success(_("Every load is complete and unchanged."), icon=":material/verified:")
    st.caption(_("Folder: {folder}").format(folder=literal(facts.folder, 300)))
    with st.expander(_("Rows per table"), icon=":material/table_rows:"):
        tables.show(tables_runs.contents(facts.rows), alt=_("Rows per table"), key="contents", rows=20)
    links.to("pages/upload.py", _("Take an upload back"), ":material/delete:")


def show_backups() -> None:
    """Make a backup, download one, restore one."""
    workspace = session.workspace()
    st.markdown(_("A backup is a verified copy of the workspace file. Sample paths are not part of it."))
    if st.button(_("Make a backup"), key="backup-make", type="primary", icon=":material/backup:"):
        with messages.shown():
            report = backups.make(workspace)
            text = _("Backup {name} made and verified: {size}, {rows} rows.")
            st.success(
                text.format(
                    name=literal(report.path.name),
                    size=tables_runs.size(report.size_bytes),
                    rows=number(sum(report.rows.values())),
                ),
                icon=":material/verified:",
            )
    _kept(backups.kept(workspace))
    _restore()


def _kept(kept: list[StoredBackup]) -> None:
    if not kept:
        return
    texts = [
        f"{tables_runs.local(each.made_at):%Y-%m-%d %H:%M:%S} · {tables_runs.size(each.size_bytes)}" for each in kept
    ]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(
            _("Backups"), range(len(kept)), format_func=texts.__getitem__, key="backup-kept", width=320
        )
        name, workspace = kept[place].name, session.workspace()
        st.download_button(
            _("Download"),
            lambda: backups.content(workspace, name),
            name,
            "application/octet-stream",
            key="backup-download",
            on_click="ignore",
            icon=":material/download:",
        )


def _restore() -> None:
    st.markdown(f"**{_('Restore')}**")
    if (rows := st.session_state.pop(RESTORED, None)) is not None:
        st.success(_("Restored {rows} rows.").format(rows=number(rows)), icon=":material/check_circle:")
    chosen = st.file_uploader(_("Backup file (.duckdb)"), type=["duckdb"], key="restore-file")
    sure = st.checkbox(
        _("Put it in the place of the present data; the present file is kept beside it."), key="restore-sure"
    )
    ready = chosen is not None and sure and not session.runner().active()
    if st.button(_("Restore the backup"), key="restore", disabled=not ready, icon=":material/settings_backup_restore:"):
        with messages.shown():
            report = backups.restore_upload(session.workspace(), chosen.getvalue() if chosen else b"")
            # Everything shown so far may rest on data that is no longer there.
            st.cache_data.clear()
            st.session_state[RESTORED] = sum(report.rows.values())
            st.rerun()
    if session.runner().active():
        st.caption(_("A job is running; restore when it has ended."))
