"""The shop's defaults: money, calendar, and the supply terms assumed where a file names none."""

from typing import Final

from core.base import language
from core.series import holidays
from core.store.settings import Settings, read_settings, write_settings
from core.store.workspace import Workspace

__all__ = ["CURRENCIES", "Settings", "countries", "languages", "read", "write"]

CURRENCIES: Final = (
    "USD", "EUR", "CNY", "GBP", "JPY", "AUD", "BRL", "CAD", "CHF", "CZK", "DKK", "HKD", "HUF", "IDR", "INR", "KRW",
    "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TRY", "TWD", "VND", "ZAR",
)  # fmt: skip
"""Currencies on offer, ISO 4217."""


def countries() -> tuple[str, ...]:
    """ISO codes of the countries whose public holidays are known."""
    return holidays.countries()


def languages() -> tuple[str, ...]:
    """Languages the texts exist in, English first."""
    found = (path.name for path in language.CATALOGUES.glob("*") if (path / "LC_MESSAGES").is_dir())
    return ("en", *sorted(found))


def read(workspace: Workspace) -> Settings:
    """The defaults in force."""
    return read_settings(workspace)


def write(workspace: Workspace, settings: Settings) -> bool:
    """Store new defaults; plans and simulations use them from now on.

    Returns:
        Whether the clean demand must be made anew, since weeks or holidays changed.

    Raises:
        ParameterError: a value lies outside its range.
    """
    before = read_settings(workspace)
    write_settings(workspace, settings)
    return (before.week_start, before.country) != (settings.week_start, settings.country)
