"""The forecasting methods by key; a method's file is imported when it is first asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from core.base.errors import ParameterError
from core.base.parameters import ParameterInfo, build, parameters_of
from core.models.contract import Capabilities, ForecastModel

METHODS: Final[dict[str, tuple[str, str]]] = {
    "naive": ("core.models.library.naive", "Naive"),
    "seasonal_naive": ("core.models.library.seasonal_naive", "SeasonalNaive"),
    "last_year_growth": ("core.models.library.last_year_growth", "LastYearGrowth"),
    "moving_average": ("core.models.library.moving_average", "MovingAverage"),
    "ses": ("core.models.library.simple_exponential_smoothing", "SimpleExponentialSmoothing"),
    "holt": ("core.models.library.holt", "Holt"),
    "damped_trend": ("core.models.library.damped_trend", "DampedTrend"),
    "holt_winters": ("core.models.library.holt_winters", "HoltWinters"),
    "ets": ("core.models.library.ets", "Ets"),
    "theta": ("core.models.library.theta", "Theta"),
    "optimised_theta": ("core.models.library.optimised_theta", "OptimisedTheta"),
    "croston": ("core.models.library.croston", "Croston"),
    "sba": ("core.models.library.sba", "SyntetosBoylan"),
    "tsb": ("core.models.library.tsb", "TeunterSyntetosBabai"),
    "adida": ("core.models.library.adida", "Adida"),
    "imapa": ("core.models.library.imapa", "Imapa"),
    "category_profile": ("core.models.library.category_profile", "CategoryProfile"),
    "arima": ("core.models.library.arima", "Arima"),
    "arimax": ("core.models.library.arimax", "Arimax"),
    "linear_regression": ("core.models.library.linear_regression", "LinearRegression"),
    "calendar_boosting": ("core.models.library.calendar_boosting", "CalendarBoosting"),
    "kmeans_regression": ("core.models.library.kmeans_regression", "KMeansRegression"),
    "ridge_lasso": ("core.models.library.ridge_lasso", "RidgeLasso"),
    "polynomial": ("core.models.library.polynomial", "PolynomialRegression"),
    "decision_tree": ("core.models.library.decision_tree", "DecisionTree"),
    "random_forest": ("core.models.library.random_forest", "RandomForest"),
    "gradient_boosting": ("core.models.library.gradient_boosting", "GradientBoosting"),
    "support_vector": ("core.models.library.support_vector", "SupportVector"),
    "lstm": ("core.models.library.lstm", "Lstm"),
    "gru": ("core.models.library.gru", "Gru"),
    "rnn": ("core.models.library.rnn", "Rnn"),
    "cnn": ("core.models.library.cnn", "Cnn"),
    "vae": ("core.models.library.vae", "Vae"),
}
"""Module and class of each method, in the order in which pages list them."""


def keys() -> tuple[str, ...]:
    """Keys of all methods, simple ones first."""
    return tuple(METHODS)


def model_class(key: str) -> type[Any]:
    """The class of a method; a heavy library behind it is imported only when it fits.

    Raises:
        ParameterError: no method has this key.
    """
    if key not in METHODS:
        raise ParameterError(f"No forecasting method is called “{key}”. Choose one of {', '.join(METHODS)}.")
    module, name = METHODS[key]
    return getattr(import_module(module), name)


def labels() -> dict[str, str]:
    """Name of each method as pages show it, by key."""
    return {key: model_class(key).label for key in METHODS}


def capabilities(key: str) -> Capabilities:
    """What may be asked of the method."""
    return model_class(key).capabilities


def settings(key: str) -> tuple[ParameterInfo, ...]:
    """The settings a user may change, in the order they are declared."""
    return parameters_of(model_class(key))


def create(key: str, values: Mapping[str, Any] | None = None) -> ForecastModel:
    """The method with the given settings; the others keep their defaults.

    Raises:
        ParameterError: the key or a setting is unknown, or a value is outside its range.
    """
    return build(model_class(key), values or {})
