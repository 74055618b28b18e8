"""Fix these first: issues of the data ranked by how far they move the demand expected until the next delivery."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from core.base.calendar import Frequency, TradingCalendar
from core.base.language import _
from core.base.types import FloatArray, IntArray
from core.clean import registry
from core.clean.life_stage import DORMANT
from core.clean.manual import MANUAL
from core.clean.rules.stock_out_demand import StockOutDemand
from core.clean.rules.suspected_stock_outs import SuspectedStockOuts
from core.clean.silence import silences
from core.clean.stakes import Stake, levels, stake
from core.clean.unconstrained import unconstrained
from core.inventory.contract import SupplyTerms
from core.series.coded import Coded, series_of
from core.series.panel import Panel
from core.store import corrections
from core.store.workspace import Workspace
from core.workflows.datasets import LIFE_STAGE, Dataset, current_dataset
from core.workflows.supply import supply_of

CLEAN, UPLOAD = "clean", "upload"
LEAD_TIME: Final = "lead_time"
LEAD_TIME_DOUBT: Final = 0.5
"""Share by which a lead time that nobody stated may be wrong."""
SUSPECTED_FROM: Final = 0.5


@dataclass(frozen=True, slots=True)
class Priority:
    """One issue and what it is worth to settle it.

    Attributes:
        issue: key of the rule, or of the doubt, e.g. "lead_time".
        label: in the language in use.
        skus: SKUs at a location whose expected demand it moves.
        units: units moved over lead time and review period.
        money: the same at selling prices, None where no price is known.
        how: what to do, as a sentence.
        page: where: "clean" or "upload".
        rule: key of the rule concerned, "" when none is.
    """

    issue: str
    label: str
    skus: int
    units: float
    money: float | None
    how: str
    page: str
    rule: str


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """One issue before it is weighed: the expected demand it would change, units per period, shape (n_series,)."""

    issue: str
    label: str
    change: FloatArray
    how: str
    page: str = CLEAN
    rule: str = ""


def fix_first(workspace: Workspace) -> list[Priority]:
    """Issues with the most money at stake first; by units where no price is known.

    The stake of a rule in force is how far expected demand would move without its changes; that of a doubt how far it
    would move if the doubt were true.

    Raises:
        NoDataError: nothing was imported yet.
    """
    dataset = current_dataset(workspace)
    terms = supply_of(workspace, dataset.panel).terms
    periods = _periods_at_stake(terms, dataset.panel.calendar)
    observed = dataset.panel.observed()
    level = levels(observed)
    cases = [*_rules_in_force(workspace, dataset, observed, level), *_doubts(dataset, level)]
    found = [_weighed(case, stake(case.change, periods, terms.unit_price)) for case in cases]
    assumed = np.array(["lead time" in str(text).split(", ") for text in terms.assumed], bool)
    wrong = np.where(assumed, LEAD_TIME_DOUBT * _trading_periods(terms.lead_time_days, dataset.panel.calendar), 0.0)
    found.append(_weighed(_lead_time(level), stake(level, wrong, terms.unit_price)))
    moved = [entry for entry in found if entry.skus > 0]
    return sorted(moved, key=lambda entry: (-(entry.money or 0.0), -entry.units, entry.issue))


def _weighed(case: _Case, worth: Stake) -> Priority:
    return Priority(case.issue, case.label, worth.skus, worth.units, worth.money, case.how, case.page, case.rule)


def _periods_at_stake(terms: SupplyTerms, calendar: TradingCalendar) -> FloatArray:
    """Trading periods of lead time and review, shape (n_series,)."""
    return _trading_periods(terms.lead_time_days + terms.review_period_days, calendar)


def _trading_periods(days: FloatArray, calendar: TradingCalendar) -> FloatArray:
    share = calendar.season_length / 7.0 if calendar.frequency is Frequency.DAY else 1.0
    return np.asarray(days / calendar.frequency.days * share)


def _rules_in_force(workspace: Workspace, dataset: Dataset, observed: FloatArray, level: FloatArray) -> Iterator[_Case]:
    """Every rule that changed units, against demand without its changes."""
    table = corrections.history_changes(workspace, dataset.version, None, None)
    labels = {info.key: info.label for info in registry.rules()} | {MANUAL: _("Corrections by hand")}
    how = _("Look at what “{rule}” changed; where it is wrong, set it otherwise or switch it off.")
    for rule, own in table.groupby("rule", sort=True):
        key, label = str(rule), labels.get(str(rule), str(rule))
        rows, place, units = _on_panel(own, dataset)
        series = np.unique(rows)
        without = observed[series]
        if key == StockOutDemand.key:
            without[np.searchsorted(series, rows), place] = np.nan
        else:
            _take_back(without, np.searchsorted(series, rows), place, units)
        change = np.zeros(len(level))
        change[series] = levels(without) - level[series]
        yield _Case(key, label, change, how.format(rule=label), CLEAN, key)


def _on_panel(table: pd.DataFrame, dataset: Dataset) -> tuple[IntArray, IntArray, FloatArray]:
    """Series, period and units of changes that lie on the panel, each n_changes long."""
    panel = dataset.panel
    rows = series_of(Coded.of(table["location"]), Coded.of(table["sku"]), panel.locations, panel.skus)
    days = table["period"].to_numpy(str).astype("datetime64[D]")
    place = np.searchsorted(panel.calendar.periods, days, side="right") - 1
    inside = (rows >= 0) & (place >= 0) & (days < panel.calendar.every_period_after(1)[0])
    inside &= place >= panel.starts[np.maximum(rows, 0)]
    return rows[inside], place[inside], table["change"].to_numpy(float)[inside]


def _take_back(demand: FloatArray, rows: IntArray, place: IntArray, units: FloatArray) -> None:
    """Put demand back to what it was before the changes, never below 0."""
    total = np.zeros(demand.shape)
    np.add.at(total, (rows, place), units)
    moved = total != 0
    demand[moved] = np.maximum(np.nan_to_num(demand[moved]) - total[moved], 0.0)


def _doubts(dataset: Dataset, level: FloatArray) -> Iterator[_Case]:
    """What may be true though no rule in force says so."""
    panel = dataset.panel
    if panel.censored.any():
        yield _known_stock_outs(panel, level)
    yield _suspected_stock_outs(panel, level)
    silent = panel.attributes[LIFE_STAGE] == DORMANT
    label = _("Items silent for longer than their own pattern explains")
    how = _("State in a product file since when they are discontinued, or check their stock.")
    yield _Case(DORMANT, label, np.where(silent, -level, 0.0), how, UPLOAD)


def _known_stock_outs(panel: Panel, level: FloatArray) -> _Case:
    """Demand during stock-outs estimated instead of left unknown."""
    estimate = unconstrained(panel, np.ones(len(panel), bool))
    filled = np.where(panel.censored, np.nan, panel.values)
    filled[estimate.cells] = estimate.mean
    how = _("Switch on “{rule}”, or choose it for single SKUs.").format(rule=_(StockOutDemand.label))
    label = _("Known stock-outs")
    return _Case("stock_outs", label, levels(panel.dense(filled)) - level, how, CLEAN, StockOutDemand.key)


def _suspected_stock_outs(panel: Panel, level: FloatArray) -> _Case:
    """Stretches of zeros that may be empty shelves taken as not observed."""
    quiet = silences(panel)
    rule = SuspectedStockOuts()
    suspected = quiet.empty_shelf(rule.prior, rule.usual_days) >= SUSPECTED_FROM
    edges = np.zeros(len(panel.values) + 1)
    np.add.at(edges, quiet.first[suspected], 1.0)
    np.add.at(edges, quiet.last[suspected] + 1, -1.0)
    doubtful = np.cumsum(edges)[:-1] > 0
    without = levels(panel.dense(np.where(doubtful | panel.censored, np.nan, panel.values)))
    label = _(SuspectedStockOuts.label)
    how = _("Give stock levels, or look at the stretches and switch on “{rule}” where shelves were empty.")
    return _Case(SuspectedStockOuts.key, label, without - level, how.format(rule=label), CLEAN, SuspectedStockOuts.key)


def _lead_time(level: FloatArray) -> _Case:
    label, how = _("Lead times that nobody stated"), _("Upload supplier terms or purchase orders with their receipts.")
    return _Case(LEAD_TIME, label, level, how, UPLOAD)


def table(found: list[Priority]) -> pd.DataFrame:
    """One row per issue: issue, label, skus, units, money, how, page, rule."""
    columns = ("issue", "label", "skus", "units", "money", "how", "page", "rule")
    return pd.DataFrame([[getattr(entry, name) for name in columns] for entry in found], columns=list(columns))
