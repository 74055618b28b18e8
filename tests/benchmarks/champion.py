"""What the product forecasts by when nothing is chosen by hand, at any origin of a panel."""

from dataclasses import dataclass

import numpy as np

from core.base.progress import silent
from core.evaluate import combining
from core.evaluate.backtest import Backtest, Plan, backtest
from core.evaluate.choosing import champions
from core.models import registry
from core.models.champions import Choice, Mixture, fit_champions
from core.models.sampling import SampledFit
from core.models.season_ahead import SeasonAhead, season_ahead, sentence
from core.series.demand_class import demand_class
from core.series.panel import Panel

CHAMPION = "champion"
KEYS = (CHAMPION, *combining.KINDS)
"""What `Compared` fits: the champion of each demand class, or one combination for all series."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A finished comparison of all methods that are compared unasked.

    Attributes:
        known: the panel until the origin.
        best: key of the champion of each series, shape (n_series,).
        mixtures: the combinations by their keys.
        season: a season ahead that the comparison knows nothing of.
    """

    known: Panel
    best: np.ndarray
    mixtures: dict[str, Mixture]
    season: SeasonAhead | None

    def fit(self, key: str = CHAMPION) -> SampledFit:
        """The champions, or one combination for all, fitted to what is known."""
        models = self.best.tolist() if key == CHAMPION else [key] * len(self.known)
        return fit_champions(self.known, Choice(models, mixtures=self.mixtures, season=self.season), 1, silent())[0]


def compared(known: Panel, horizon: int) -> Compared:
    """Compare by demand class, as the product does, on the three horizons before the origin."""
    keys = [key for key in registry.METHODS if registry.capabilities(key).default]
    results = [backtest(registry.create(key), known, Plan(horizon, 3, 1)) for key in keys]
    season = season_ahead(known, horizon, known.n_periods - horizon * len(results[0].origins))
    if season:
        print(f"  {sentence(season)}")
    best, mixtures = _judged(results, known)
    return Compared(known, best, mixtures, season)


def _judged(results: list[Backtest], known: Panel) -> tuple[np.ndarray, dict[str, Mixture]]:
    origins = [*results[0].origins.tolist(), known.n_periods]
    classes = np.stack([demand_class(known.until(origin).observed()) for origin in origins])
    made, blends = combining.combine(results, classes)
    best, _reasons = champions([*results, *made], classes[-1], per_sku=False)
    return best, {
        key: Mixture(dict(zip(blend.members, blend.of_series(classes[-1]), strict=True)), blend.median)
        for key, blend in blends.items()
    }
