"""The sections of the Runs & settings page, each drawn only while it is open, and the ways to one of them."""

from typing import Any

import streamlit as st

from core.base.language import _
from pages.ui import links

KEY = "runs-section"
RUNS, JOBS, SETTINGS, BACKUP, PRIVACY, ACTIVITY, WORKSPACE = (
    "runs", "jobs", "settings", "backup", "privacy", "activity", "workspace"
)  # fmt: skip


def names() -> dict[str, str]:
    """The sections, those used most first."""
    return {
        RUNS: _("Runs"), JOBS: _("Jobs"), SETTINGS: _("Settings"), BACKUP: _("Backup"), PRIVACY: _("Privacy"),
        ACTIVITY: _("Activity"), WORKSPACE: _("Workspace"),
    }  # fmt: skip


def tabs() -> dict[str, Any]:
    """One tab per section; the open one stands in the address."""
    labels = names()
    drawn = st.tabs(list(labels.values()), key=KEY, on_change="rerun", bind="query-params")
    return dict(zip(labels, drawn, strict=True))


def link(section: str, label: str, icon: str) -> None:
    """A link from another page straight to a section."""
    links.to("pages/runs.py", label, icon, {KEY: names()[section]})
