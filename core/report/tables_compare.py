"""Tables of the Compare page: the leaderboard, errors by demand class, champions."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from core.base.language import _
from core.report.numbers import BLANK, number, percent
from core.report.tables_segments import class_labels

PERCENT: Final = (
    "wape", "bias", "coverage_80", "coverage_95", "skus_won", "gain_low", "gain_high", "mape", "smape", "churn",
    "service", "lasted", "coverage_total_80", "coverage_total_95",
)  # fmt: skip
"""Scores that are fractions."""
AMOUNTS: Final = ("lost_margin", "holding_cost", "lost_units", "left_units")
"""Scores that are money or units."""


def score_labels() -> dict[str, str]:
    """Heading of each score."""
    return {
        "wape": _("WAPE"), "bias": _("Bias"), "mase": _("MASE"), "rmsse": _("RMSSE"), "rmse": _("RMSE"),
        "mae": _("MAE"), "mse": _("MSE"), "coverage_80": _("In 80 % band"), "coverage_95": _("In 95 % band"),
        "skus_won": _("SKUs won"), "gain_low": _("Gain on naive, from"), "gain_high": _("Gain on naive, to"),
        "mape": _("MAPE"), "smape": _("sMAPE"), "pinball": _("Pinball"), "crps": _("CRPS"), "churn": _("Churn"),
        "wrmsse": _("WRMSSE"), "p_naive": _("p, equal to naive"), "p_best": _("p, equal to best"),
        "cost_index": _("Cost index"), "service": _("Achieved service"), "lasted": _("Stock lasted"),
        "lost_margin": _("Lost margin"), "holding_cost": _("Holding cost"), "lost_units": _("Units lost"),
        "left_units": _("Units left over"),
        "coverage_total_80": _("Totals in 80 % band"), "coverage_total_95": _("Totals in 95 % band"),
    }  # fmt: skip


def score_help() -> dict[str, str]:
    """What each score means, by key."""
    return {
        "wape": _("Sum of absolute errors divided by units sold. Lower is better."),
        "bias": _("Forecast minus actual, as a share of units sold. Positive = too much, negative = too little."),
        "mase": _("Mean absolute error relative to repeating last season; below 1 is better than that."),
        "rmsse": _("Root mean squared error relative to changes between periods, averaged over SKUs. Ranks the table."),
        "rmse": _("Root mean squared error, units per period."),
        "mae": _("Mean absolute error, units per period."),
        "mse": _("Mean squared error, units² per period."),
        "coverage_80": _("Share of actuals inside the central 80 % interval; 80 % is ideal (on its edge: in part)."),
        "coverage_95": _("Share of actuals inside the central 95 % interval; 95 % is ideal (on its edge: in part)."),
        "skus_won": _("Share of SKUs on which the method had the smallest RMSSE."),
        "gain_low": _("Lower end of the 95 % interval of how much smaller the RMSSE is than the seasonal naive's."),
        "gain_high": _("Upper end of that interval. Where both ends are above 0, luck hardly explains the gain."),
        "mape": _("Mean error as a share of the actual; blank when something sold nothing in a period: no share of 0."),
        "smape": _("Mean error as a share of the mean of actual and forecast; 0 where both are 0, at most 200 %."),
        "pinball": _("Mean loss of the stored quantiles, units. Lower is better: narrow and honest at once."),
        "crps": _("Loss of the whole distribution, units; with no uncertainty it would be the MAE."),
        "churn": _("How far forecasts move from one past date to the next; restless forecasts cost changed orders."),
        "wrmsse": _("The RMSSE weighted by what each SKU sold, in money where prices are known."),
        "p_naive": _("Chance of errors this different from the seasonal naive's if both were equally good."),
        "p_best": _("Chance of errors this different from the best method's if both were equally good."),
    } | _cost_help()


def _cost_help() -> dict[str, str]:
    return {
        "cost_index": _(
            "What stock set by the method would have cost at the past dates (units short and holding of what is left), "
            "relative to the seasonal naive's. Below 1 is cheaper."
        ),
        "service": _("Share of the units asked for that this stock would have served (fill rate)."),
        "lasted": _("Share of cases in which this stock would have lasted; ideal is the service level."),
        "lost_margin": _("Margin of the units that were asked for and not there, in money."),
        "holding_cost": _("Cost of keeping what was left over during the horizon, in money."),
        "lost_units": _("Units asked for and not there, at all past dates together."),
        "left_units": _("Units left over at the end of the horizon, at all past dates together."),
        "coverage_total_80": _("Share of series whose total over the horizon lay in its 80 % interval; 80 % is ideal."),
        "coverage_total_95": _("Share of series whose total over the horizon lay in its 95 % interval; 95 % is ideal."),
    }


def dimension_labels() -> dict[str, str]:
    """What each way of cutting the shop is called."""
    return {
        "demand class": _("Demand class"),
        "ABC": _("ABC class"),
        "category": _("Category"),
        "location": _("Location"),
    }


def segment_labels(table: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Name and number of series of each segment by its dimension and key, in the table's order.

    Args:
        table: dimension, segment, series and a row per model.
    """
    if table.empty:
        return {}
    cuts, classes = dimension_labels(), class_labels()
    heads = table[["dimension", "segment", "series"]].drop_duplicates().itertuples(index=False)
    return {
        (cut, name): f"{cuts.get(cut, cut)}: {classes.get(name, name)} ({number(count)})" for cut, name, count in heads
    }


