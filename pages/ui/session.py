"""What every page starts from: the workspace, its settings, the job runner, the mode of the page."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from core.base import language
from core.base.errors import DemandError
from core.jobs.runner import JobRunner
from core.workflows import settings as settings_workflow
from core.workflows.settings import Settings
from core.workflows.workspace import Workspace, default_path, open_workspace
from pages.ui import unopened

P = ParamSpec("P")


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
    """The defaults of the workspace; also switches texts and numbers to its language.

    A workspace that cannot be opened ends the page with the reason and the ways out.
    """
    _leave_folder_navigation()
    try:
        current = settings_workflow.read(workspace())
    except DemandError as problem:
        if unopened.show(default_path(), problem):
            forget_all()
            st.rerun()
        st.stop()
    language.use(current.language)
    return current


def fragment(*, every: str | None = None) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Makes of a function a part of the page that a touch of its controls draws alone.

    Args:
        every: how often it is drawn without a touch; None = never.
    """

    def made(draw: Callable[P, None]) -> Callable[P, None]:
        # Alone it runs in a thread of its own, which knows nothing of the language yet.
        @wraps(draw)
        def spoken(*args: P.args, **kwargs: P.kwargs) -> None:
            language.use(settings_workflow.read(workspace()).language)
            draw(*args, **kwargs)

        return st.fragment(spoken, run_every=every)

    return made


def forget_all() -> None:
    """Open the workspace anew and show nothing that was made from what is no longer there."""
    forget_shown()
    st.session_state.clear()


def forget_shown() -> None:
    """Read anew what pages show: the store says something else now about data of the same version."""
    st.cache_data.clear()
    st.cache_resource.clear()


def _leave_folder_navigation() -> None:
    """Run app.py after all when a server's very first visitor came by a page's own address.

    Until app.py has run once, Streamlit takes the folder `pages` for its former kind of navigation and runs the page
    without the app around it.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def dark() -> bool:
    """Whether the reader sees the dark theme."""
    return st.context.theme.type == "dark"
