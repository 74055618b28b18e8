"""Plays a policy on demand paths and measures service, stock and cost."""

from dataclasses import replace

import numpy as np

from core.base.errors import ParameterError
from core.base.language import _
from core.base.randomness import streams
from core.base.types import FloatArray, IntArray
from core.inventory.contract import Settings
from core.inventory.days import days_of, first_days
from core.inventory.deciding import decided
from core.inventory.kernels_days import spread_out
from core.inventory.lead_time import lead_time_points, protection_demand, receipts_by_day, review_days, series_keys
from core.inventory.lifetime import worth_having_then
from core.inventory.terms import check_terms, take_settings, take_terms
from core.simulate import kernels as k
from core.simulate.contract import SimulationCase, SimulationResult
from core.simulate.measures import Measure

DAYS_PER_YEAR = 365.25
FAN_LEVELS = (0.1, 0.5, 0.9)


def settings_of(case: SimulationCase) -> Settings:
    """Trigger and target the policy decides on for the paths and terms of the case."""
    check_terms(case.terms, series_keys(case.paths))
    demand = protection_demand(case.paths, case.terms, case.options.frequency, seed=case.options.seed)
    return decided(case.policy, demand, case.terms, case.service_level)


def simulate(case: SimulationCase, settings: Settings | None = None) -> SimulationResult:
    """Service, stock and cost of a policy, played on every path.

    Args:
        case: paths, terms, opening stock, policy and options.
        settings: what to play; None = decided by the policy of the case.

    Raises:
        InfeasibleTermsError: supply terms are impossible, or receipts do not match the series and horizon.
        ParameterError: a service level or option is out of range.
    """
    options, paths = case.options, case.paths
    if not 0 <= options.warm_up_periods < paths.horizon:
        raise ParameterError.outside(
            "Warm-up", options.warm_up_periods, low=0, high=paths.horizon - 1, unit=f"{options.frequency.value}s"
        )
    chosen = settings_of(case) if settings is None else settings
    return _result(case, chosen, statistics_of(case, chosen))


def statistics_of(case: SimulationCase, settings: Settings) -> FloatArray:
    """Sums of every path and series, shape (n_paths, n_series, 8); columns as in `core.simulate.kernels`."""
    statistics, _none = _played(case, settings, traced=False)
    return statistics


def trace(case: SimulationCase, settings: Settings | None = None) -> FloatArray:
    """Every period of the play, shape (n_paths, n_series, horizon, 7); columns as in `core.simulate.kernels`.

    For few series: it needs 56 bytes per path, series and period.
    """
    chosen = settings_of(case) if settings is None else settings
    _statistics, periods = _played(case, chosen, traced=True)
    return periods


def _played(case: SimulationCase, settings: Settings, *, traced: bool) -> tuple[FloatArray, FloatArray]:
    """Statistics (n_paths, n_series, N_STATISTICS) and, if asked for, every period of the play."""
    units = np.ascontiguousarray(case.paths.units)
    statistics = np.empty((*units.shape[:2], k.N_STATISTICS))
    periods = np.empty((*units.shape[:2], units.shape[2] if traced else 0, k.N_TRACE))
    days = days_of(case.paths, case.options.frequency, seed=case.options.seed)
    counting = (case.options.lost_sales, int(days.first[case.options.warm_up_periods]))
    # whole paths per core: they read demand in the order it lies in memory
    task = (units, days.arrays, _play_of(case, settings), counting, (statistics, periods))
    spread_out(units.size, k.play_some, len(units), *task)
    return statistics, periods


def _play_of(case: SimulationCase, settings: Settings) -> k.PlayOf:
    """What the kernels play; see `core.simulate.kernels.play_some`."""
    terms, opening, options = case.terms, case.opening, case.options
    n_days = int(first_days(case.paths.periods, options.frequency)[-1])
    due = receipts_by_day(case.receipts, opening.on_order, terms, n_days)
    # receipts may be dated for more than is reported as on order; what arrives counts
    on_order = np.maximum(opening.on_order, due.sum(axis=1))
    # stock booked below 0 was handed out before it came in: it is owed, and no demand of the first period
    on_hand = np.nan_to_num(opening.on_hand, nan=0.0)
    owed = opening.allocated + np.maximum(-on_hand, 0.0)
    columns = (
        np.maximum(on_hand, 0.0), on_order, owed, settings.trigger, settings.target, settings.quantity, terms.moq,
        terms.pack,
    )  # fmt: skip
    rules = np.ascontiguousarray(np.stack([np.asarray(column, float) for column in columns], axis=1))
    names = streams([f"{key}: supply {options.seed}" for key in series_keys(case.paths)])
    return due, rules, review_days(terms), lead_time_points(terms), names, _limits(case, settings)