def memory_help() -> str:
    """What the memory column counts."""
    return _(
        "Memory taken at most while the method was at work, besides what was held before; methods at work at the same "
        "time share it equally. Blank where not measured."
    )


def percent_scores() -> tuple[str, ...]:
    """Headings of the scores that are fractions."""
    labels = score_labels()
    return tuple(labels[key] for key in PERCENT)


def leaderboard(rows: Iterable[Mapping[str, Any]], methods: Iterable[Any], *, blind: bool = False) -> pd.DataFrame:
    """One row per method, best first; scores that cannot be computed are NaN and the note says why.

    Args:
        rows: records of the leaderboard.
        methods: every method, with key, label and drivers.
        blind: whether all drivers were switched off.
    """
    known = {method.key: method for method in methods}
    # a stored comparison may hold a method that this program no longer has
    listed = [row for row in rows if row["model"] in known]
    table: dict[str, list[Any]] = {
        _("Method"): [known[row["model"]].label for row in listed],
        _("Group"): [_group(known[row["model"]]) for row in listed],
    }
    for key, label in score_labels().items():
        table[label] = [np.nan if row.get(key) is None else float(row[key]) for row in listed]
    table[_("Beats naive")] = [_yes_no(row["beats_naive"]) for row in listed]
    used = [False if blind else known[row["model"]].drivers for row in listed]
    table[_("Uses drivers")] = [_("as its methods") if each is None else _yes_no(each) for each in used]
    table[_("Fit time, s")] = [float(row["fit_seconds"]) for row in listed]
    table[_("Forecast time, s")] = [float(row.get("predict_seconds") or 0.0) for row in listed]
    memory = [row.get("peak_mb") for row in listed]
    table[_("Memory, MB")] = [np.nan if value is None else float(value) for value in memory]
    table[_("Failures")] = [int(row["failed"]) for row in listed]
    table[_("Note")] = [_note(row) for row in listed]
    return pd.DataFrame(table)


def _group(method: Any) -> str:
    """The group of a method, with a word where it is slow."""
    return _("{group} · slow").format(group=method.family) if method.slow else str(method.family)


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


def replay_note(terms: Any) -> str:
    """How costs were replayed, in sentences.

    Args:
        terms: service_level, cases, left_out, unpriced and cheapest_level of the comparison.
    """
    level, cheapest = terms.service_level, terms.cheapest_level
    text = _(
        "Cost: at each past date stock for the whole horizon is set by the method at a service level of {level}, then "
        "what really sold is served. A unit short is charged {times} times the holding cost of one left over, which is "
        "what that service level says it is worth; {cases} cases counted."
    )
    said = [text.format(level=percent(level), times=number(level / (1 - level), 1), cases=number(terms.cases))]
    if terms.left_out:
        text = _("{n} left out: demand is not known in every period (out of stock or not on sale).")
        said.append(text.format(n=number(terms.left_out)))
    if terms.unpriced:
        text = _("{n} series without a unit cost count in service, not in cost.")
        said.append(text.format(n=number(terms.unpriced)))
    if np.isfinite(cheapest):
        text = _("Your margins and holding costs balance at a service level of {level}.")
        said.append(text.format(level=percent(cheapest)))
    return " ".join(said)


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


def segments(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """One row per way of cutting the shop, segment and method, with every score.

    Args:
        table: dimension, segment, series, model and a column per score.
        labels: name of each method.
    """
    scores, classes, cuts = score_labels(), class_labels(), dimension_labels()
    named = {"dimension": _("Cut by"), "segment": _("Segment"), "series": _("Series"), "model": _("Method")}
    shown = table.assign(
        dimension=[cuts.get(name, name) for name in table["dimension"]],
        model=[labels.get(key, key) for key in table["model"]],
        segment=[classes.get(name, name) for name in table["segment"]],
    )
    return shown.rename(columns={name: named.get(str(name)) or scores.get(str(name), str(name)) for name in shown})


def series_errors(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """One row per method, SKU and location, with its scores over all past dates.

    Args:
        table: model, sku, location and a column per score.
        labels: name of each method.
    """
    named = {
        "model": _("Method"), "sku": _("SKU"), "location": _("Location"),
        **score_labels(), "abs_error": _("Absolute error, units"), "weight": _("Sold, units"),
    }  # fmt: skip
    shown = table.assign(model=[labels.get(key, key) for key in table["model"]])
    return shown[[name for name in named if name in shown]].rename(columns=named)


def remarked(remarks: Iterable[Any]) -> pd.DataFrame:
    """One row per remark and SKU it names.

    Args:
        remarks: with text, skus and n_series.
    """
    rows = [(sku, each.text.split(" in ", 1)[0]) for each in remarks for sku in each.skus]
    return pd.DataFrame(rows, columns=[_("SKU"), _("What")])
