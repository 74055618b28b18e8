"""Methods that forecast a flat level, spread over the weekdays: one shape of fit, one rule each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from core.base.types import FloatArray, IntArray
from core.models import season
from core.series.panel import Panel


class LevelRule(Protocol):
    """Learned parameters that give a level at any origin."""

    def after(self, demand: FloatArray, origins: IntArray) -> FloatArray:
        """Level after the first so many periods, using nothing later.

        Args:
            demand: units per average period, NaN = not observed, shape (n_series, n_periods).
            origins: numbers of periods known, shape (n_origins,).

        Returns:
            Units per average period, NaN before the first observation, shape (n_origins, n_series).
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class LevelPoint:
    """A level per origin times the weekday's ratio.

    Attributes:
        history: the panel learned from.
        profile: weekday ratios, shape (n_series, 7).
        rule: gives the level.
    """

    rolls: ClassVar[bool] = True

    history: Panel
    profile: FloatArray
    rule: LevelRule

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units after each origin, shape (n_origins, n_series, horizon)."""
        levels = self.rule.after(season.without_profile(self.history, self.profile), origins)
        return season.with_profile(levels, self.history, self.profile, origins, horizon)


def fit_level(history: Panel, learn: Callable[[FloatArray], LevelRule], *, weekly_profile: bool = True) -> LevelPoint:
    """Take the shape of the week off and learn the rule from what is left.

    Args:
        history: all series.
        learn: gives the rule, from demand without its weekday ratios, shape (n_series, n_periods).
        weekly_profile: whether days have a shape at all.
    """
    profile = season.weekly_profile(history) if weekly_profile else season.flat_week(len(history))
    return LevelPoint(history, profile, learn(season.without_profile(history, profile)))
