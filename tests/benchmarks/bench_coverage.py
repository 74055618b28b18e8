"""How often real demand fell inside what was promised, per step and for totals, on published panels.

Without more, the origins from the fourth horizon before the end backwards are used: choices are made on them. With
COVERAGE=last in the environment the last three are, which are only ever reported. COVERAGE_METHODS and COVERAGE_PANELS
name methods and panels, separated by commas. The whole table is written to build/coverage-<origins>.csv.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.calendar import Frequency
from core.models import registry
from core.models.groundwork import groundwork
from core.models.substitution import fit_all
from core.series.panel import Panel
from tests.benchmarks.coverage_panels import panels

HORIZONS: Final = {Frequency.DAY: 28, Frequency.WEEK: 8, Frequency.MONTH: 4}
TOTALS: Final = {Frequency.DAY: (7, 14, 28), Frequency.WEEK: (1, 4, 8), Frequency.MONTH: (1, 2, 4)}
FOLDS: Final = {"early": (8, 7, 6, 5, 4), "last": (3, 2, 1)}
"""How many horizons before the end each origin lies."""
LEAST, MOST_SERIES, N_PATHS = 15, 1_500, 500
CLASSES: Final = ("smooth", "intermittent", "erratic", "lumpy")
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


def scores(panel: Panel, key: str, origins: str) -> Iterator[pd.DataFrame]:
    """Rank and score of every outcome at every origin, one row each; series that never sold before are left out."""
    horizon, dense = HORIZONS[panel.frequency], panel.observed()
    for back in FOLDS[origins]:
        origin = panel.n_periods - back * horizon
        if origin < max(12, panel.n_periods // 3):
            continue
        known = panel.until(origin)
        fit, _stood_in = fit_all(registry.create(key), known, 1)
        units = fit.simulate(horizon, N_PATHS, np.random.default_rng(1)).units
        facts, actual = groundwork(known), dense[:, origin : origin + horizon]
        scored = ~np.isnan(actual).any(axis=1) & facts.sold & (facts.seen >= LEAST)
        rng = np.random.default_rng(origin)
        spans = [(f"step {h + 1}", h, h + 1) for h in range(horizon)]
        spans += [(f"total {span}", 0, span) for span in TOTALS[panel.frequency]]
        for name, first, last in spans:
            paths = units[:, scored, first:last].sum(axis=2, dtype=np.float64)
            outcome = actual[scored, first:last].sum(axis=1)
            scale = facts.average[scored] * (last - first)
            yield pd.DataFrame({
                "what": "step" if name.startswith("step") else name,
                "class": np.array(CLASSES)[facts.classes[scored]],
                "rank": rank(paths, outcome, rng),
                "crps": np.minimum(crps(paths, outcome) / scale, 20.0),
            })  # fmt: skip


def summary(table: pd.DataFrame) -> dict[str, float]:
    """Percent inside 80 and 95 %, below 95 and 99 %, and the mean score over mean demand."""
    ranks = table["rank"]
    return {
        "inside 80": 100 * float(ranks.between(0.1, 0.9).mean()),
        "inside 95": 100 * float(ranks.between(0.025, 0.975).mean()),
        "below 95": 100 * float((ranks <= 0.95).mean()),
        "below 99": 100 * float((ranks <= 0.99).mean()),
        "crps": float(table["crps"].mean()),
        "outcomes": len(table),
    }


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
        for key in chosen("COVERAGE_METHODS", ["ses"]):
            started = time.process_time()
            table = pd.concat(scores(panel, key, origins))
            for what, part in table.groupby("what"):
                told.append({"panel": name, "method": key, "what": what, "class": "all", **summary(part)})
                each = part.groupby("class")
                told += [{**told[-1], "class": kind, **summary(group)} for kind, group in each if len(group) >= 50]
            whole = summary(table[table["what"] == f"total {HORIZONS[panel.frequency]}"])
            rows += [
                {"name": f"{name}, {key}: {what}", "ours": value, "peer": None, "ratio": None, "unit": "%"}
                for what, value in whole.items()
                if what not in {"crps", "outcomes"}
            ]
            print(f"{name}, {key}: {time.process_time() - started:.0f} s of CPU", flush=True)
    RESULT.mkdir(exist_ok=True)
    pd.DataFrame(told).to_csv(RESULT / f"coverage-{origins}.csv", index=False, float_format="%.4f")
    return rows
