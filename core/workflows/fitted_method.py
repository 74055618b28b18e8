"""The method behind a forecast as a reader meets it: what it learned for one series, and with which settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from core.base.errors import InsufficientHistoryError
from core.base.language import _
from core.models import families, registry, yearly
from core.models.box_jenkins import ArimaPoint
from core.models.contract import PointForecaster
from core.models.exponential import EtsPoint
from core.models.level import LevelPoint
from core.models.library.moving_average import WindowedLevel
from core.models.library.simple_exponential_smoothing import SmoothedLevel
from core.models.sampling import SampledFit
from core.models.theta_lines import ThetaPoint
from core.series.panel import Panel
from core.store import runs
from core.store.workspace import Workspace
from core.workflows import comparing, scopes
from core.workflows.datasets import current_dataset
from core.workflows.scopes import Scope
from core.workflows.viewing import Head

NEVER_A_SHARE: Final = 50.0
"""From this θ on, the straight line of the theta method counts almost whole."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A method as it stands behind a scope.

    Attributes:
        key: of the method.
        family: name of its group.
        drivers: whether price, promotion and events change its forecast; None = as in the methods it combines.
        pooled: whether one fit serves all series.
        settings: label and value of each setting.
        parameters: label and value of what it learned for this one series; empty where it learns for all together.
    """

    key: str
    family: str
    drivers: bool | None
    pooled: bool
    settings: Mapping[str, Any]
    parameters: Mapping[str, str]


def is_local(key: str) -> bool:
    """Whether the method exists and learns each series by itself."""
    return key in registry.METHODS and not registry.capabilities(key).pooled


def learned(workspace: Workspace, head: Head, scope: Scope, key: str) -> Learned:
    """What is known of a method that forecasts the scope; a local one is fitted again to a single series.

    Args:
        workspace: the store.
        head: the forecast.
        scope: what is looked at.
        key: of a method or combination the forecast uses.
    """
    names = families.labels()
    if key not in registry.METHODS:
        return Learned(key, names[families.COMBINATION], drivers=None, pooled=False, settings={}, parameters={})
    can = registry.capabilities(key)
    method = registry.create(key, settings_of(workspace, head).get(key, {}))
    values = {_(info.label): getattr(method, info.name) for info in registry.settings(key)}
    found: dict[str, str] = {}
    panel = current_dataset(workspace).panel
    members = scopes.members(panel, scope)
    if not can.pooled and int(members.sum()) == 1:
        point = fit_alone(workspace, head, panel.take(members), key)
        found = {} if point is None else parameters_of(point)
    family = names[families.family_of(key)]
    return Learned(key, family, drivers=can.drivers, pooled=can.pooled, settings=values, parameters=found)


def settings_of(workspace: Workspace, head: Head) -> Mapping[str, Mapping[str, Any]]:
    """Settings per method with which the forecast was made; those of its comparison where an older program made it."""
    if "settings" in head.manifest:
        own: Mapping[str, Mapping[str, Any]] = head.manifest["settings"]
        return own
    compared = str(head.manifest.get("comparison") or "")
    record = runs.find_run(workspace, comparing.KIND, compared)
    found: Mapping[str, Mapping[str, Any]] = record.manifest.get("request", {}).get("settings", {}) if record else {}
    return found


def fit_alone(workspace: Workspace, head: Head, one: Panel, key: str) -> PointForecaster | None:
    """A local method fitted to one series as the forecast fitted it; None when the history is too short."""
    method = registry.create(key, settings_of(workspace, head).get(key, {}))
    used = one.without(head.manifest.get("without", ()))
    try:
        fitted = method.fit(used, seed=int(head.manifest.get("seed", 1)))
    except InsufficientHistoryError:
        return None
    return fitted.point if isinstance(fitted, SampledFit) else None


def parameters_of(point: PointForecaster) -> dict[str, str]:
    """Label and value of what a method learned for its first series; empty for methods without such figures."""
    if isinstance(point, EtsPoint):
        return _of_smoothing(point)
    if isinstance(point, ThetaPoint):
        alpha, theta = point.weights[0, :2]
        line = f"{theta:.2f}" if theta < NEVER_A_SHARE else f"≥ {NEVER_A_SHARE:g}"
        return {_("Weight of the level (α)"): f"{alpha:.3f}", _("Weight of the line (θ)"): line}
    if isinstance(point, ArimaPoint):
        return _of_arima(point)
    return _of_level(point) if isinstance(point, LevelPoint) else {}


def _of_smoothing(point: EtsPoint) -> dict[str, str]:
    trend, season = (int(kind) for kind in point.forms[0])
    alpha, beta, gamma, phi = point.weights[0]
    found = {_("Form"): str(point.labels()[0]), _("Weight of the level (α)"): f"{alpha:.3f}"}
    if trend:
        found[_("Weight of the trend (β)")] = f"{beta:.3f}"
        found[_("Damping (φ)")] = f"{phi:.3f}"
    if season:
        found[_("Weight of the season (γ)")] = f"{gamma:.3f}"
    if point.waves[0].any():
        low, *_between, high = np.sort(yearly.factors(point.waves[:1], point.history, 0)[0]).tolist()
        found[_("Year, lowest and highest day")] = f"× {low:.2f}, × {high:.2f}"
    found["AICc"] = f"{point.criteria[0]:,.1f}"
    return found


def _of_arima(point: ArimaPoint) -> dict[str, str]:
    names = ("φ1", "φ2", "Φ", "θ1", "θ2", "Θ", "μ")
    values = {
        name: f"{value:.3f}" for name, value in zip(names, point.parameters[0].tolist(), strict=False) if value != 0
    }
    return {_("Order"): str(point.labels()[0]), **values, "AICc": f"{point.scales[0, 2]:,.1f}"}


def _of_level(point: LevelPoint) -> dict[str, str]:
    found: dict[str, str] = {}
    if isinstance(point.rule, WindowedLevel):
        found[_("Periods averaged")] = str(int(point.rule.window[0]))
    if isinstance(point.rule, SmoothedLevel):
        found[_("Weight of the level (α)")] = f"{point.rule.weights[0]:.3f}"
    if np.ptp(point.profile[0]) > 0:
        days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
        ratios = [f"{day} {value:.2f}" for day, value in zip(days, point.profile[0].tolist(), strict=True)]
        found[_("Weekday profile")] = ", ".join(ratios)
    return found
