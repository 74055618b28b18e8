"""Runs other forecasting programs in their own environment, on the very arrays our own methods get.

`forecasts(values, ...)` sends a dense panel to `.venv-peers` (made by `make bench`) and brings back each method's point
forecasts and its seconds on all cores. This file is also the program that runs there; it knows nothing of ours.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-peers" / "bin" / "python"
KEPT = Path(os.environ.get("PEERS_KEPT", ROOT / "build" / "peers"))
"""Where forecasts wait for the next time: the peers take hours where we take seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class PeerResult:
    """What a peer said: expected units of shape (n_series, horizon), and how long it took for all series."""

    mean: np.ndarray
    seconds: float


def installed() -> bool:
    """Whether the peers' environment is there."""
    return PYTHON.exists()


def forecasts(
    values: np.ndarray,
    horizon: int,
    season: int,
    methods: list[str],
    processes: int | None = None,
    frequency: str = "D",
) -> dict[str, PeerResult]:
    """Point forecasts of the peers' methods.

    Args:
        values: units per period; NaN only before a series begins, shape (n_series, n_periods).
        horizon: periods ahead.
        season: periods of a season.
        methods: names of statsforecast models, e.g. "AutoARIMA", or "LightGBM" for mlforecast.
        processes: how many it may use; all cores when None.
        frequency: length of a period as pandas calls it: "D", "W-MON" or "MS".
    """
    with tempfile.TemporaryDirectory() as folder:
        task, answer = Path(folder) / "task.npz", Path(folder) / "answer.npz"
        about = {
            "horizon": horizon, "season": season, "methods": methods, "processes": processes or os.cpu_count(),
            "frequency": frequency,
        }  # fmt: skip
        np.savez(task, values=values, about=json.dumps(about))
        subprocess.run([str(PYTHON), str(Path(__file__)), str(task), str(answer)], check=True)
        with np.load(answer) as found:
            return {name: PeerResult(found[name], float(found[f"{name} seconds"])) for name in methods}


def kept_means(
    values: np.ndarray, horizon: int, season: int, methods: list[str], frequency: str = "D"
) -> dict[str, np.ndarray]:
    """Expected units by the peers' methods, arguments as in forecasts; what was asked before is read from disk."""
    about = f"{values.shape} {horizon} {season} {frequency}".encode()
    asked = hashlib.sha256(about + np.ascontiguousarray(values).tobytes()).hexdigest()[:16]
    KEPT.mkdir(parents=True, exist_ok=True)
    found = {}
    for name in methods:
        path = KEPT / f"{asked} {name}.npy"
        if not path.exists():
            np.save(path, forecasts(values, horizon, season, [name], frequency=frequency)[name].mean)
        found[name] = np.load(path)
    return found


def _long(values: np.ndarray, frequency: str) -> Any:
    import pandas as pd

    n_series, n_periods = values.shape
    days = pd.date_range("2020-01-06", periods=n_periods, freq=frequency)
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{i:06d}" for i in range(n_series)], n_periods),
            "ds": np.tile(days, n_series),
            "y": values.ravel(),
        }
    )
    return frame[frame["y"].notna()]


def _statsforecast(frame: Any, name: str, about: dict[str, Any]) -> np.ndarray:
    from statsforecast import StatsForecast
    from statsforecast import models as library

    kinds = getattr(library, name)
    seasonal = "season_length" in kinds.__init__.__code__.co_varnames
    smooths = {"TSB": {"alpha_d": 0.2, "alpha_p": 0.2}}.get(name, {})
    model = kinds(season_length=about["season"]) if seasonal else kinds(**smooths)
    engine = StatsForecast(models=[model], freq=about["frequency"], n_jobs=about["processes"])
    found = engine.forecast(df=frame, h=about["horizon"])
    return found.sort_values(["unique_id", "ds"])[str(model)].to_numpy().reshape(-1, about["horizon"])


def _lightgbm(frame: Any, about: dict[str, Any]) -> np.ndarray:
    import lightgbm
    from mlforecast import MLForecast
    from mlforecast.lag_transforms import RollingMean

    season, longest = about["season"], frame["unique_id"].value_counts().max() // 3
    lags = sorted({lag for lag in (1, season, 2 * season, 4 * season) if lag <= longest})
    engine = MLForecast(
        models={"LightGBM": lightgbm.LGBMRegressor(n_estimators=200, verbosity=-1, n_jobs=about["processes"])},
        freq=about["frequency"],
        lags=lags,
        lag_transforms={1: [RollingMean(lag) for lag in lags[1:]]},
        date_features=["dayofweek", "month"],
    )
    engine.fit(frame)
    found = engine.predict(about["horizon"])
    return found.sort_values(["unique_id", "ds"])["LightGBM"].to_numpy().reshape(-1, about["horizon"])


def _one(frame: Any, name: str, about: dict[str, Any]) -> np.ndarray:
    return _lightgbm(frame, about) if name == "LightGBM" else _statsforecast(frame, name, about)


def main(task: str, answer: str) -> None:
    """Run every method asked for over the task's panel; the first call on few series compiles."""
    with np.load(task) as given:
        values, about = given["values"], json.loads(str(given["about"]))
    frame, small = _long(values, about["frequency"]), _long(values[:4], about["frequency"])
    found: dict[str, Any] = {}
    for name in about["methods"]:
        _one(small, name, about)
        started = time.perf_counter()
        found[name] = _one(frame, name, about)
        found[f"{name} seconds"] = time.perf_counter() - started
    np.savez(answer, **found)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
