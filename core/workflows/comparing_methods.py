"""The forecasting methods and combinations as pages and the command line offer them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from core.base.calendar import Frequency
from core.base.errors import NoDataError
from core.base.language import _
from core.base.parameters import ParameterInfo
from core.evaluate import combining
from core.inventory.lead_time import protection_days
from core.models import families, registry
from core.models.substitution import NOTHING_KNOWN
from core.series.panel import Panel
from core.store import datasets
from core.store.workspace import Workspace
from core.workflows import planned_drivers
from core.workflows.supply import supply_of

USUAL_FOLDS: Final = 3
"""Past dates of a comparison unless the user says otherwise."""


@dataclass(frozen=True, slots=True)
class Method:
    """A forecasting method as a page offers it.

    Attributes:
        key, label: its key, and its name for the reader.
        family: name of the group it belongs to.
        slow: takes much longer than the others.
        default: compared without being asked for.
        drivers: whether price, promotion and other drivers change its forecast; None = as its methods do.
        settings: what a user may change.
    """

    key: str
    label: str
    family: str
    slow: bool
    default: bool
    drivers: bool | None
    settings: tuple[ParameterInfo, ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """What a comparison of the present data starts from.

    Attributes:
        frequency: day, week or month.
        n_series: series to compare on.
        longest: most periods ahead that leave as much history as they forecast.
    """

    frequency: str
    n_series: int
    longest: int


def combination_labels() -> dict[str, str]:
    """Name of each combination, by key."""
    return {
        combining.MEAN: _("Mean of the best three"),
        combining.MEDIAN: _("Median of the best five"),
        combining.INVERSE: _("Best five by inverse error"),
        combining.STACKING: _("Stacking"),
    }


def labels() -> dict[str, str]:
    """Name of each method for the reader, by key; "none" stands for a series without any sale."""
    return registry.labels() | combination_labels() | {NOTHING_KNOWN: _("No sales yet (forecast 0)")}


def methods(settings: Mapping[str, Mapping[str, Any]] | None = None) -> tuple[Method, ...]:
    """Every method, simple ones first, then the combinations of them.

    Args:
        settings: per method key those that differ from the defaults; one may keep a method from looking at drivers.
    """
    found, names = [], families.labels()
    for key, label in registry.labels().items():
        can = registry.capabilities(key)
        family = names[families.family_of(key)]
        looks = planned_drivers.looks(key, (settings or {}).get(key, {}))
        found.append(Method(key, label, family, can.slow, can.default, looks, registry.settings(key)))
    together = names[families.COMBINATION]
    mixed = [
        Method(key, label, together, slow=False, default=True, drivers=None, settings=())
        for key, label in combination_labels().items()
    ]
    return (*found, *mixed)


def setup(workspace: Workspace) -> Setup:
    """What a comparison of the present data starts from, without loading the data.

    Raises:
        NoDataError: nothing was imported yet.
    """
    version = datasets.current_version(workspace)
    if version is None or version.first_period is None or version.last_period is None:
        raise NoDataError("There is no sales history to compare on. Upload a sales file or load the sample shop.")
    frequency = Frequency(version.frequency)
    n_periods = round((version.last_period - version.first_period).days / frequency.days) + 1
    if frequency is Frequency.DAY:
        n_periods = int(n_periods * (7 - len(version.closed_weekdays)) / 7)
    return Setup(version.frequency, version.n_series, _longest_horizon(n_periods))


def usual_horizon(workspace: Workspace, panel: Panel) -> int:
    """Trading periods to look ahead where nobody says otherwise: as long as the stock of most SKUs must last.

    Lead time plus review period of the middle series, of days in whole weeks, as far as three past dates leave half of
    the history. At least four weeks, eight weeks or four months, so that there is enough to judge by; but never more
    than half of the history.

    Args:
        workspace: whose supply terms hold.
        panel: all series.
    """
    calendar, frequency, n_periods = panel.calendar, panel.frequency, panel.n_periods
    days = float(np.median(protection_days(supply_of(workspace, panel).terms))) if len(panel) else 0.0
    needed = calendar.trading_within(math.ceil(days / frequency.days))
    if frequency is Frequency.DAY:
        needed = math.ceil(needed / calendar.season_length) * calendar.season_length
    affordable = n_periods // (2 * USUAL_FOLDS)
    return min(max(frequency.default_horizon, min(needed, affordable)), _longest_horizon(n_periods))


def _longest_horizon(n_periods: int) -> int:
    return max(n_periods // 2, 1)


def default_models() -> tuple[str, ...]:
    """Every method that is compared without being asked for."""
    return tuple(key for key in registry.METHODS if registry.capabilities(key).default)
