"""Groups of forecasting methods, as pages list them."""

from typing import Final

from core.base.language import _
from core.models import registry

NAIVE, SMOOTHING, INTERMITTENT, ARIMA = "naive", "smoothing", "intermittent", "arima"
REGRESSION, NETWORKS, COMBINATION = "regression", "networks", "combination"
FAMILY: Final[dict[str, str]] = {
    **dict.fromkeys(("naive", "seasonal_naive", "last_year_growth", "moving_average"), NAIVE),
    **dict.fromkeys(
        ("ses", "holt", "damped_trend", "holt_winters", "ets", "theta", "optimised_theta", "category_profile"),
        SMOOTHING,
    ),
    **dict.fromkeys(("croston", "sba", "tsb", "adida", "imapa"), INTERMITTENT),
    **dict.fromkeys(("arima", "arimax"), ARIMA),
}
"""Groups of the methods that learn from demand alone; the others are told apart by whether they are networks."""


def family_of(key: str) -> str:
    """Group of a method."""
    can = registry.capabilities(key)
    return FAMILY.get(key) or (NETWORKS if can.slow else REGRESSION if can.pooled or can.drivers else SMOOTHING)


def labels() -> dict[str, str]:
    """Name of each group, in the order in which pages list them."""
    return {
        NAIVE: _("naive"),
        SMOOTHING: _("smoothing"),
        INTERMITTENT: _("intermittent"),
        ARIMA: _("ARIMA"),
        REGRESSION: _("regression"),
        NETWORKS: _("networks"),
        COMBINATION: _("combination"),
    }
