"""What a unit too few or too many costs the shop, for the replay of a comparison."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from core.base.errors import ParameterError
from core.evaluate.folds import Ground
from core.evaluate.replay import Economics, Terms
from core.series.panel import Panel
from core.store.settings import read_settings
from core.store.workspace import Workspace
from core.workflows.supply import supply_of

RMSSE: Final = "rmsse"
COST: Final = "cost"
JUDGES: Final = (RMSSE, COST)
"""What the champions of the demand classes are chosen by."""


def check_judge(judge: str) -> None:
    """Refuse what champions cannot be chosen by.

    Raises:
        ParameterError: it is neither "rmsse" nor "cost".
    """
    if judge not in JUDGES:
        raise ParameterError(f"Champions are chosen by one of {', '.join(JUDGES)}; “{judge[:40]}” was given.")


def economics(workspace: Workspace, panel: Panel, ground: Ground) -> Economics:
    """Service level, margins and holding costs as the order plan takes them, per unit and horizon.

    Args:
        workspace: whose settings and supply terms hold.
        panel: all series.
        ground: the past dates, from which the length of the horizon in days is taken.
    """
    settings, terms = read_settings(workspace), supply_of(workspace, panel).terms
    first, last = ground.periods[0, 0], ground.periods[0, -1]
    days = float((last - first).astype("timedelta64[D]").astype(np.int64)) + panel.frequency.days
    return Economics(
        service_level=settings.service_level,
        margin=np.maximum(terms.unit_price - terms.unit_cost, 0.0),
        holding=terms.unit_cost * terms.holding_rate_per_year * days / 365.25,
        whole=panel.whole_units(),
    )


def stored(terms: Terms | None) -> dict[str, Any] | None:
    """The terms of a replay as plain values for a run's manifest."""
    if terms is None:
        return None
    about = asdict(terms)
    return about | {"cheapest_level": None if math.isnan(terms.cheapest_level) else terms.cheapest_level}


def read(manifest: Mapping[str, Any]) -> Terms | None:
    """The terms of a stored comparison; None in those of older programs."""
    about = manifest.get("replay")
    if about is None:
        return None
    cheapest = about["cheapest_level"]
    return Terms(**{**about, "cheapest_level": math.nan if cheapest is None else float(cheapest)})
