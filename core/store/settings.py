"""What the user decided about the shop once: money, calendar, and the supply terms assumed where a file names none."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from core.base.errors import ParameterError
from core.store.sql import Cursor, load
from core.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one workspace.

    Attributes:
        currency: ISO 4217 code of all money.
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

    currency: str = "USD"
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
    with workspace.cursor() as cursor:
        stored: dict[str, Any] = {
            name: json.loads(value) for name, value in cursor.execute(load("settings")).fetchall()
        }
    # Names of an older or newer program are left alone.
    return Settings(**{field.name: stored[field.name] for field in fields(Settings) if field.name in stored})


def write_settings(workspace: Workspace, settings: Settings) -> None:
    """Store all settings."""
    rows = [{"name": name, "value": json.dumps(value)} for name, value in asdict(settings).items()]

    def work(cursor: Cursor) -> None:
        cursor.executemany(load("setting_write"), rows)
        workspace.audited(cursor, "settings", ", ".join(f"{row['name']} = {row['value']}" for row in rows))

    workspace.write(work)
