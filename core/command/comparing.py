"""The commands that compare forecasting methods and search better settings for them."""

from argparse import Namespace
from dataclasses import asdict
from typing import Any, Final

from core.base.progress import Progress
from core.report.numbers import number, percent
from core.workflows import comparing, tuning
from core.workflows.workspace import Workspace

Answer = tuple[Any, list[str]]
COLUMNS: Final = ("WAPE", "bias", "MASE", "RMSSE", "WRMSSE", "cost", "cov 80", "cov 95")


def names_of(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def compare(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Backtest methods and print the leaderboard, then what should be known about the data."""
    models = names_of(chosen.models)
    request = comparing.CompareRequest(
        models,
        chosen.horizon,
        chosen.folds,
        chosen.seed,
        settings={key: {} for key in comparing.default_models() + models} if chosen.defaults else {},
        max_seconds=chosen.seconds_per_method,
        window=chosen.window,
        gap=chosen.gap,
        refit=not chosen.update,
        max_seconds_total=chosen.seconds,
        judge=chosen.champions_by,
        without=names_of(chosen.without),
    )
    result = comparing.compare(workspace, request, progress)
    head = f"{'model':<20}" + "".join(f"{name:>8}" for name in COLUMNS) + f"{'won':>7}{'s':>8}"
    lines = [head, *(_board_line(row) for row in result.rows)]
    return result.rows, lines + [remark.text for remark in result.judgement.remarks]


def _board_line(row: dict[str, Any]) -> str:
    if row["mae"] is None:
        word = "failed: " if row["points"] is None else ""
        return f"{row['model']:<20}{word}{row['reason']}"
    shares = "".join(f"{percent(row[name]):>8}" for name in ("wape", "bias"))
    scaled = "".join(f"{number(row[name], 3):>8}" for name in ("mase", "rmsse", "wrmsse", "cost_index"))
    covered = "".join(f"{percent(row[name]):>8}" for name in ("coverage_80", "coverage_95"))
    seconds = number(row["fit_seconds"] + row["predict_seconds"], 2)
    return f"{row['model']:<20}{shares}{scaled}{covered}{percent(row['skus_won'], 0):>7}{seconds:>8}"


def tune(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Search better settings of a method, go back to its defaults, or list what was found before."""
    if chosen.reset:
        tuning.reset(workspace, chosen.model)
    elif chosen.model:
        request = tuning.TuneRequest(chosen.model, chosen.seconds, chosen.horizon, chosen.folds)
        tuning.tune(workspace, request, progress)
    found = tuning.tuned_methods(workspace)
    rows = [asdict(each) | {"gain": each.gain} for each in found.values()]
    return rows, [_tuned_line(each) for each in found.values()] or ["No method was tuned; all have their defaults."]


def _tuned_line(found: tuning.Tuned) -> str:
    values = ", ".join(f"{name} = {value}" for name, value in found.values.items()) or "the defaults are best"
    ended = "" if found.complete else "; its time was up before all were tried"
    return (
        f"{found.model}: {values}; RMSSE {found.default_error:.4f} → {found.error:.4f} ({found.gain:.1%} saved), "
        f"{found.tried} settings at {found.folds} past dates, {found.tuned_at:%Y-%m-%d %H:%M} UTC{ended}"
    )