def _limits(case: SimulationCase, settings: Settings) -> FloatArray:
    """Position beyond which nothing is ordered in each period, never below the trigger, shape (n_series, horizon)."""
    paths, life = case.paths, case.life
    if life is None:
        return np.full((len(paths), paths.horizon), np.inf)
    limits = worth_having_then(paths, case.terms, life, case.options.frequency, case.service_level)
    # service goes first, as in the plan
    return np.maximum(limits, np.asarray(settings.trigger, float)[:, None])


def _result(case: SimulationCase, settings: Settings, statistics: FloatArray) -> SimulationResult:
    options, terms = case.options, case.terms
    begins = first_days(case.paths.periods, options.frequency)
    days = float(begins[-1] - begins[options.warm_up_periods])
    cost = np.asarray(terms.unit_cost, float)[:, None]
    # paths last: means and errors are taken across them
    sums = np.ascontiguousarray(statistics.transpose(2, 1, 0))
    demanded, unmet, cycles = sums[k.DEMANDED], sums[k.UNMET], sums[k.CYCLES]
    served = demanded - unmet
    stock = sums[k.ON_HAND] / days
    delivered = served if options.lost_sales else demanded
    holding = stock * cost * np.asarray(terms.holding_rate_per_year, float)[:, None] * (days / DAYS_PER_YEAR)
    ordering = sums[k.ORDERS] * np.asarray(terms.order_cost, float)[:, None]
    shortage = unmet * _cost_per_unit_short(case)[:, None]
    measures = {
        "fill_rate": Measure.of_ratio(served, demanded),
        "cycle_service_level": Measure.of_ratio(cycles - sums[k.SHORT_CYCLES], cycles),
        "stock_out_days": Measure.of_amount(sums[k.SHORT_DAYS]),
        "demand_units": Measure.of_amount(demanded),
        "unmet_units": Measure.of_amount(unmet),
        "average_units": Measure.of_amount(stock),
        "average_value": Measure.of_amount(stock * cost),
        "turns": Measure.of_ratio(delivered * cost * (DAYS_PER_YEAR / days), stock * cost),
        "orders": Measure.of_amount(sums[k.ORDERS]),
        "ordered_units": Measure.of_amount(sums[k.ORDERED]),
        "holding_cost": Measure.of_amount(holding),
        "ordering_cost": Measure.of_amount(ordering),
        "shortage_cost": Measure.of_amount(shortage),
        "total_cost": Measure.of_amount(holding + ordering + shortage),
    }
    fan_series = np.asarray(options.fan_series, np.int64)
    return SimulationResult(
        skus=case.paths.skus, locations=case.paths.locations, settings=settings, days=days,
        n_paths=case.paths.n_paths, **measures, reasons=_reasons(measures), fan_series=fan_series,
        fan=_fan(case, settings, fan_series), periods=case.paths.periods,
    )  # fmt: skip


def _cost_per_unit_short(case: SimulationCase) -> FloatArray:
    """Money lost per unit not served at once: its margin when lost, a share of the margin when delivered late."""
    margin = np.maximum(np.asarray(case.terms.unit_price - case.terms.unit_cost, float), 0.0)
    return margin if case.options.lost_sales else margin * case.options.backorder_penalty


def _reasons(measures: dict[str, Measure]) -> dict[str, str]:
    """Why a measure has no value for some series, by its name."""
    texts = {
        "fill_rate": _("without demand in the simulated time there is nothing to serve"),
        "cycle_service_level": _("no replenishment cycle ended in the simulated time"),
        "turns": _("no stock was held, or the unit cost is unknown"),
        "average_value": _("the unit cost is unknown"),
        "holding_cost": _("the unit cost is unknown"),
        "shortage_cost": _("the unit cost or price is unknown"),
        "total_cost": _("the unit cost or price is unknown"),
    }
    return {name: text for name, text in texts.items() if np.isnan(measures[name].mean).any()}


def _fan(case: SimulationCase, settings: Settings, chosen: IntArray) -> FloatArray:
    """Percentiles of stock at the end of each period for the chosen series, shape (n_fan, horizon, 3)."""
    if not len(chosen):
        return np.empty((0, case.paths.horizon, len(FAN_LEVELS)))
    part = take_case(case, chosen)
    closing = trace(part, take_settings(settings, chosen))[:, :, :, k.CLOSING]
    return np.moveaxis(np.quantile(closing, FAN_LEVELS, axis=0), 0, 2)


def take_case(case: SimulationCase, chosen: IntArray) -> SimulationCase:
    """The case of the chosen series only; their draws stay the same, and so does who has a fan."""
    level = case.service_level
    fans = tuple(np.flatnonzero(np.isin(chosen, case.options.fan_series)).tolist())
    return replace(
        case,
        paths=case.paths.take(chosen),
        terms=take_terms(case.terms, chosen),
        opening=case.opening.take(chosen),
        receipts=None if case.receipts is None else case.receipts[chosen],
        service_level=level if np.ndim(level) == 0 else np.asarray(level)[chosen],
        options=replace(case.options, fan_series=fans),
        life=None if case.life is None else case.life.take(chosen),
    )
