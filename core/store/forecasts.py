"""Questions about two stored forecasts at once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.store.runs import SeriesChoice
from core.store.sql import load
from core.store.workspace import READ_SECONDS, Workspace


@dataclass(frozen=True, slots=True)
class Pair:
    """Two forecasts and the periods they share.

    Attributes:
        new, old: their runs.
        first, last: first and last period compared.
    """

    new: str
    old: str
    first: np.datetime64
    last: np.datetime64


def movers(workspace: Workspace, pair: Pair, choice: SeriesChoice, most: int) -> pd.DataFrame:
    """Series by how much their forecast changed: sku, location, old_units, new_units, old_model, new_model.

    Args:
        workspace: the store.
        pair: the two forecasts; units are sums over the periods they share.
        choice: series wanted.
        most: rows given back.
    """
    values = {
        "new": pair.new,
        "old": pair.old,
        "first": pair.first.astype("datetime64[D]").astype(object),
        "last": pair.last.astype("datetime64[D]").astype(object),
        "most": most,
        **choice.parameters(),
    }
    with workspace.cursor(READ_SECONDS) as cursor:
        return cursor.execute(load("forecast_movers"), values).df()
