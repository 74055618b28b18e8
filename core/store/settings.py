"""What the user decided about the shop once: money, calendar, and the supply terms assumed where a file names none."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from core.base.currencies import common
from core.base.errors import ParameterError
from core.store.sql import Cursor, load
from core.store.workspace import Workspace

_CODE: Final = re.compile(r"[A-Z]{3}")
_USUAL_CURRENCY: Final = "USD"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one workspace.

    Attributes:
        currency: ISO 4217 code of all money; until one is chosen, the only one the sales files name.
        week_start: first day of a week, Monday = 0.
        country: ISO 3166 code whose public holidays the methods may use, "" = none.
        service_level: chance of no stock-out per cycle, fraction in (0, 1).
        holding_rate_per_year: yearly holding cost as a fraction of unit cost.
        order_cost: money per order line placed.
        default_lead_time_days: mean days from order to receipt where no file says.
        default_lead_time_sd_days: its standard deviation, days.
        default_review_period_days: days between order decisions.
        lost_sales: True when unmet demand is lost, False when it waits (backorders).
        language: language of texts, e.g. "en" or "zh_CN".
    """

    currency: str = _USUAL_CURRENCY
    week_start: int = 0
    country: str = ""
    service_level: float = 0.95
    holding_rate_per_year: float = 0.25
    order_cost: float = 20.0
    default_lead_time_days: float = 14.0
    default_lead_time_sd_days: float = 3.0
    default_review_period_days: float = 7.0
    lost_sales: bool = True
    language: str = "en"

    def __post_init__(self) -> None:
        for name, low, high, unit in _RANGES:
            value = getattr(self, name)
            if not low <= value <= high:
                raise ParameterError.outside(name, value, low=low, high=high, unit=unit)


_RANGES: tuple[tuple[str, float, float, str], ...] = (
    ("week_start", 0, 6, ""),
    ("service_level", 0.5, 0.9999, ""),
    ("holding_rate_per_year", 0.0, 5.0, "per year"),
    ("order_cost", 0.0, 1e6, "money"),
    ("default_lead_time_days", 0.0, 730.0, "days"),
    ("default_lead_time_sd_days", 0.0, 365.0, "days"),
    ("default_review_period_days", 1.0, 365.0, "days"),
)


def read_settings(workspace: Workspace) -> Settings:
    """The settings of the workspace; those never written have their defaults."""
    return workspace.remembered("settings", settings_on)


def settings_on(cursor: Cursor) -> Settings:
    """The settings of the store a cursor reads.

    As long as no currency was chosen, it is the one the sales files name, if they name one only.
    """
    # Names of an older or newer program are left alone.
    known = {field.name for field in fields(Settings)}
    stored = {name: value for name, value in _stored(cursor).items() if name in known}
    return Settings(**({"currency": _named_currency(cursor)} | stored if "currency" not in stored else stored))


def _stored(cursor: Cursor) -> dict[str, Any]:
    return {name: json.loads(value) for name, value in cursor.execute(load("settings")).fetchall()}


def _named_currency(cursor: Cursor) -> str:
    written = [row[0] for row in cursor.execute(load("sales_currencies")).fetchall()]
    return common(written, _USUAL_CURRENCY) or _USUAL_CURRENCY


def write_settings(workspace: Workspace, settings: Settings, rates: Mapping[str, float] | None = None) -> None:
    """Store all settings; a currency that nobody chose stays the one the files name.

    Args:
        workspace: the store.
        settings: what shall hold from now on.
        rates: the shop's money per unit of each foreign currency, in the place of all former ones; None = as before.

    Raises:
        ParameterError: a rate is no number above 0, or its currency is no ISO 4217 code.
    """
    wanted = None if rates is None else _checked_rates(rates, settings.currency)

    def work(cursor: Cursor) -> None:
        unchosen = "currency" not in _stored(cursor) and settings_on(cursor).currency == settings.currency
        values = {name: value for name, value in asdict(settings).items() if not (name == "currency" and unchosen)}
        rows = [{"name": name, "value": json.dumps(value)} for name, value in values.items()]
        cursor.executemany(load("setting_write"), rows)
        workspace.audited(cursor, "settings", ", ".join(f"{row['name']} = {row['value']}" for row in rows))
        if wanted is not None and wanted != _rates(cursor):
            cursor.execute(load("exchange_rates_clear"))
            for currency, rate in wanted.items():
                cursor.execute(load("exchange_rate_put"), {"currency": currency, "rate": rate})
            text = ", ".join(f"{currency} = {rate:g} {settings.currency}" for currency, rate in wanted.items())
            workspace.audited(cursor, "exchange rates", text or "none")

    workspace.write(work)


def exchange_rates(workspace: Workspace) -> dict[str, float]:
    """Foreign currency → the shop's money per unit of it."""
    with workspace.cursor() as cursor:
        return _rates(cursor)


def _rates(cursor: Cursor) -> dict[str, float]:
    return {currency: float(rate) for currency, rate in cursor.execute(load("exchange_rates")).fetchall()}


def _checked_rates(rates: Mapping[str, float], own: str) -> dict[str, float]:
    """The rates by currency in capitals; the shop's own needs none."""
    found = {}
    for written, rate in rates.items():
        currency = written.strip().upper()
        if not _CODE.fullmatch(currency):
            raise ParameterError(
                f"A currency of three letters such as EUR is expected; “{written[:20]}” was given. Correct it."
            )
        if not (math.isfinite(rate) and rate > 0):
            raise ParameterError(
                f"A rate above 0 is expected for {currency}; {rate:g} was given. "
                f"Enter how much {own} one {currency} is worth."
            )
        if currency != own:
            found[currency] = float(rate)
    return dict(sorted(found.items()))


def sales_currencies(workspace: Workspace) -> list[tuple[str, int, float]]:
    """Currencies as the sales lines write them: text, lines, money in it; the most frequent first."""
    with workspace.cursor() as cursor:
        rows = cursor.execute(load("sales_currencies")).fetchall()
    return [(written, int(lines), float(money or 0.0)) for written, lines, money in rows]


def money_rates(cursor: Cursor) -> dict[str, list[Any]]:
    """What money written in each currency of the sales lines is worth, as parameters of a question about money.

    Returns:
        written: the currencies as the files have them; rates: the shop's money per unit, None where nobody knows it.
    """
    own, known = settings_on(cursor).currency, _rates(cursor)
    written = [str(row[0]) for row in cursor.execute(load("sales_currencies")).fetchall()]
    codes = [common([text], own) for text in written]
    return {"written": written, "rates": [1.0 if code == own else known.get(code) for code in codes]}
