"""Starts the app with what its first page and its first job need already imported and read, so that nobody waits.

Takes the same arguments as `streamlit run app.py`.
"""

import sys
from contextlib import suppress
from pathlib import Path

from streamlit.web import cli

import pages.ui.home_cards
import pages.ui.home_list
import pages.ui.home_start
import pages.ui.navigation  # noqa: F401 - imported so that the first visit finds them ready
from core.base.errors import DemandError
from core.jobs import work
from core.workflows import home, recovery
from core.workflows.workspace import default_path, open_workspace


def main() -> None:
    """Read the workspace, wake the worker, then hand over to Streamlit."""
    # one that cannot be opened or read is told of on the pages, with the ways out
    with suppress(DemandError):
        _read()
    work.wake()
    sys.argv = ["streamlit", "run", str(Path(__file__).with_name("app.py")), *sys.argv[1:]]
    sys.exit(cli.main())


def _read() -> None:
    if default_path().exists():
        workspace = open_workspace()
        recovery.finish_all(workspace)
        if home.has_data(workspace):
            home.status(workspace)


if __name__ == "__main__":
    main()
