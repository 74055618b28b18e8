"""Tables of the Compare page: the leaderboard, errors by demand class, champions."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.language import _
from core.report.numbers import BLANK
from core.report.tables_segments import class_labels

PERCENT: Final = (
    "wape", "bias", "coverage_80", "coverage_95", "skus_won", "gain_low", "gain_high", "mape", "smape", "churn",
)  # fmt: skip
"""Scores that are fractions."""


def score_labels() -> dict[str, str]:
    """Heading of each score."""
    return {
        "wape": _("WAPE"), "bias": _("Bias"), "mase": _("MASE"), "rmsse": _("RMSSE"), "rmse": _("RMSE"),
        "mae": _("MAE"), "mse": _("MSE"), "coverage_80": _("In 80 % band"), "coverage_95": _("In 95 % band"),
        "skus_won": _("SKUs won"), "gain_low": _("Gain on naive, from"), "gain_high": _("Gain on naive, to"),
        "mape": _("MAPE"), "smape": _("sMAPE"), "pinball": _("Pinball"), "crps": _("CRPS"), "churn": _("Churn"),
    }  # fmt: skip


def score_help() -> dict[str, str]:
    """What each score means, by key."""
    return {
        "wape": _("Sum of absolute errors divided by units sold. Lower is better."),
        "bias": _("Forecast minus actual, as a share of units sold. Positive = too much, negative = too little."),
        "mase": _("Mean absolute error relative to repeating last season; below 1 is better than that."),
        "rmsse": _("Root mean squared error relative to day-to-day changes, averaged over SKUs. Ranks the table."),
        "rmse": _("Root mean squared error, units per period."),
        "mae": _("Mean absolute error, units per period."),
        "mse": _("Mean squared error, units² per period."),
        "coverage_80": _("Share of actuals inside the central 80 % interval; 80 % is ideal, slow sellers lie above."),
        "coverage_95": _("Share of actuals inside the central 95 % interval; 95 % is ideal, slow sellers lie above."),
        "skus_won": _("Share of SKUs on which the method had the smallest RMSSE."),
        "gain_low": _("Lower end of the 95 % interval of how much smaller the RMSSE is than the seasonal naive's."),
        "gain_high": _("Upper end of that interval. Where both ends are above 0, luck hardly explains the gain."),
        "mape": _("Mean error as a share of the actual; blank when something sold nothing in a period: no share of 0."),
        "smape": _("Mean error as a share of the mean of actual and forecast; 0 where both are 0, at most 200 %."),
        "pinball": _("Mean loss of the stored quantiles, units. Lower is better: narrow and honest at once."),
        "crps": _("Loss of the whole distribution, units; with no uncertainty it would be the MAE."),
        "churn": _("How far forecasts move from one past date to the next; restless forecasts cost changed orders."),
    }


def percent_scores() -> tuple[str, ...]:
    """Headings of the scores that are fractions."""
    labels = score_labels()
    return tuple(labels[key] for key in PERCENT)


def leaderboard(rows: Iterable[Mapping[str, Any]], methods: Iterable[Any]) -> pd.DataFrame:
    """One row per method, best first; scores that cannot be computed are NaN and the note says why.

    Args:
        rows: records of the leaderboard.
        methods: every method, with key, label and drivers.
    """
    known = {method.key: method for method in methods}
    listed = list(rows)
    table: dict[str, list[Any]] = {_("Method"): [known[row["model"]].label for row in listed]}
    for key, label in score_labels().items():
        table[label] = [np.nan if row.get(key) is None else float(row[key]) for row in listed]
    table[_("Beats naive")] = [_yes_no(row["beats_naive"]) for row in listed]
    table[_("Uses drivers")] = [_yes_no(known[row["model"]].drivers) for row in listed]
    table[_("Fit time, s")] = [float(row["fit_seconds"]) for row in listed]
    table[_("Failures")] = [int(row["failed"]) for row in listed]
    table[_("Note")] = [_note(row) for row in listed]
    return pd.DataFrame(table)


def _note(row: Mapping[str, Any]) -> str:
    """Where the scores come from, and what stood in; stored comparisons of older programs lack the first."""
    return "; ".join(
        text for text in (_("from an earlier comparison") if row.get("cached") else "", row["reason"]) if text
    )


def _yes_no(value: bool | None) -> str:  # noqa: FBT001 - the value shown
    return BLANK if value is None else _("Yes") if value else _("No")


def by_class(comparison: Any, labels: Mapping[str, str]) -> pd.DataFrame:
    """Mean RMSSE per demand class and method; classes in which nothing could be measured are NaN."""
    names = class_labels()
    table = {_("Demand class"): [names[name] for name in comparison.classes]}
    return pd.DataFrame(table | {labels[key]: values for key, values in comparison.by_class.items()})


def class_champions(comparison: Any, labels: Mapping[str, str]) -> pd.DataFrame:
    """The method each demand class is planned with, beside the seasonal naive."""
    names = class_labels()
    own = {key: dict(zip(comparison.classes, values, strict=True)) for key, values in comparison.by_class.items()}
    chosen = [name for name in comparison.classes if name in comparison.class_champions]
    champions = [comparison.class_champions[name] for name in chosen]
    return pd.DataFrame(
        {
            _("Demand class"): [names[name] for name in chosen],
            _("Series"): [comparison.class_sizes[name] for name in chosen],
            _("Champion"): [labels[key] for key in champions],
            _("RMSSE"): [own[key][name] for key, name in zip(champions, chosen, strict=True)],
            _("RMSSE of seasonal naive"): [own.get("seasonal_naive", {}).get(name, np.nan) for name in chosen],
        }
    )


def series_champions(champions: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """The method of each SKU and location, with the reason."""
    names = {"sku": _("SKU"), "location": _("Location"), "model": _("Champion"), "reason": _("Why")}
    shown = champions.assign(model=[labels[key] for key in champions["model"]])
    return shown[list(names)].rename(columns=names)
