"""How often real demand fell inside what was promised, per step and for totals, on published panels.

Without more, the origins from the fourth to the eighth horizon before the end are used, with COVERAGE=before in the
environment all but the last three: choices are made on them. With COVERAGE=last the last three are used, with
COVERAGE=fresh these and all before the eighth, with COVERAGE=all every one; those are only ever reported.
COVERAGE_METHODS and COVERAGE_PANELS name methods and panels, separated by commas; a method may also be “champion” or a
combination: what the product chooses after comparing at each origin. The whole table, with how sure each figure is, is
written to build/coverage-<origins>.csv.
"""

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.calendar import Frequency
from core.models import registry
from core.models.contract import FittedModel
from core.models.groundwork import groundwork
from core.models.seldom import FEW
from core.models.substitution import fit_all
from core.series.panel import Panel
from tests.benchmarks import champion
from tests.benchmarks.coverage_panels import panels
from tests.benchmarks.coverage_spread import interval

HORIZONS: Final = {Frequency.DAY: 28, Frequency.WEEK: 8, Frequency.MONTH: 4}
TOTALS: Final = {Frequency.DAY: (7, 14, 28), Frequency.WEEK: (1, 4, 8), Frequency.MONTH: (1, 2, 4)}
CHOSEN_ON: Final = range(4, 9)
"""How many horizons before the end the origins lie that choices are made on."""
LEAST, MOST_SERIES, N_PATHS = 15, 1_500, 500
CLASSES: Final = ("smooth", "intermittent", "erratic", "lumpy")
PROMISED: Final = {
    "inside 80": (0.1, 0.9, 0.03),
    "inside 95": (0.025, 0.975, 0.03),
    "below 95": (0.0, 0.95, 0.015),
    "below 99": (0.0, 0.99, 0.015),
}
"""Lowest and highest rank of each promise, and how far from their distance the share of outcomes may lie."""
RESULT: Final = Path(__file__).parents[2] / "build"


