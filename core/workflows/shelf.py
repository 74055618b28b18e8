"""What each period of one SKU was: sold, nothing sold, not on sale, out of stock, or perhaps out of stock."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from core.base.errors import NoDataError
from core.base.types import AnyArray, BoolArray, DateArray, FloatArray
from core.clean.rules.suspected_stock_outs import SuspectedStockOuts
from core.store import datasets as dataset_store
from core.store.workspace import Workspace
from core.workflows import stock_outs
from core.workflows.datasets import Dataset, active_recipe, current_dataset

SOLD: Final = "sold"
NOTHING: Final = "zero"
NOT_ON_SALE: Final = "not on sale"
OUT: Final = "out of stock"
INFERRED: Final = "taken as out of stock"
SUSPECTED: Final = "perhaps out of stock"
STATES: Final = (SOLD, NOTHING, NOT_ON_SALE, OUT, INFERRED, SUSPECTED)


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """The periods of one SKU at one location, each array n_periods long.

    Attributes:
        sku, location: whose shelf.
        frequency: day, week or month.
        periods: first day of each trading period, datetime64[D].
        units: clean demand, NaN = unknown or not on sale.
        lost: units lost to the empty shelf where they were estimated, NaN elsewhere.
        states: one of STATES.
        probability: of an empty shelf where one is suspected from the sales alone, NaN elsewhere.
    """

    sku: str
    location: str
    frequency: str
    periods: DateArray
    units: FloatArray
    lost: FloatArray
    states: AnyArray
    probability: FloatArray

    def table(self) -> pd.DataFrame:
        """One row per period: period, state, units, lost, probability."""
        return pd.DataFrame(
            {
                "period": self.periods.astype("datetime64[s]"),
                "state": self.states,
                "units": self.units,
                "lost": self.lost,
                "probability": self.probability,
            }
        )


def shelf(workspace: Workspace, sku: str, location: str, suspicions: pd.DataFrame | None = None) -> Shelf:
    """The periods of one SKU at one location.

    Args:
        workspace: the shop.
        sku: which series.
        location: which series.
        suspicions: what `stock_outs.suspected` said of the same data; asked anew unless given.

    Raises:
        NoDataError: nothing was imported yet, or there is no such series.
    """
    dataset = current_dataset(workspace)
    panel = dataset.panel
    found = np.flatnonzero((panel.skus == sku) & (panel.locations == location))
    if not len(found):
        raise NoDataError(f"The clean demand has no {sku[:80]} at {location[:80]}. Choose another SKU.")
    row = int(found[0])
    told = stock_outs.suspected(workspace) if suspicions is None else suspicions
    probability = _suspected(told[(told["sku"] == sku) & (told["location"] == location)], panel.calendar.periods)
    inferred = _inferred(workspace, dataset, sku, location)
    return Shelf(
        sku=sku,
        location=location,
        frequency=panel.frequency.value,
        periods=panel.calendar.periods,
        units=_one(dataset, row, panel.values),
        lost=dataset.lost[row],
        states=_states(dataset, row, inferred, ~np.isnan(probability)),
        probability=probability,
    )


def _one(dataset: Dataset, row: int, flat: FloatArray) -> FloatArray:
    """One series on the whole calendar, NaN before it begins, shape (n_periods,)."""
    panel = dataset.panel
    values = np.full(panel.n_periods, np.nan)
    values[panel.starts[row] :] = flat[panel.offsets[row] : panel.offsets[row + 1]]
    return values


def _suspected(told: pd.DataFrame, periods: DateArray) -> FloatArray:
    probability = np.full(len(periods), np.nan)
    for first, last, share in told[["first", "last", "probability"]].itertuples(index=False):
        inside = (periods >= np.datetime64(first, "D")) & (periods <= np.datetime64(last, "D"))
        probability[inside] = share
    return probability


def _inferred(workspace: Workspace, dataset: Dataset, sku: str, location: str) -> BoolArray:
    """Periods that the rule for suspected stock-outs took as out of stock, shape (n_periods,)."""
    if SuspectedStockOuts.key not in {rule.key for rule in active_recipe(workspace).series_rules()}:
        return np.zeros(dataset.panel.n_periods, bool)
    found = dataset_store.findings(workspace, dataset.version)
    own = found[(found["rule"] == SuspectedStockOuts.key) & (found["sku"] == sku) & (found["location"] == location)]
    return np.isin(dataset.panel.calendar.periods.astype(str), own["period"].to_numpy(str))


def _states(dataset: Dataset, row: int, inferred: BoolArray, suspected: BoolArray) -> AnyArray:
    values = _one(dataset, row, dataset.panel.values)
    # An estimate of what would have been sold does not put anything on the shelf.
    out = (_one(dataset, row, dataset.panel.censored.astype(np.float64)) == 1) | ~np.isnan(dataset.lost[row])
    chosen = [out & inferred, out, np.isnan(values), suspected & (values == 0), values > 0]
    return np.asarray(np.select(chosen, [INFERRED, OUT, NOT_ON_SALE, SUSPECTED, SOLD], NOTHING), dtype=object)
