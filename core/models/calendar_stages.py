"""Calendar regressions as they would have been learned at earlier dates, so that their past errors are honest."""

from dataclasses import dataclass
from typing import ClassVar, Final, Self

import numpy as np

from core.base.types import FloatArray, IntArray
from core.models.calendar_columns import Effects, EffectSettings
from core.models.calendar_regression import CalendarRegression, Variant, learn
from core.series.kept import Beside
from core.series.panel import Panel

OLDEST: Final = 1 / 3
"""Part of the history that stands before the oldest origin whose errors tell of uncertainty …"""
SETTLED_YEARS: Final = 1.25
SETTLED: Final = 0.6
"""… or, where a year is known by then, so many years or this part of the history: without it a regression errs more."""


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """What was learned with so many periods known, rolled along the whole history.

    Attributes:
        history: the panel whose levels are rolled along.
        settings: which effects were looked for.
        known: periods known to each stage, ascending, shape (n_stages,).
        learned: what each stage taught.
        settled: periods known from which on past errors tell of errors to come.
    """

    rolls: ClassVar[bool] = True

    history: Panel
    settings: EffectSettings
    known: IntArray
    learned: tuple[tuple[Variant, ...], ...]
    settled: int

    @classmethod
    def of(cls, history: Panel, first: int, settings: EffectSettings) -> Self:
        """Learn now, and as it would have been learned in the past; methods that ask the same share it.

        Args:
            history: the panel learned from.
            first: from this origin on, no regression asked is over a year old.
            settings: which effects are looked for.
        """
        settled = settled_from(history)
        known = stages_of(history, first, settled)

        def past() -> tuple[tuple[Variant, ...], ...]:
            return tuple(learn(history.until(n), settings).variants for n in known[:-1].tolist())

        learned = _kept.get(history, (settings, tuple(known.tolist())), past)
        return cls(history, settings, known, (*learned, learn(history, settings).variants), settled)

    def mean_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units, shape (n_origins, n_series, horizon); NaN at origins whose errors tell nothing of now."""
        said = self.said_at(origins, horizon)
        said[np.asarray(origins) < self.settled] = np.nan
        return said

    def said_at(self, origins: IntArray, horizon: int) -> FloatArray:
        """Expected units, shape (n_origins, n_series, horizon), each origin by the latest regression of its time.

        NaN before the first stage: nobody had learned anything yet.
        """
        origins = np.asarray(origins)
        stage = np.searchsorted(self.known, origins, side="right") - 1
        n_ahead = max(int(np.max(origins)) + horizon - self.history.n_periods, 0)
        effects = Effects.of(self.history, n_ahead, self.settings)
        result = np.full((len(origins), len(self.history), horizon), np.nan)
        for number in np.unique(stage[stage >= 0]):
            inside, regression = stage == number, CalendarRegression(self.history, self.settings, self.learned[number])
            result[inside] = regression.told(effects, origins[inside], horizon)
        return result


_kept: Final = Beside[tuple[tuple[Variant, ...], ...]]()


def settled_from(history: Panel) -> int:
    """Periods known at the oldest origin whose errors tell of those to come."""
    now, year = history.n_periods, history.frequency.periods_per_year
    settled = min(SETTLED_YEARS * year, SETTLED * now, now - 2 * history.frequency.default_horizon)
    return max(int(OLDEST * now), int(settled) if settled >= year else 1)


def stages_of(history: Panel, first: int, settled: int) -> IntArray:
    """Periods known to each stage, ascending, to all of them, one at `settled` and one a year from `first` on."""
    n_steps = max(int(np.ceil((history.n_periods - first) / history.frequency.periods_per_year)), 1)
    yearly = np.linspace(first, history.n_periods, n_steps + 1).round().astype(np.int64)
    return np.unique(np.append(yearly, settled))
