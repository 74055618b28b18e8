"""The shop's defaults: money, calendar, and the supply terms assumed where a file names none."""

from core.store.settings import Settings, read_settings, write_settings
from core.store.workspace import Workspace

__all__ = ["Settings", "read", "write"]


def read(workspace: Workspace) -> Settings:
    """The defaults in force."""
    return read_settings(workspace)


def write(workspace: Workspace, settings: Settings) -> None:
    """Store new defaults; plans and simulations use them from now on.

    Raises:
        ParameterError: a value lies outside its range.
    """
    write_settings(workspace, settings)
