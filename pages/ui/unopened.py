"""What a page shows when the workspace cannot be opened: why, and what can be done about it here."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.base.errors import DemandError
from core.base.language import _
from core.report import tables_keeping
from core.workflows import backups, recovery
from core.workflows.workspace import DamagedError, has_log, open_damaged
from pages.ui.text import literal


def show(path: Path, problem: DemandError) -> bool:
    """Say why; for a damaged workspace offer to mend it.

    Args:
        path: the workspace's file.
        problem: why it cannot be opened.

    Returns:
        Whether it was mended, so that the page can begin again.
    """
    st.error(literal(problem, 800), icon=":material/report:")
    if not isinstance(problem, DamagedError):
        st.button(_("Try again"), key="unopened-again", icon=":material/refresh:")
        return False
    # all are drawn, whichever was pressed
    return any([_log_set_aside(path), _went_back(path), _restored(path)])


def _log_set_aside(path: Path) -> bool:
    """Offer to go on without a log that cannot be read, if there is one."""
    if not has_log(path):
        return False
    st.markdown(
        _(
            "Perhaps only the log of the last changes is damaged. It can be set aside; lost loads come from the "
            "saved uploads."
        )
    )
    if st.button(_("Set the log aside and rebuild"), key="unopened-rebuild", type="primary", icon=":material/healing:"):
        return _done(lambda: recovery.rebuild(open_damaged(path)[0]))
    return False


def _went_back(path: Path) -> bool:
    """Offer the backups that the app made, if there are any."""
    kept = backups.kept_beside(path)
    if not kept:
        return False
    with st.container(horizontal=True, vertical_alignment="bottom"):
        texts = [tables_keeping.backup_label(each) for each in kept]
        place = st.selectbox(
            _("Backups"), range(len(kept)), format_func=texts.__getitem__, key="unopened-kept", width=320
        )
        pressed = st.button(_("Go back to it"), key="unopened-back", icon=":material/settings_backup_restore:")
    return pressed and _done(lambda: backups.restore_kept(path, kept[place].name))


def _restored(path: Path) -> bool:
    """Offer to put a backup from a file in its place."""
    chosen = st.file_uploader(_("Backup (.zip or .duckdb)"), type=["zip", "duckdb"], key="unopened-file")
    if st.button(
        _("Restore the backup"), key="unopened-restore", disabled=chosen is None,
        icon=":material/settings_backup_restore:",
    ):  # fmt: skip
        content = chosen.getvalue() if chosen else b""
        return _done(lambda: backups.restore_bytes(path, content))
    return False


def _done(mend: Callable[[], object]) -> bool:
    """Whether it worked; otherwise why not."""
    try:
        mend()
    except DemandError as refused:
        st.error(literal(refused, 800), icon=":material/error:")
        return False
    return True
