"""Tables of the What-if page, the same for the page and its exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.base.language import _
from core.report.numbers import BLANK, money, number, percent, undefined

Pair = tuple[float | None, float | None]
SHARE, UNITS, DAYS, TIMES, COUNT, MONEY = "share", "units", "days", "times", "count", "money"


@dataclass(frozen=True, slots=True)
class MeasureInfo:
    """How a measure is shown.

    Attributes:
        name: of the measure.
        label: as the planner reads it.
        kind: share, units, days, times, count or money.
        good: "up" when more is better, "down" when less is, "" when it depends.
        meaning: in one sentence.
    """

    name: str
    label: str
    kind: str
    good: str
    meaning: str


def measure_infos() -> tuple[MeasureInfo, ...]:
    """Every measure of a simulation in the order of the tables."""
    return (
        MeasureInfo("fill_rate", _("Fill rate"), SHARE, "up", _("Share of demanded units served at once from stock.")),
        MeasureInfo(
            "cycle_service_level", _("Cycle service level"), SHARE, "up",
            _("Share of replenishment cycles without a stock-out."),
        ),
        MeasureInfo(
            "stock_out_days", _("Stock-out days"), DAYS, "down",
            _("Days on which demand met empty shelves; of several series, added up."),
        ),
        MeasureInfo("average_units", _("Average stock"), UNITS, "", _("Mean units on hand.")),
        MeasureInfo("average_value", _("Average stock value"), MONEY, "down", _("Mean stock on hand at unit cost.")),
        MeasureInfo("turns", _("Stock turns"), TIMES, "up", _("Deliveries of a year over mean stock, at unit cost.")),
        MeasureInfo("orders", _("Orders placed"), COUNT, "", _("Order lines placed in the simulated time.")),
        MeasureInfo("ordered_units", _("Units ordered"), UNITS, "", _("Units bought in the simulated time.")),
        MeasureInfo("demand_units", _("Units demanded"), UNITS, "", _("Demand in the simulated time.")),
        MeasureInfo("unmet_units", _("Units not served at once"), UNITS, "down", _("Lost, or delivered late.")),
        MeasureInfo("holding_cost", _("Holding cost"), MONEY, "down", _("Mean stock times the yearly holding rate.")),
        MeasureInfo("ordering_cost", _("Ordering cost"), MONEY, "down", _("Orders times the cost of one.")),
        MeasureInfo(
            "shortage_cost", _("Shortage cost"), MONEY, "down", _("Margin lost on units not served at once."),
        ),
        MeasureInfo("total_cost", _("Total cost"), MONEY, "down", _("Holding, ordering and shortage cost.")),
    )  # fmt: skip


def cost_parts(values: Mapping[str, Pair]) -> dict[str, float]:
    """Cost by part, for the stacked bars; undefined parts left out."""
    labels = {info.name: info.label for info in measure_infos()}
    parts = {labels[name]: values[name][0] for name in ("holding_cost", "ordering_cost", "shortage_cost")}
    return {label: float(value) for label, value in parts.items() if value is not None and not undefined(value)}


def shown(value: float | None, kind: str, currency: str) -> str:
    """A measure as text with its unit.

    Example:
        >>> shown(0.957, SHARE, "USD"), shown(None, UNITS, "USD")
        ('95.7%', '–')
    """
    if undefined(value):
        return BLANK
    if kind == SHARE:
        return percent(value)
    if kind == MONEY:
        return money(value, currency)
    digits = 0 if kind == UNITS and abs(float(value or 0)) >= 100 else 1
    return number(value, digits)


def difference(value: float | None, kind: str, currency: str) -> str:
    """A difference between two measures with its sign; shares as percentage points."""
    if undefined(value):
        return BLANK
    amount = float(value or 0)
    sign = "+" if amount >= 0 else "−"
    if kind == SHARE:
        return _("{sign}{points} points").format(sign=sign, points=number(abs(amount) * 100, 1))
    return f"{sign}{shown(abs(amount), kind, currency)}"


def results(
    baseline: Mapping[str, Pair], scenario: Mapping[str, Pair], differences: Mapping[str, Pair], currency: str
) -> pd.DataFrame:
    """Every measure of baseline and scenario with its simulation error, as text."""
    infos = measure_infos()
    return pd.DataFrame(
        {
            _("Measure"): [_named(info) for info in infos],
            _("Baseline"): [_with_error(baseline[info.name], info.kind, currency) for info in infos],
            _("Scenario"): [_with_error(scenario[info.name], info.kind, currency) for info in infos],
            _("Difference"): [_gap(differences[info.name], info.kind, currency) for info in infos],
        }
    )


def _named(info: MeasureInfo) -> str:
    units = {UNITS: _("units"), DAYS: _("days"), TIMES: _("times a year")}
    unit = units.get(info.kind, "")
    # units ordered need not be called units twice
    return info.label if unit in info.label.lower() else f"{info.label}, {unit}"


def _with_error(pair: Pair, kind: str, currency: str) -> str:
    if undefined(pair[0]):
        return BLANK
    return f"{shown(pair[0], kind, currency)} ± {shown(pair[1], kind, currency)}"


def _gap(pair: Pair, kind: str, currency: str) -> str:
    if undefined(pair[0]):
        return BLANK
    error = number(100 * float(pair[1] or 0), 1) if kind == SHARE else shown(pair[1], kind, currency)
    return f"{difference(pair[0], kind, currency)} ± {error}"


def results_export(baseline: Mapping[str, Pair], scenario: Mapping[str, Pair], currency: str) -> pd.DataFrame:
    """The same as plain numbers with their unit, for workbooks."""
    infos = measure_infos()
    units = {SHARE: _("share"), UNITS: _("units"), DAYS: _("days"), TIMES: _("per year"), MONEY: currency, COUNT: ""}
    return pd.DataFrame(
        {
            _("Measure"): [info.label for info in infos],
            _("Unit"): [units[info.kind] for info in infos],
            _("Baseline"): [baseline[info.name][0] for info in infos],
            _("Baseline, simulation error"): [baseline[info.name][1] for info in infos],
            _("Scenario"): [scenario[info.name][0] for info in infos],
            _("Scenario, simulation error"): [scenario[info.name][1] for info in infos],
        }
    ).astype(dict.fromkeys((_("Baseline"), _("Scenario")), float))


def compared(saved: Sequence[Any], currency: str) -> pd.DataFrame:
    """Saved scenarios side by side: one row per measure, the baseline of the first one before them, as text.

    Each is told in the currency it was played in, `currency` where that is not known.
    """
    infos = measure_infos()
    columns = {_("Measure"): [_named(info) for info in infos]}
    if saved:
        columns[_("Baseline")] = _outcome(saved[0].baseline, saved[0].currency or currency)
    for each in saved:
        title = each.scenario.name
        while title in columns:
            title += " ·"
        columns[title] = _outcome(each.outcome, each.currency or currency)
    return pd.DataFrame(columns)


def _outcome(values: Mapping[str, Pair], currency: str) -> list[str]:
    return [_with_error(values[info.name], info.kind, currency) for info in measure_infos()]


def two_columns(rows: Mapping[str, str]) -> pd.DataFrame:
    """Facts as a table of two columns."""
    return pd.DataFrame({_("What"): list(rows), _("Value"): list(rows.values())})
