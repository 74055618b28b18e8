"""Accuracy on published panels at rolling origins, beside published figures and other programs on the same series.

Nothing was chosen on the origins reported here. ACCURACY=early in the environment takes the ones that choices were made
on; ACCURACY_PARTS names parts (m5, walmart, peers), separated by commas; ACCURACY_SERIES bounds the series per panel
that the other programs are given. What those say is kept in build/peers, or where PEERS_KEPT says.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from core.base.calendar import Frequency
from core.models import registry
from core.models.substitution import fit_all
from core.series.panel import Panel
from tests.benchmarks import accuracy_panels, peer
from tests.benchmarks.champion import compared

Line = dict[str, Any]
EARLY: Final = os.environ.get("ACCURACY", "") == "early"
PARTS: Final = os.environ.get("ACCURACY_PARTS", "m5,walmart,peers").split(",")
SERIES: Final = int(os.environ.get("ACCURACY_SERIES", "300"))
M5_ORIGINS: Final = {"first": (1913, 1885, 1857, 1548), "second": (1899, 1843, 1787, 1562)}
M5_EARLY: Final = {"early": (1829, 1801, 1576, 1520)}
M5_METHODS: Final = ("linear_regression", "calendar_boosting")
M5_BENCHMARK: Final = 0.573
"""Mean WRMSSE of levels 1 to 9 of the competition's best benchmark on its own hold-out (winners: .383 to .385)."""
WALMART_METHODS: Final = (
    "last_year_growth",
    "optimised_theta",
    "linear_regression",
    "gradient_boosting",
    "calendar_boosting",
)
HORIZONS: Final = {Frequency.DAY: 28, Frequency.WEEK: 8, Frequency.MONTH: 4}
NAMED: Final = {Frequency.DAY: "D", Frequency.WEEK: "W-MON", Frequency.MONTH: "MS"}
PEERS: Final = ("AutoARIMA", "AutoETS", "Theta", "TSB", "LightGBM")
PANELS: Final[dict[str, Callable[[], Panel]]] = {
    "UCI daily": accuracy_panels.uci_daily,
    "UCI weekly": accuracy_panels.uci_weekly,
    "carparts": accuracy_panels.carparts,
    "fresh vegetables": accuracy_panels.fresh_vegetables,
}
DRAWS: Final = 1_000
"""Draws of series behind an interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """Errors of one method at one origin, each of shape (n_series,).

    Attributes:
        missed: Σ|forecast − actual|, units.
        sold: Σ actual, units.
        rmsse: root mean squared scaled error, NaN = undefined.
    """

    missed: np.ndarray
    sold: np.ndarray
    rmsse: np.ndarray

    def figures(self, chosen: np.ndarray | slice = np.s_[:]) -> tuple[float, float]:
        """WAPE and mean RMSSE of the chosen series."""
        ratio = self.rmsse[chosen]
        return float(self.missed[chosen].sum() / self.sold[chosen].sum()), float(ratio[np.isfinite(ratio)].mean())


def bench() -> Iterator[Line]:
    """Every part whose files lie beside the repository."""
    parts: Mapping[str, tuple[str, Callable[[], Iterator[Line]]]] = {
        "m5": ("m5", m5_lines),
        "walmart": ("walmart_2014", walmart_lines),
        "peers": ("carparts", peer_lines),
    }
    for name in PARTS:
        folder, lines = parts[name]
        if (accuracy_panels.DATA / folder).exists():
            yield from lines()
        else:
            print(f"{name} left out: its files are not in {accuracy_panels.DATA / folder}")


def line(name: str, ours: float, theirs: float | None, unit: str) -> Line:
    """One figure; a ratio above 1 says that ours is better."""
    return {
        "name": name,
        "ours": ours,
        "peer": theirs,
        "ratio": None if theirs is None else theirs / ours,
        "unit": unit,
    }


def fitted(key: str, known: Panel) -> Any:
    """The method as a planner gets it, without drawing paths."""
    return registry.create(key).fit(known, seed=1).point  # type: ignore[attr-defined]


def m5_lines() -> Iterator[Line]:
    """Mean WRMSSE of levels 1 to 9 over four origins, as forecast and after reconciliation."""
    data = accuracy_panels.m5()
    for name, origins in (M5_EARLY if EARLY else M5_ORIGINS).items():
        found: dict[str, list[float]] = {}
        for origin in origins:
            for key, mean in m5_forecasts(data, origin).items():
                found.setdefault(key, []).append(wrmsse(data, mean, origin))
        for key, errors in found.items():
            single = ", ".join(f"d_{origin} {error:.3f}" for origin, error in zip(origins, errors, strict=True))
            print(f"  {key}: {single}")
            yield line(f"M5 levels 1-9, {name} four origins, {key}", float(np.mean(errors)), M5_BENCHMARK, "WRMSSE")


def m5_forecasts(data: accuracy_panels.M5, origin: int) -> dict[str, np.ndarray]:
    """What each method says at an origin, and the last one so that the levels agree."""
    horizon, known = accuracy_panels.HORIZON, data.panel.until(origin)
    said: dict[str, np.ndarray] = {}
    for key in M5_METHODS:
        point = fitted(key, known)
        said[key] = point.mean_at(np.array([origin]), horizon)[0]
        past = origin - horizon * np.arange(1, 14)
        actual = known.dense()[:, past[:, None] + np.arange(horizon)]
        errors = actual - np.moveaxis(point.mean_at(past, horizon), 0, 1)
        said[f"{key}, reconciled"] = agreed(data.sums, said[key], np.square(errors).mean(axis=(1, 2)))
    return said


def agreed(sums: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Weighted least squares with each series' past error variance (Wickramasuriya et al. 2019, section 2.4)."""
    weighted = sums / variance[:, None]
    bottom = np.linalg.solve(weighted.T @ sums, weighted.T @ mean)
    return np.asarray(sums @ np.maximum(bottom, 0.0))


