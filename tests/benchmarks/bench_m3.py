"""The M3 competition, all 3,003 series: our methods and automatic combinations beside the published figures.

Data: Makridakis & Hibon (2000), The M3-Competition, Int. J. Forecasting 16, 451–476, where it lies beside the
repository; the published figures are the mean sMAPE over all test points, recomputed from the forecasts entered there.

The product knows days, weeks and months. Quarters and years run through it as a shop that trades on four days (one day)
of the week: the season then has four places (none), which is all that these methods look at. What is combined, and how,
is decided by each series' own earlier origins as in any comparison; the test part decides nothing.
"""

import csv
import gzip
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.base.calendar import Frequency, TradingCalendar, regular
from core.evaluate import combining
from core.evaluate.backtest import Backtest, Plan, backtest
from core.evaluate.choosing import champions
from core.models import registry
from core.models.substitution import fit_all
from core.series.demand_class import demand_class
from core.series.panel import Panel, from_dense

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "m3"
MEMBERS = ("damped_trend", "ets", "theta", "optimised_theta", "arima")
"""The product's methods for steady demand, without the straight trends that it does not compare unasked."""
PUBLISHED = {"theta": 13.05, "optimised_theta": 13.05, "damped_trend": 13.64, "arima": 13.99, "ets": 13.23}
"""Theta; damped trend; automatic Box–Jenkins; for the family of smoothing methods ForecastPro's choice of them."""
BEST_PUBLISHED = 13.05
FIXED = (("ets", "theta", "optimised_theta"), ("ets", "theta", "optimised_theta", "arima"), MEMBERS)
FOLDS = 3
CHAMPION = "the champion of its class"
Forecasts = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Series of one frequency: known panel and what came, shape (n_series, horizon)."""

    known: Panel
    actual: np.ndarray


def calendar(period: str, n_periods: int) -> TradingCalendar:
    """A calendar whose season has as many places as the period has in a year."""
    if period == "MONTHLY":
        return regular(Frequency.MONTH, "1950-01-01", n_periods)
    closed = [4, 5, 6] if period == "QUARTERLY" else [1, 2, 3, 4, 5, 6]
    return regular(Frequency.DAY, "1990-01-01", n_periods, closed)


def groups() -> list[Group]:
    """Yearly, quarterly, monthly and other series, each aligned at the end of its training part."""
    with (FOLDER / "m3_info.csv").open(encoding="utf-8") as file:
        period = {row["series_id"]: row["period"] for row in csv.DictReader(file)}
    values: dict[str, dict[str, list[float]]] = {"train": {}, "test": {}}
    with gzip.open(FOLDER / "m3_long.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            values[row["split"]].setdefault(row["series_id"], []).append(float(row["value"]))
    found = []
    for name in dict.fromkeys(period.values()):
        series = [key for key in period if period[key] == name]
        length = max(len(values["train"][key]) for key in series)
        known = np.full((len(series), length), np.nan)
        for place, key in enumerate(series):
            known[place, length - len(values["train"][key]) :] = values["train"][key]
        actual = np.array([values["test"][key] for key in series])
        found.append(Group(from_dense(known, calendar(name, length), series), actual))
    return found


def said(group: Group) -> Forecasts:
    """What every method, fixed combination and automatic combination forecasts for the test part."""
    horizon = group.actual.shape[1]
    single = {key: fit_all(registry.create(key), group.known, 1)[0].predict(horizon, (0.5,)).mean for key in MEMBERS}
    results = [backtest(registry.create(key), group.known, Plan(horizon, FOLDS, 1)) for key in MEMBERS]
    origins = [*results[0].origins.tolist(), group.known.n_periods]
    classes = np.stack([demand_class(group.known.until(origin).observed()) for origin in origins])
    made, blends = combining.combine(results, classes)
    chosen = single | {kind: blended(blend, single, classes[-1]) for kind, blend in blends.items()}
    mean = {f"mean of {', '.join(keys)}": np.mean([single[key] for key in keys], axis=0) for keys in FIXED}
    median = {f"median of {', '.join(keys)}": np.median([single[key] for key in keys], axis=0) for keys in FIXED}
    return chosen | mean | median | {CHAMPION: by_champion([*results, *made], classes[-1], chosen)}


def blended(blend: combining.Blend, single: Mapping[str, np.ndarray], classes: np.ndarray) -> np.ndarray:
    """A combination of what the methods said."""
    mix = combining.blended_median if blend.median else combining.blended_mean
    return np.asarray(mix([single[key] for key in blend.members], blend.of_series(classes)))


def by_champion(results: list[Backtest], classes: np.ndarray, forecasts: Forecasts) -> np.ndarray:
    """Each series by the method or combination that the comparison would plan it with."""
    best, _reasons = champions(results, classes, per_sku=False)
    return np.stack([forecasts[key][place] for place, key in enumerate(best)])


def smape(mean: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Percent of each test point: 200 |error| / (forecast + actual)."""
    return 200.0 * np.abs(mean - actual) / (np.abs(mean) + np.abs(actual))


def bench() -> list[dict[str, Any]]:
    """One line per method and combination; the peer's figure is the best published one of its kind."""
    if not FOLDER.exists():
        print(f"M3 left out: its files are not in {FOLDER}")
        return []
    started = time.perf_counter()
    parts = [(group, said(group)) for group in groups()]
    lines: list[dict[str, Any]] = []
    for name in parts[0][1]:
        ours = float(np.concatenate([smape(found[name], group.actual).ravel() for group, found in parts]).mean())
        peer = PUBLISHED.get(name, BEST_PUBLISHED)
        lines.append({"name": f"M3, {name}", "ours": ours, "peer": peer, "ratio": peer / ours, "unit": "sMAPE %"})
    seconds = time.perf_counter() - started
    return [*lines, {"name": "M3, all of it", "ours": seconds, "peer": None, "ratio": None, "unit": "s"}]
