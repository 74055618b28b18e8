"""The shop's defaults: money, calendar, and the supply terms assumed where a file names none."""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from core.base import language
from core.base.currencies import common
from core.series import holidays
from core.store.settings import Settings, exchange_rates, read_settings, sales_currencies, write_settings
from core.store.workspace import Workspace

__all__ = [
    "CURRENCIES", "Settings", "countries", "currencies_found", "languages", "offered", "rates", "rates_in", "read",
    "write",
]  # fmt: skip

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


def write(workspace: Workspace, settings: Settings, rates: Mapping[str, float] | None = None) -> bool:
    """Store new defaults; plans and simulations use them from now on.

    Args:
        workspace: the shop.
        settings: what shall hold.
        rates: the shop's money per unit of each foreign currency, in the place of all former ones; None = as before,
            told anew in the shop's money where that is another one now.

    Returns:
        Whether the clean demand must be made anew, since weeks, holidays, the currency or exchange rates changed.

    Raises:
        ParameterError: a value lies outside its range, or a rate is none.
    """
    before, before_rates = read_settings(workspace), exchange_rates(workspace)
    if rates is None and settings.currency != before.currency:
        rates = rates_in(before_rates, before.currency, settings.currency)
    write_settings(workspace, settings, rates)
    parts = ("week_start", "country", "currency")
    changed = any(getattr(before, name) != getattr(settings, name) for name in parts)
    return changed or before_rates != exchange_rates(workspace)


def rates(workspace: Workspace) -> dict[str, float]:
    """Exchange rates in force: foreign currency → the shop's money per unit of it."""
    return exchange_rates(workspace)


def rates_in(rates: Mapping[str, float], before: str, after: str) -> dict[str, float]:
    """Exchange rates told in other money, which is what the shop's becomes.

    Args:
        rates: money of the currency `before` per unit of each foreign currency.
        before: the currency they are told in.
        after: the currency they shall be told in.

    Returns:
        Money of `after` per unit of each other currency; none where nobody knows what `after` is worth.

    Example:
        >>> rates_in({"EUR": 1.25, "GBP": 1.5}, "USD", "EUR")
        {'GBP': 1.2, 'USD': 0.8}
    """
    if before == after:
        return dict(rates)
    if after not in rates:
        return {}
    return {code: worth / rates[after] for code, worth in {**rates, before: 1.0}.items() if code != after}


def offered(workspace: Workspace) -> tuple[str, ...]:
    """Currencies to choose the shop's own from: those on offer, its present one and those of its files."""
    found = (common([written], "") for written, _lines, _money in sales_currencies(workspace))
    return tuple(dict.fromkeys((*CURRENCIES, read_settings(workspace).currency, *found)))


def currencies_found(workspace: Workspace) -> pd.DataFrame:
    """Currencies that the sales lines name, for offering the shop's own and asking for rates.

    Returns:
        written (as in the files), currency (ISO 4217; of a sign that stands for several the shop's own, or the first),
        lines, money (in that currency), rate (the shop's money per unit, NaN = unknown, so that prices in it are left
        blank); the most frequent first.
    """
    own, known = read_settings(workspace).currency, exchange_rates(workspace)
    found = []
    for written, lines, money in sales_currencies(workspace):
        currency = common([written], own)
        rate = 1.0 if currency == own else known.get(currency, float("nan"))
        found.append((written, currency, lines, money, rate))
    return pd.DataFrame(found, columns=["written", "currency", "lines", "money", "rate"])
