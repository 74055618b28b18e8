"""Empty shelves: which are known, which are suspected, what was lost, and the choice per SKU of what to do."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from core.base.errors import ParameterError
from core.base.progress import Progress, silent
from core.clean.recipe import Recipe
from core.clean.rules.stock_out_demand import ESTIMATE, LEAVE, StockOutDemand
from core.clean.rules.suspected_stock_outs import SuspectedStockOuts
from core.clean.silence import silences
from core.clean.unconstrained import unconstrained
from core.store import corrections
from core.store.corrections import Place
from core.store.workspace import Workspace
from core.workflows import cleaning
from core.workflows.datasets import Dataset, active_recipe, current_dataset

__all__ = [
    "AS_RULE", "CHOICES", "ESTIMATE", "LEAVE", "choose", "choose_all", "estimates_in_force", "known", "losses",
    "suspected", "switch",
]  # fmt: skip
AS_RULE: Final = ""
"""The SKU is treated as the rule says."""
CHOICES: Final = (AS_RULE, ESTIMATE, LEAVE)
SHOWN_FROM: Final = 0.5
"""Probability from which a suspicion is worth showing."""


def known(workspace: Workspace) -> pd.DataFrame:
    """Series with out-of-stock periods, those that lost most first.

    Returns:
        sku, location, periods (out of stock), estimated_periods, sold_units (in them), lost_units (estimated mean),
        lost_sd (of the sum, were the periods independent), choice ("estimate", "leave" or "" = as the rule says).

    Raises:
        NoDataError: nothing was imported yet.
    """
    table = corrections.stock_out_totals(workspace, current_dataset(workspace).version)
    chosen = corrections.stock_out_choices(workspace)
    keys = zip(table["sku"], table["location"], strict=True)
    return table.assign(choice=[chosen.get(key, AS_RULE) for key in keys])


def suspected(workspace: Workspace, probability: float = SHOWN_FROM, prior: float | None = None) -> pd.DataFrame:
    """Stretches without a sale that chance hardly explains, the likeliest first; a hint that changes nothing.

    Args:
        workspace: the shop.
        probability: of an empty shelf, from which a stretch is listed.
        prior: share of stretches believed to be stock-outs beforehand; that of the rule unless given.

    Returns:
        sku, location, first, last, periods, usual_units (sold in such a stretch as a rule), probability, lasts (to the
        end of the history: the item may also be discontinued).

    Raises:
        NoDataError: nothing was imported yet.
    """
    panel = current_dataset(workspace).panel
    quiet = silences(panel)
    rule = SuspectedStockOuts()
    share = quiet.empty_shelf(rule.prior if prior is None else prior, rule.usual_days)
    chosen = np.flatnonzero(share >= probability)
    chosen = chosen[np.lexsort((quiet.first[chosen], -share[chosen]))]
    rows = quiet.rows[chosen]
    dates = panel.calendar.periods.astype("datetime64[s]")
    first, last = (at[chosen] - panel.offsets[rows] + panel.starts[rows] for at in (quiet.first, quiet.last))
    return pd.DataFrame(
        {
            "sku": panel.skus[rows],
            "location": panel.locations[rows],
            "first": dates[first],
            "last": dates[last],
            "periods": quiet.lengths()[chosen],
            "usual_units": quiet.expected[chosen],
            "probability": share[chosen],
            "lasts": quiet.open_ended[chosen],
        }
    )


def losses(workspace: Workspace) -> pd.DataFrame:
    """As `known`, with what was lost in every stock-out period, whether or not the clean demand counts it.

    Returns:
        The columns of `known`, then expected_units (mean lost in all the periods, an estimate) and expected_sd (of that
        sum, were the periods independent); those that lost most first.

    Raises:
        NoDataError: nothing was imported yet.
    """
    table, panel = known(workspace), current_dataset(workspace).panel
    estimate = unconstrained(panel, np.ones(len(panel), bool))
    rows = panel.rows[estimate.cells]
    unsold = estimate.mean - np.nan_to_num(panel.values[estimate.cells])
    mean = np.bincount(rows, weights=unsold, minlength=len(panel))
    variance = np.bincount(rows, weights=estimate.sd**2, minlength=len(panel))
    at = {key: row for row, key in enumerate(zip(panel.skus.tolist(), panel.locations.tolist(), strict=True))}
    series = np.array([at[key] for key in zip(table["sku"], table["location"], strict=True)], np.int64)
    told = table.assign(
        expected_units=table["lost_units"] + mean[series],
        expected_sd=np.sqrt(table["lost_sd"] ** 2 + variance[series]),
    )
    return told.sort_values("expected_units", ascending=False, kind="stable", ignore_index=True)


def choose(workspace: Workspace, sku: str, location: str, choice: str) -> Dataset:
    """Estimate the demand of one series during its stock-outs, leave it unknown, or do as the rule says.

    Raises:
        ParameterError: no such choice or series.
        NoDataError: nothing was imported yet.
    """
    return choose_all(workspace, {(sku, location): choice})


def choose_all(
    workspace: Workspace, wanted: Mapping[tuple[str, str], str], progress: Progress | None = None
) -> Dataset:
    """Choose for several series at once; for all of them or, when one is refused, for none.

    Args:
        workspace: the shop.
        wanted: by SKU and location, one of CHOICES.
        progress: told how far it is.

    Raises:
        ParameterError: no such choice or series.
        NoDataError: nothing was imported yet.
    """
    dataset = current_dataset(workspace)
    places = {Place(*key): choice for key, choice in wanted.items()}
    for place, choice in places.items():
        if choice not in CHOICES:
            raise ParameterError(
                f"“{ESTIMATE}”, “{LEAVE}” or an empty text (as the rule says) is expected; “{choice[:80]}” was given."
            )
        _require(dataset, place)
    told = progress or silent()
    told.check()
    corrections.put_stock_out_choices(workspace, places)
    # A choice counts only while the rule is carried out; in its own mode "off" the rule touches no other SKU.
    return cleaning.apply(workspace, _in_force(active_recipe(workspace)), told.unstoppable())


def _require(dataset: Dataset, place: Place) -> None:
    """Raise ParameterError when the clean demand has no such series."""
    if not ((dataset.panel.skus == place.sku) & (dataset.panel.locations == place.location)).any():
        raise ParameterError(
            f"A SKU and location of the clean demand are expected; {place.sku[:80]} at {place.location[:80]} is none. "
            "Choose one that has sales."
        )


def switch(workspace: Workspace, *, estimate: bool, progress: Progress | None = None) -> Dataset:
    """Estimate the demand of all stock-outs, or of none, but for the SKUs that were chosen otherwise.

    Raises:
        NoDataError: nothing was imported yet.
    """
    recipe = _in_force(active_recipe(workspace))
    mode = ESTIMATE if estimate else StockOutDemand().mode
    changed = cleaning.changed(recipe, StockOutDemand.key, enabled=True, settings={"mode": mode})
    return cleaning.apply(workspace, changed, progress)


def _in_force(recipe: Recipe) -> Recipe:
    """The recipe with the rule for stock-outs carried out: who chooses for a SKU has confirmed it."""
    return Recipe(
        tuple(
            replace(step, enabled=True, confirmed=True) if step.rule == StockOutDemand.key else step
            for step in recipe.steps
        )
    )


def estimates_in_force(workspace: Workspace) -> bool:
    """Whether the recipe estimates demand during stock-outs unless a SKU is chosen otherwise."""
    steps = {step.rule: step for step in active_recipe(workspace).steps}
    step = steps.get(StockOutDemand.key)
    return step is not None and step.enabled and step.complete()["mode"] == ESTIMATE
