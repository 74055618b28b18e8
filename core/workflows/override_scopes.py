"""Which series and periods of a forecast a change by hand meets, or why it meets none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.base.language import _
from core.base.types import DateArray, FloatArray, IntArray
from core.report.numbers import day
from core.series.hierarchy_levels import sold_together
from core.series.overriding import BELOW_ZERO, NOT_ON_SALE, NOTHING_THERE, PERCENT, UNITS, Change
from core.series.panel import Panel
from core.store import links
from core.store import paths as path_store
from core.store.overrides import Override
from core.store.paths import PathIndex
from core.store.runs import RunRecord
from core.store.workspace import Workspace
from core.workflows import newcomers, scopes
from core.workflows.product_terms import on_sale
from core.workflows.scopes import SKU, Scope


@dataclass(frozen=True, slots=True, eq=False)
class Footing:
    """The forecast that changes are applied to.

    Attributes:
        workspace: the shop.
        run: the forecast without changes.
        panel: the series of the data, new items among them.
        index: its series and periods, in the order stored.
        rows: number of each series of the panel in that order, -1 = not forecast, shape (len(panel),).
        linked: SKUs that count as another one, and as which.
    """

    workspace: Workspace
    run: RunRecord
    panel: Panel
    index: PathIndex
    rows: IntArray
    linked: Mapping[str, str]

    @property
    def periods(self) -> DateArray:
        """First day of each period forecast, shape (horizon,)."""
        return self.index.periods

    @property
    def keys(self) -> list[str]:
        """Name "sku@location" of each series, in the order stored."""
        return [f"{sku}@{place}" for sku, place in zip(self.index.skus, self.index.locations, strict=True)]

    @property
    def reach(self) -> tuple[date, date]:
        """First and last day forecast, days on which the shop is closed included."""
        frequency, calendar = self.panel.frequency, self.panel.calendar
        last = calendar.every_period_after(int(self.run.manifest["horizon"]))[-1]
        ends = frequency.last_day(np.datetime64(last, "D"))
        return (frequency.last_day(calendar.last) + 1).astype(date), ends.astype(date)

    def members(self, scope: Scope) -> IntArray:
        """Numbers of the series of a scope, ascending."""
        found = self.rows[scopes.members(self.panel, scope)]
        return np.sort(found[found >= 0])

    def sold(self, scope: Scope) -> FloatArray:
        """Units of a scope in each period of the history, NaN where none was observed, shape (n_periods,)."""

        def ask(_cursor: object) -> FloatArray:
            return sold_together(self.panel.take(scopes.members(self.panel, scope)))

        return self.workspace.remembered(("sold", self.run.version, scope), ask)

    def on_sale(self, row: int) -> FloatArray | None:
        """Share of each period in which a series is on sale, shape (1, horizon); None = always."""
        return on_sale(self.workspace, self.panel.take(self.rows == row), len(self.periods))

    def columns(self, first: Any, last: Any) -> IntArray:
        """Numbers of the periods that begin from one day to another."""
        days = np.array([first, last], "datetime64[D]")
        return np.flatnonzero((self.periods >= days[0]) & (self.periods <= days[1]))


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """An override and what of a forecast it changes.

    Attributes:
        override: as it was made.
        change: the series and periods changed, and by how much; None = it meets nothing.
        why: the reason for that, as a sentence.
    """

    override: Override
    change: Change | None
    why: str = ""


def footing(workspace: Workspace, run: RunRecord) -> Footing:
    """The forecast without changes beside the series of the data in force, which it was made from.

    Raises:
        NoDataError: its sample paths are no longer on disk.
    """
    panel = newcomers.forecast_series(workspace).panel
    index = path_store.path_index(workspace, run.run_id)
    place = {key: row for row, key in enumerate(zip(index.skus, index.locations, strict=True))}
    rows = [place.get(key, -1) for key in zip(panel.skus, panel.locations, strict=True)]
    table = links.links(workspace)
    return Footing(
        workspace,
        run,
        panel,
        index,
        np.array(rows, np.int64),
        dict(zip(table["old_sku"], table["new_sku"], strict=True)),
    )


def scope_of(override: Override) -> Scope:
    """The part of the shop an override is about."""
    return Scope(override.level, override.name, override.location)


def meet(base: Footing, override: Override, effects: pd.DataFrame) -> Met:
    """What of a forecast an override changes.

    Units for days that are partly over are those that the change meant for the days that are left.

    Args:
        base: the forecast.
        override: the change.
        effects: what it did when it was first applied, see `core.store.overrides.effects`; no rows = never.
    """
    scope = scope_of(override)
    rows, columns = base.members(scope), base.columns(override.first, override.last)
    if scope.level == SKU and scope.name in base.linked:
        text = _("{old} counts as {new} now. Change {new} instead.")
        return Met(override, None, text.format(old=scope.name, new=base.linked[scope.name]))
    if not len(rows):
        return Met(override, None, _("The forecast has no such part of the shop. Choose one of the list."))
    if not len(columns):
        text = _("The forecast reaches from {first} to {last}; the shop does not trade in it on these days.")
        first, last = base.reach
        return Met(override, None, text.format(first=day(first), last=day(last)))
    share = 1.0 if override.kind == PERCENT or effects.empty else _left(base, override, effects)
    if share is None:
        return Met(override, None, _("It was made when the data had periods of another length. Change it anew."))
    return Met(override, Change(rows, columns, override.kind, override.value * share))


def _left(base: Footing, override: Override, effects: pd.DataFrame) -> float | None:
    """Share of the units of an override that lies ahead; None = it was made for periods of another length."""
    meant = (effects["after"] - effects["before"] if override.kind == UNITS else effects["after"]).to_numpy(float)
    days = effects["period"].to_numpy("datetime64[D]")
    first, last = np.array(base.reach, "datetime64[D]")
    periods = base.periods[base.columns(override.first, override.last)]
    here = np.isin(days, periods)
    if 2 * here.sum() < max(int(((days >= first) & (days <= last)).sum()), len(periods)):
        return None
    return float(meant[here].sum() / meant.sum()) if meant.sum() else float(here.mean())


def sentence(problem: str, units: float) -> str:
    """A problem of `core.series.overriding.Step` in words, "" when there is none.

    Args:
        problem: its name.
        units: expected before the change.
    """
    texts = {
        "": "",
        NOTHING_THERE: _(
            "Nothing is expected there, so that there are no shares to go by. Set the units of single SKUs at a "
            "location instead."
        ),
        BELOW_ZERO: _(
            "{units:,.1f} units are expected there, so fewer than 0 would be left. Take away less, or set the units "
            "to 0."
        ),
        NOT_ON_SALE: _("It is not on sale on these days. Choose other days, or correct when its sale ends."),
    }
    return texts[problem].format(units=units)