def rank(paths: np.ndarray, actual: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Randomised rank of each outcome among its paths, evenly spread where the paths are true (Czado et al. 2009)."""
    edge = 1e-6 * np.maximum(actual, 1.0)
    below, upto = (paths < actual - edge).mean(axis=0), (paths <= actual + edge).mean(axis=0)
    return below + rng.random(actual.shape) * (upto - below)


def crps(paths: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score of each outcome, units (fair version for samples, Ferro 2014)."""
    n = len(paths)
    ordered = np.sort(paths, axis=0)
    half_spread = ((2 * np.arange(n) - n + 1)[:, None] * ordered).sum(axis=0) / n / (n - 1)
    return np.abs(paths - actual).mean(axis=0) - half_spread


def scores(panel: Panel, keys: Sequence[str], origins: str) -> Iterator[pd.DataFrame]:
    """Rank and score of every outcome at every origin, one row each; series that never sold before are left out."""
    horizon, dense = HORIZONS[panel.frequency], panel.observed()
    first = max(12, panel.n_periods // 3)
    for back in range((panel.n_periods - first) // horizon, 0, -1):
        if wanted(origins, back):
            origin = panel.n_periods - back * horizon
            known = panel.until(origin)
            for key, fit in fits(known, keys, horizon):
                units = fit.simulate(horizon, N_PATHS, np.random.default_rng(1)).units
                found = outcomes(known, units, dense[:, origin : origin + horizon])
                yield from (each.assign(method=key, origin=origin) for each in found)


def wanted(origins: str, back: int) -> bool:
    """Whether the origin so many horizons before the end is one of those asked for."""
    early, last = back in CHOSEN_ON, back < CHOSEN_ON.start
    return {"early": early, "before": not last, "last": last, "fresh": not early, "all": True}[origins]


def fits(known: Panel, keys: Sequence[str], horizon: int) -> Iterator[tuple[str, FittedModel]]:
    """Each method, fitted to what is known; what the product would choose needs a comparison first."""
    automatic = [key for key in keys if key in champion.KEYS]
    yield from ((key, fit_all(registry.create(key), known, 1)[0]) for key in keys if key not in automatic)
    if automatic:
        compared = champion.compared(known, horizon)
        yield from ((key, compared.fit(key)) for key in automatic)


def outcomes(known: Panel, units: np.ndarray, actual: np.ndarray) -> Iterator[pd.DataFrame]:
    """Rank and score of every outcome at an origin, step by step and of each total.

    Args:
        known: the panel until the origin.
        units: paths, shape (n_paths, n_series, horizon).
        actual: what was sold then, units, shape (n_series, horizon).
    """
    facts, horizon = groundwork(known), units.shape[2]
    scored = ~np.isnan(actual).any(axis=1) & facts.sold & (facts.seen >= LEAST)
    rng = np.random.default_rng(known.n_periods)
    spans = [(f"step {h + 1}", h, h + 1) for h in range(horizon)]
    spans += [(f"total {span}", 0, span) for span in TOTALS[known.frequency]]
    for name, first, last in spans:
        paths = units[:, scored, first:last].sum(axis=2, dtype=np.float64)
        outcome = actual[scored, first:last].sum(axis=1)
        scale = facts.average[scored] * (last - first)
        yield pd.DataFrame({
            "what": name,
            "series": np.flatnonzero(scored),
            "class": np.array(CLASSES)[facts.classes[scored]],
            "few": ((known.observed() > 0).sum(axis=1) <= FEW)[scored],
            "rank": rank(paths, outcome, rng),
            "crps": np.minimum(crps(paths, outcome) / scale, 20.0),
        })  # fmt: skip


def summary(table: pd.DataFrame) -> dict[str, Any]:
    """Percent that kept each promise, from where to where it may truly lie, and the mean score over mean demand.

    `missed` names the promises that were not kept beyond what the dates' own fortune explains.
    """
    ranks, found, missed = table["rank"], {}, []
    for name, (low, high, margin) in PROMISED.items():
        hit = ranks.between(low, high).to_numpy(float)
        sure = interval(hit, table["origin"].to_numpy(), table["series"].to_numpy())
        found |= {name: 100 * float(hit.mean()), f"{name} from": 100 * sure[0], f"{name} to": 100 * sure[1]}
        if sure[1] < high - low - margin or sure[0] > high - low + margin:
            missed.append(name)
    return {
        **found,
        "crps": float(table["crps"].mean()),
        "outcomes": len(table),
        "dates": table["origin"].nunique(),
        "missed": ", ".join(missed),
    }


def cells(table: pd.DataFrame) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """Every step and total, and all steps together, for all series, by demand class, and for those that sold seldom."""
    steps = table[table["what"].str.startswith("step")]
    for what, part in [("each step", steps), *table.groupby("what")]:
        yield {"what": what, "class": "all"}, part
        each = [*part.groupby("class"), (f"at most {FEW} sales", part[part["few"]])]
        yield from (({"what": what, "class": kind}, group) for kind, group in each if len(group) >= 50)


def chosen(name: str, default: list[str]) -> list[str]:
    """Names given in the environment, else the default."""
    return [each for each in os.environ.get(name, "").split(",") if each] or default


def bench() -> list[dict[str, Any]]:
    """Coverage of the longest total of every panel and method; the whole table goes to a file."""
    origins, makers, rows = os.environ.get("COVERAGE", "early"), panels(), []
    if not makers:
        print("coverage skipped: no published data beside the repository")
        return []
    told = []
    for name in chosen("COVERAGE_PANELS", list(makers)):
        panel = makers[name]()
        if len(panel) > MOST_SERIES:
            panel = panel.take(np.sort(np.random.default_rng(0).permutation(len(panel))[:MOST_SERIES]))
        started = time.process_time()
        table = pd.concat(scores(panel, chosen("COVERAGE_METHODS", ["ses"]), origins))
        for key, said in table.groupby("method", sort=False):
            told += [{"panel": name, "method": key, **cell, **summary(part)} for cell, part in cells(said)]
            whole = summary(said[said["what"] == f"total {HORIZONS[panel.frequency]}"])
            rows += [
                {"name": f"{name}, {key}: {what}", "ours": whole[what], "peer": None, "ratio": None, "unit": "%"}
                for what in PROMISED
            ]
        print(f"{name}: {time.process_time() - started:.0f} s of CPU", flush=True)
    RESULT.mkdir(exist_ok=True)
    pd.DataFrame(told).to_csv(RESULT / f"coverage-{origins}.csv", index=False, float_format="%.4f")
    return rows
