"""What pooled regressions prepare of a panel before they learn: kept while the panel lives, for the next of them."""

from dataclasses import dataclass, field
from typing import Final

from core.models.pooled_rows import Rows, RowSource, Smoothing, draw_rows
from core.series.features import FeatureSettings
from core.series.kept import Beside, Recent
from core.series.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """A panel prepared for learning.

    Attributes:
        learned: what the smoothing beneath learned.
        source: makes rows about the periods of the panel.
        drawn: the latest rows drawn, by horizon, number and seed.
    """

    learned: Smoothing
    source: RowSource
    drawn: Recent[Rows] = field(default_factory=lambda: Recent[Rows](1))

    def rows(self, horizon: int, n_rows: int, seed: int) -> Rows:
        """Rows as `draw_rows` draws them; whoever learns from them leaves them as they are."""
        return self.drawn.get((horizon, n_rows, seed), lambda: self._rows(horizon, n_rows, seed))

    def _rows(self, horizon: int, n_rows: int, seed: int) -> Rows:
        rows = draw_rows(self.source, horizon, n_rows, seed)
        for array in (rows.series, rows.target, rows.origin, rows.features, rows.ratio, rows.weight):
            array.flags.writeable = False
        return rows


_kept: Final = Beside[Lessons]()


def lessons(history: Panel, settings: FeatureSettings) -> Lessons:
    """The panel prepared, anew or as the method before left it."""
    return _kept.get(history, settings, lambda: _prepared(history, settings))


def _prepared(history: Panel, settings: FeatureSettings) -> Lessons:
    learned = Smoothing.of(history)
    return Lessons(learned, RowSource.of(history, 0, settings, learned))


def source_of(history: Panel, n_ahead: int, settings: FeatureSettings, learned: Smoothing) -> RowSource:
    """A source of rows up to n_ahead periods after the panel's end: the one it learned from where that will do."""
    known = _kept.known(history, settings)
    if known is not None and known.learned is learned and n_ahead == 0:
        return known.source
    return RowSource.of(history, n_ahead, settings, learned)
