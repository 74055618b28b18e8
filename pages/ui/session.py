"""What every page starts from: the workspace, its settings, the job runner, the mode of the page."""

from pathlib import Path

import streamlit as st

from core.base import language
from core.jobs.runner import JobRunner
from core.workflows import settings as settings_workflow
from core.workflows.settings import Settings
from core.workflows.workspace import Workspace, default_path, open_workspace


@st.cache_resource(max_entries=4, show_spinner=False)
def _opened(path: str) -> Workspace:
    return open_workspace(Path(path))


def workspace() -> Workspace:
    """The workspace all sessions of this app share."""
    return _opened(str(default_path()))


def runner() -> JobRunner:
    """The runner of background jobs of this workspace."""
    return JobRunner.for_workspace(workspace())


def settings() -> Settings:
    """The defaults of the workspace; also switches texts and numbers to its language."""
    current = settings_workflow.read(workspace())
    language.use(current.language)
    return current


def dark() -> bool:
    """Whether the reader sees the dark theme."""
    return st.context.theme.type == "dark"
