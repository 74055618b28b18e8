"""One series under the magnifying glass: the ARIMA chosen for it, fitted again by exact maximum likelihood."""

from dataclasses import dataclass
from typing import Final

from core.base.errors import InsufficientHistoryError, NoDataError
from core.models import registry, season
from core.models.box_jenkins import MIN_HISTORY, ArimaPoint
from core.models.sampling import SampledFit
from core.models.statsmodels_view import ArimaOrder, ExactFit, exact_fit
from core.series.panel import Panel
from core.store.workspace import Workspace
from core.workflows import scopes
from core.workflows.datasets import current_dataset
from core.workflows.scopes import Scope

DOUBTFUL: Final = 0.05
"""p-value of the Ljung–Box test below which the residuals count as not yet explained."""
KEY: Final = "arima"


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """The exact fit of one series.

    Attributes:
        order: as the literature writes it, e.g. "(1,1,1)(0,1,1)7".
        fit: summary, residuals and their autocorrelation, on demand without its average week (year).
    """

    order: str
    fit: ExactFit


def exact_view(workspace: Workspace, sku: str, location: str = "") -> Diagnosis:
    """The order that the panel's ARIMA chooses for a series, with statsmodels' exact likelihood for that order.

    Args:
        workspace: the store.
        sku: of the series.
        location: of the series; "" when the SKU has one only.

    Raises:
        NoDataError: there is not exactly one such series.
        InsufficientHistoryError: fewer than 20 observed periods.
    """
    panel = current_dataset(workspace).panel
    chosen = scopes.members(panel, Scope(scopes.SKU, sku, location))
    if int(chosen.sum()) != 1:
        raise NoDataError(f"The exact fit needs one series; “{sku}” has {int(chosen.sum())}. Choose a location.")
    return diagnose(panel.take(chosen))


def diagnose(one: Panel) -> Diagnosis:
    """The same for a panel of one series."""
    sku = str(one.skus[0])
    if one.shorter_than(MIN_HISTORY).any():
        raise InsufficientHistoryError.for_skus("The exact ARIMA fit", MIN_HISTORY, [sku])
    fitted = registry.create(KEY).fit(one, seed=0)
    if not isinstance(fitted, SampledFit) or not isinstance(fitted.point, ArimaPoint):
        raise TypeError(f"{type(fitted).__name__} is no ARIMA")
    point = fitted.point
    seasonal, length = _three(point, 3), int(point.seasons[0])
    order = ArimaOrder(
        plain=_three(point, 0),
        seasonal=(*seasonal, length) if length and any(seasonal) else (0, 0, 0, 0),
        with_mean=bool(point.orders[0, 6]),
    )
    demand = season.without(one, point.profiles)[0]
    return Diagnosis(str(point.labels()[0]), exact_fit(demand[int(one.starts[0]) :], order, sku=sku))


def _three(point: ArimaPoint, first: int) -> tuple[int, int, int]:
    """Three neighbouring orders of the first series."""
    one, two, three = (int(order) for order in point.orders[0, first : first + 3])
    return one, two, three