def wrmsse(data: accuracy_panels.M5, mean: np.ndarray, origin: int) -> float:
    """Mean over the levels of the weighted root mean squared scaled error (Makridakis et al. 2022)."""
    values = data.panel.dense()
    known, actual = values[:, :origin], values[:, origin : origin + mean.shape[1]]
    begun = np.logical_or.accumulate(known > 0, axis=1)[:, :-1]
    scale = np.square(np.diff(known, axis=1)).sum(axis=1, where=begun) / begun.sum(axis=1)
    error = np.sqrt(np.square(mean - actual).mean(axis=1) / scale)
    levels = [data.level == level for level in np.unique(data.level)]
    return float(np.mean([(data.weight * error)[inside].sum() / data.weight[inside].sum() for inside in levels]))


def walmart_lines() -> Iterator[Line]:
    """WAPE and RMSSE of departments, eight weeks ahead, and the origin whose horizon holds Christmas."""
    panel = accuracy_panels.walmart()
    back = (56, 48, 40, 32) if EARLY else (24, 16, 8)
    folds = [walmart_errors(panel, panel.n_periods - weeks) for weeks in back]
    for key in folds[0]:
        for place, unit in enumerate(("WAPE", "RMSSE")):
            ours, growth = (float(np.mean([fold[each][place] for fold in folds])) for each in (key, "last_year_growth"))
            yield line(
                f"Walmart departments, {len(back)} origins, {key}", ours, growth, f"{unit}; peer: last year × growth"
            )
    christmas = int(np.searchsorted(panel.calendar.periods, np.datetime64("2011-11-26")))
    before = walmart_errors(panel, christmas)
    for key, errors in before.items():
        yield line(
            f"Walmart departments before Christmas, {key}", errors[0], before["last_year_growth"][0],
            "WAPE; peer: last year × growth",
        )  # fmt: skip


def walmart_errors(panel: Panel, origin: int) -> dict[str, tuple[float, float]]:
    """WAPE and RMSSE of each method, of the median of all, and of what the product chooses, at an origin."""
    known = panel.until(origin)
    said = {
        key: fit_all(registry.create(key), known, 1)[0].point.mean_at(np.array([origin]), 8)[0]
        for key in WALMART_METHODS
    }  # type: ignore[attr-defined]
    said["median of these"] = np.median(list(said.values()), axis=0)
    said["champion"] = champion(known, 8)
    return {key: errors_of(panel, origin, mean).figures() for key, mean in said.items()}


