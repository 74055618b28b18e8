"""Drivers a shop knows ahead: which ones, which are likely to be, how far they are planned; and switching them off."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.columns import DATED_KINDS, kind_of, known_ahead
from core.base.errors import ParameterError, examples
from core.base.language import _
from core.base.progress import Progress, silent
from core.evaluate.remarks import NAMED, UNPLANNED, Remark
from core.series.features_drivers import SOLD_PRICE
from core.series.panel import Panel
from core.store import datasets, driver_marks
from core.store.workspace import Workspace
from core.workflows.datasets import Dataset, current_dataset
from core.workflows.importing import made_anew

SHOWN: Final = 5
"""Drivers that an error names."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver of the shop's files that can be marked.

    Attributes:
        name: as in the files.
        until: last day a file gives it a value for.
        ahead: whether its values after the history are used; else only its past is.
        proposed: whether it is likely known ahead: a file has values after the last sale, and nobody marked it yet.
    """

    name: str
    until: date
    ahead: bool
    proposed: bool


def markable(workspace: Workspace) -> tuple[Driver, ...]:
    """Drivers of files that can be marked as known ahead; events and holidays always are."""
    version = datasets.current_version(workspace)
    if version is None or version.last_period is None:
        return ()
    marks = driver_marks.read(workspace)
    over = version.last_period + timedelta(days=Frequency(version.frequency).days)
    return tuple(
        Driver(name, until, ahead, proposed=not ahead and name not in marks and until >= over)
        for name, until in driver_marks.last_days(workspace).items()
        if kind_of(name) not in DATED_KINDS
        for ahead in [known_ahead(name, marks)]
    )


def mark(workspace: Workspace, wanted: Mapping[str, bool], progress: Progress | None = None) -> None:
    """Say which drivers are known ahead, and make the data anew, so that no former answer stands for it.

    Raises:
        ParameterError: no file has such a driver, or it is an event.
    """
    known = [each.name for each in markable(workspace)]
    strangers = [name for name in wanted if name not in known]
    if strangers:
        raise ParameterError(
            f"A driver of the imported files is expected, such as {examples(known, SHOWN) or '(there are none yet)'}; "
            f"“{strangers[0][:80]}” is none. Events and holidays are always known ahead."
        )
    driver_marks.put(workspace, wanted)
    made_anew(workspace, (progress or silent()).unstoppable())


def switches(workspace: Workspace) -> dict[str, str]:
    """What can be switched off for a comparison or forecast, and what it is called; events and holidays as one each."""
    found = sorted({kind_of(name) for name in current_dataset(workspace).panel.drivers})
    called = {"event": _("all events"), "holiday": _("all holidays"), SOLD_PRICE: _("price sold at")}
    return {name: called.get(name, name) for name in found}


def without(panel: Panel, off: Collection[str]) -> Panel:
    """The panel without the drivers switched off.

    Raises:
        ParameterError: there is no such driver.
    """
    known = {name for driver in panel.drivers for name in (driver, kind_of(driver))}
    strangers = [name for name in off if name not in known]
    if strangers:
        raise ParameterError(
            f"A driver of the present data is expected, such as {examples(sorted(known), SHOWN) or '(it has none)'}; "
            f"“{strangers[0][:80]}” is none. Leave it out."
        )
    return panel.without(off)


def unplanned(dataset: Dataset, panel: Panel, horizon: int) -> Iterator[Remark]:
    """Drivers known ahead whose values end before the last period forecast.

    Args:
        dataset: the data, for how far each driver is given.
        panel: its series with the drivers that are used.
        horizon: trading periods ahead.
    """
    end = panel.calendar.following(horizon)[-1]
    text = _(
        "“{driver}” is known ahead, but not for all of the next {horizon} periods in {n} series ({skus}): its values "
        "end on {day}. From then on its last value holds, or 0 where it is a flag or a count. Add the days up to {end} "
        "to its file."
    )
    for name, until in sorted(dataset.planned_until.items()):
        short = ~np.isnat(until) & (until < end)
        if name in panel.future_drivers and short.any():
            skus = list(dict.fromkeys(str(sku) for sku in panel.skus[short]))
            told = text.format(
                driver=name, horizon=horizon, n=f"{short.sum():,}", skus=examples(skus), day=until[short].min(), end=end
            )
            yield Remark(UNPLANNED, told, int(short.sum()), tuple(skus[:NAMED]))
