"""The forecasting methods and combinations as pages and the command line offer them."""

from dataclasses import dataclass

from core.base.calendar import Frequency
from core.base.errors import NoDataError
from core.base.language import _
from core.base.parameters import ParameterInfo
from core.evaluate import combining
from core.models import families, registry
from core.models.substitution import NOTHING_KNOWN
from core.store import datasets
from core.store.workspace import Workspace


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
        horizon: trading periods ahead unless the user says otherwise.
        longest: most periods ahead that leave as much history as they forecast.
    """

    frequency: str
    n_series: int
    horizon: int
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


def methods() -> tuple[Method, ...]:
    """Every method, simple ones first, then the combinations of them."""
    found, names = [], families.labels()
    for key, label in registry.labels().items():
        can = registry.capabilities(key)
        family = names[families.family_of(key)]
        found.append(Method(key, label, family, can.slow, can.default, can.drivers, registry.settings(key)))
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
    horizon = usual_horizon(frequency, n_periods)
    return Setup(version.frequency, version.n_series, horizon, _longest_horizon(n_periods))


def usual_horizon(frequency: Frequency, n_periods: int) -> int:
    """Trading periods to look ahead where nobody says otherwise: the usual number, but never more than half of all."""
    return min(frequency.default_horizon, _longest_horizon(n_periods))


def _longest_horizon(n_periods: int) -> int:
    return max(n_periods // 2, 1)


def default_models() -> tuple[str, ...]:
    """Every method that is compared without being asked for."""
    return tuple(key for key in registry.METHODS if registry.capabilities(key).default)
