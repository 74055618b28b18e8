"""History in rows: how the imported units became clean demand, period by period, adding up exactly."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import pandas as pd

from core.base.calendar import Frequency
from core.base.errors import NoDataError
from core.base.types import BoolArray, DateArray, FloatArray, IntArray
from core.clean.manual import MANUAL
from core.clean.registry import SERIES_RULES
from core.clean.rules.stock_out_demand import StockOutDemand
from core.clean.uplift import promotion_uplift
from core.series.panel import Panel
from core.store import corrections
from core.store.workspace import Workspace
from core.workflows.datasets import current_dataset

RETURNS: Final = frozenset({"returns", "bulk_cancelled"})
"""Rules that take units off because they came back."""
LOST: Final = frozenset({StockOutDemand.key})
OUTLIERS: Final = frozenset(key for key in SERIES_RULES if key.startswith("outliers_"))
FILLED: Final = frozenset(SERIES_RULES) - OUTLIERS - LOST
"""Series rules that decide about periods without observation."""


@dataclass(frozen=True, slots=True, eq=False)
class HistoryRows:
    """One scope's history; every row but `promotions` is a term: imported + … + manual = clean, in each period.

    Attributes:
        periods: first day of each trading period, datetime64[D], shape (n_periods,).
        imported: units sold as imported, returns not counted, ≥ 0, shape (n_periods,) like all that follow.
        returns: units that came back, ≤ 0 but where one period gives back to another.
        others: cancelled, doubled, mistyped or repacked lines, and all that row rules changed besides.
        outliers: units capped or removed, or lifted.
        filled: units put into periods that were not observed.
        lost_sales: units that would have been sold but for an empty shelf.
        manual: corrections by hand.
        clean: clean demand; a period that is not on sale counts 0.
        promotions: part of `clean` above what is usual without promotion; shown, not taken off.
    """

    periods: DateArray
    imported: FloatArray
    returns: FloatArray
    others: FloatArray
    outliers: FloatArray
    filled: FloatArray
    lost_sales: FloatArray
    manual: FloatArray
    clean: FloatArray
    promotions: FloatArray

    def table(self) -> pd.DataFrame:
        """One row per period, one column per row of the history."""
        columns = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "periods"}
        return pd.DataFrame({"period": self.periods.astype("datetime64[s]"), **columns})


@dataclass(frozen=True, slots=True, eq=False)
class _Changes:
    """What rules put on or took off, each array n_changes long; early: before the first clean sale of the series."""

    rules: list[str]
    place: IntArray
    coming_back: BoolArray
    early: BoolArray
    units: FloatArray

    def of(self, chosen: BoolArray, n_periods: int) -> FloatArray:
        """Sum per period over the chosen changes, shape (n_periods,)."""
        return np.bincount(self.place[chosen], weights=self.units[chosen], minlength=n_periods).astype(np.float64)

    def named(self, rules: frozenset[str]) -> BoolArray:
        """Changes made by any of the rules."""
        return np.array([rule in rules for rule in self.rules], bool)


def history_rows(workspace: Workspace, sku: str | None = None, location: str | None = None) -> HistoryRows:
    """The history of all series together, of one SKU, one location, or one SKU at one location.

    Raises:
        NoDataError: nothing was imported yet, or there is no such series.
    """
    dataset = current_dataset(workspace)
    panel = dataset.panel
    chosen = np.ones(len(panel), bool) if sku is None else panel.skus == sku
    chosen = chosen if location is None else chosen & (panel.locations == location)
    if not chosen.any():
        raise NoDataError("The clean demand has no such SKU and location. Choose another one.")
    n = panel.n_periods
    totals = corrections.history_units(workspace, dataset.version, sku, location)
    place = np.searchsorted(panel.calendar.periods, totals["period"].to_numpy("datetime64[D]"))
    imported, returned, clean = (
        np.bincount(place, weights=totals[name].to_numpy(float), minlength=n).astype(np.float64)
        for name in ("imported_units", "returned_units", "units")
    )
    changes = _changes(corrections.history_changes(workspace, dataset.version, sku, location), panel)
    # The clean demand has no place for what came before a series begins. Nothing of it was left, so that what was
    # taken off there is what was imported, and what was given back there had come back.
    imported -= changes.of(changes.early & ~changes.coming_back, n)
    returned += changes.of(changes.early & changes.coming_back, n)
    later = {
        name: changes.of(changes.named(rules), n)
        for name, rules in (
            ("outliers", OUTLIERS), ("filled", FILLED), ("lost_sales", LOST), ("manual", frozenset({MANUAL})),
        )
    }  # fmt: skip
    # Taking out a line that came back, by whatever rule, gives back what `returned` took off in its own period.
    of_lines = ~changes.named(OUTLIERS | FILLED | LOST | {MANUAL})
    returns = changes.of(of_lines & (changes.named(RETURNS) | changes.coming_back), n) - returned
    # What is left is what row rules changed besides. Taken as the rest, it cannot fail to add up.
    others = clean - imported - returns - np.sum(list(later.values()), axis=0)
    return HistoryRows(
        periods=panel.calendar.periods,
        imported=imported,
        returns=returns,
        others=np.where(np.abs(others) < 1e-6, 0.0, others),
        clean=clean,
        promotions=promotion_uplift(panel.take(chosen)),
        **later,
    )


def _changes(table: pd.DataFrame, panel: Panel) -> _Changes:
    """What was found on the calendar; closed days, and series without a clean sale, are left out like their lines."""
    calendar = panel.calendar
    begins = dict(zip(zip(panel.skus, panel.locations, strict=True), panel.starts.tolist(), strict=True))
    start = np.array([begins.get(key, -1) for key in zip(table["sku"], table["location"], strict=True)], np.int64)
    days = table["period"].to_numpy(str).astype("datetime64[D]") if len(table) else np.empty(0, "datetime64[D]")
    place = np.searchsorted(calendar.periods, days, side="right") - 1
    on_calendar = (start >= 0) & (place >= 0) & (days < calendar.every_period_after(1)[0])
    if calendar.frequency is Frequency.DAY:
        on_calendar &= calendar.periods[np.maximum(place, 0)] == days
    kept = table[on_calendar]
    return _Changes(
        kept["rule"].tolist(),
        place[on_calendar].astype(np.int64),
        kept["coming_back"].to_numpy(bool),
        (place < start)[on_calendar],
        kept["change"].to_numpy(float),
    )
