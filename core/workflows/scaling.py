"""Clean demand normalised or standardised per SKU, with what it takes to get back to units."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.clean.scaling import METHODS, Scaling, fit
from core.series.panel import Panel
from core.store.workspace import Workspace
from core.workflows.datasets import current_dataset

__all__ = ["METHODS", "ScaledDemand", "Scaling", "scaled_demand"]


@dataclass(frozen=True, slots=True, eq=False)
class ScaledDemand:
    """Scaled demand of all series.

    Attributes:
        panel: in whose order and calendar it stands.
        values: no unit, NaN = not observed or out of stock, shape (n_series, n_periods).
        scaling: what was learned; its `inverse` gives units again.
    """

    panel: Panel
    values: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    scaling: Scaling

    def table(self) -> pd.DataFrame:
        """One row per observed SKU, location and period: sku, location, period, scaled, centre, scale."""
        rows, columns = np.nonzero(~np.isnan(self.values))
        return pd.DataFrame(
            {
                "sku": self.panel.skus[rows],
                "location": self.panel.locations[rows],
                "period": self.panel.calendar.periods[columns].astype("datetime64[s]"),
                "scaled": self.values[rows, columns],
                "centre": self.scaling.centre[rows],
                "scale": self.scaling.scale[rows],
            }
        )


def scaled_demand(workspace: Workspace, method: str) -> ScaledDemand:
    """The clean demand scaled per series.

    Args:
        workspace: the shop.
        method: min-max, z-score, robust or log1p.

    Raises:
        NoDataError: nothing was imported yet.
        ParameterError: no such method.
    """
    panel = current_dataset(workspace).panel
    units = panel.observed()
    scaling = fit(units, method)
    return ScaledDemand(panel, scaling.transform(units), scaling)
