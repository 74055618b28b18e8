"""Backups: make one, download one, and the way back."""

import streamlit as st

from core.base.language import _
from core.report import tables_keeping, tables_runs
from core.report.numbers import number
from core.workflows import backups
from core.workflows.backups import BackupReport, StoredBackup
from pages.ui import home_banners, messages, session
from pages.ui.text import literal

RESTORED = "restored-rows"
TURN = "restore-turn"


def show() -> None:
    """Make a backup, download one, restore one."""
    workspace = session.workspace()
    st.markdown(f"**{_('Backup')}**")
    st.markdown(
        _(
            "A verified copy of the workspace file and of the saved uploads. Sample paths and the key are not part of "
            "it."
        )
    )
    if (report := st.session_state.pop(RESTORED, None)) is not None:
        text = _("Restored {rows} rows and {uploads} saved uploads.")
        st.success(
            text.format(rows=number(sum(report.rows.values())), uploads=number(report.uploads)),
            icon=":material/check_circle:",
        )
    if st.button(_("Make a backup"), key="backup-make", type="primary", icon=":material/backup:"):
        with messages.shown():
            _made(backups.make(workspace))
    _kept(backups.kept(workspace))
    _restore()


def _made(report: BackupReport) -> None:
    text = _("Backup {name} made and verified: {size}, {rows} rows, {uploads} saved uploads.")
    st.success(
        text.format(
            name=literal(report.path.name),
            size=tables_runs.size(report.size_bytes),
            rows=number(sum(report.rows.values())),
            uploads=number(report.uploads),
        ),
        icon=":material/verified:",
    )


def _kept(kept: list[StoredBackup]) -> None:
    """The backups in the folder: download one, or go back to it."""
    if not kept:
        return
    texts = [tables_keeping.backup_label(each) for each in kept]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(
            _("Backups"), range(len(kept)), format_func=texts.__getitem__, key="backup-kept", width=320
        )
        name, workspace = kept[place].name, session.workspace()
        st.download_button(
            _("Download"),
            lambda: backups.archive(workspace, name),
            f"{name.removesuffix('.duckdb')}.zip",
            "application/zip",
            key="backup-download",
            on_click="ignore",
            icon=":material/download:",
        )
        # under a new key after a restore, so that it does not stay open
        turn = st.session_state.get(TURN, 0)
        with st.popover(
            _("Go back to it"), key=f"restore-{turn}", icon=":material/settings_backup_restore:", disabled=_busy()
        ):
            st.markdown(_("It takes the place of the present data; the present file is kept beside it."))
            if st.button(_("Restore this backup"), key="restore-kept", type="primary", disabled=_busy()):
                with messages.shown():
                    _begin_again(backups.restore_kept(workspace.path, name))


def _restore() -> None:
    """Put a downloaded backup in the place of the workspace."""
    st.markdown(f"**{_('Restore a file')}**")
    chosen = st.file_uploader(_("Backup (.zip or .duckdb)"), type=["zip", "duckdb"], key="restore-file")
    sure = st.checkbox(
        _("Put it in the place of the present data; the present file is kept beside it."), key="restore-sure"
    )
    ready = chosen is not None and sure and not _busy()
    if st.button(_("Restore the backup"), key="restore", disabled=not ready, icon=":material/settings_backup_restore:"):
        with messages.shown():
            _begin_again(backups.restore_upload(session.workspace(), chosen.getvalue() if chosen else b""))
    if _busy():
        st.caption(_("A job is running; restore when it has ended."))


def _begin_again(report: BackupReport) -> None:
    """Everything shown so far may rest on data that is no longer there."""
    st.cache_data.clear()
    home_banners.forget()
    st.session_state[RESTORED] = report
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    st.rerun()


def _busy() -> bool:
    return bool(session.runner().active())