def errors_of(panel: Panel, origin: int, mean: np.ndarray) -> Errors:
    """Errors of forecasts from an origin on."""
    observed = panel.observed()
    known, actual = observed[:, :origin], observed[:, origin : origin + mean.shape[1]]
    begun = np.logical_or.accumulate(np.nan_to_num(known) > 0, axis=1)
    change = np.square(np.diff(np.where(begun, known, np.nan), axis=1))
    error = mean - actual
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.nansum(change, axis=1) / (~np.isnan(change)).sum(axis=1)
        ratio = np.sqrt(np.nansum(error**2, axis=1) / (~np.isnan(error)).sum(axis=1) / scale)
    return Errors(np.nansum(np.abs(error), axis=1), np.nansum(actual, axis=1), ratio)


def peer_lines() -> Iterator[Line]:
    """The champion that an automatic comparison chooses, against each program on the same series and origins."""
    for name, maker in PANELS.items():
        panel = some(maker())
        horizon = HORIZONS[panel.frequency]
        folds = [both(panel, panel.n_periods - horizon * back, horizon) for back in ((5, 4) if EARLY else (3, 2, 1))]
        ours = [fold.pop("ours") for fold in folds]
        yield from (line(f"{name}, {len(panel)} series", mean, None, unit) for mean, unit in means_of(ours))
        for key in folds[0]:
            yield from against(f"{name}, {len(panel)} series, {key}", ours, [fold[key] for fold in folds])


def means_of(folds: list[Errors]) -> list[tuple[float, str]]:
    """Mean figures over the origins, with their names."""
    return [
        (float(value), unit)
        for value, unit in zip(np.mean([fold.figures() for fold in folds], axis=0), ("WAPE", "RMSSE"), strict=True)
    ]


def against(name: str, ours: list[Errors], theirs: list[Errors]) -> Iterator[Line]:
    """Both figures with the 95 % interval of the share of their error that is saved, series drawn with replacement."""
    rng = np.random.default_rng(0)
    draws = [rng.integers(len(ours[0].sold), size=len(ours[0].sold)) for _ in range(DRAWS)]
    drawn = [np.mean([[fold.figures(draw) for fold in side] for draw in draws], axis=1) for side in (ours, theirs)]
    low, high = np.quantile(1.0 - drawn[0] / drawn[1], (0.025, 0.975), axis=0)
    for place, ((mine, unit), (other, _unit)) in enumerate(zip(means_of(ours), means_of(theirs), strict=True)):
        verdict = "ours" if low[place] > 0 else "theirs" if high[place] < 0 else "a tie"
        yield line(name, mine, other, f"{unit}: {verdict}, {low[place]:+.1%} to {high[place]:+.1%} saved")


def some(panel: Panel) -> Panel:
    """At most SERIES of the series that sold in at least a third of the history, drawn with a fixed seed."""
    long = np.flatnonzero(panel.lengths * 3 >= panel.n_periods * 2)
    return panel.take(np.sort(np.random.default_rng(1).permutation(long)[:SERIES]))


def both(panel: Panel, origin: int, horizon: int) -> dict[str, Errors]:
    """Errors of our champion and of the peers at an origin; the champion is chosen on origins before it."""
    known = panel.until(origin)
    started = time.perf_counter()
    said = {"ours": champion(known, horizon)}
    print(f"  champion of {len(panel)} series at {origin}: {time.perf_counter() - started:.1f} s")
    if peer.installed():
        # what is not on sale is no sale to them: they take no gaps
        values = np.where(
            np.isnan(known.observed()) & (np.arange(origin) >= known.starts[:, None]), 0.0, known.observed()
        )
        season = panel.calendar.season_length if panel.frequency is not Frequency.WEEK or origin > 104 else 1
        found = peer.kept_means(values, horizon, season, list(PEERS), NAMED[panel.frequency])
        said |= {key: np.maximum(mean, 0.0) for key, mean in found.items()}
    return {key: errors_of(panel, origin, mean) for key, mean in said.items()}


def champion(known: Panel, horizon: int) -> np.ndarray:
    """What the product forecasts after comparing all methods that it compares unasked, by demand class."""
    return compared(known, horizon).fit().point.mean_at(np.array([known.n_periods]), horizon)[0]
