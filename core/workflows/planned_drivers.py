"""Drivers a shop knows ahead: which ones, which are likely to be, how far they are planned; and switching them off."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.columns import DATED_KINDS, PROMOTION, kind_of, known_ahead
from core.base.errors import ParameterError, examples
from core.base.language import _
from core.base.progress import Progress, silent
from core.base.types import BoolArray, DateArray
from core.evaluate.remarks import NAMED, UNPLANNED, Remark
from core.models import registry
from core.models.champions import Choice
from core.report.numbers import day
from core.series.features_drivers import PRICE, SOLD_PRICE
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


def looking(choice: Choice) -> BoolArray:
    """Series forecast by a method that looks at prices, promotions, events or what is marked, shape (n_series,)."""
    usual = choice.shares()
    versed = {} if choice.season is None else choice.season.shares(usual)
    found = np.zeros(len(choice.models), bool)
    for key, share in (*usual.items(), *versed.items()):
        if looks(key, choice.settings.get(key, {})):
            found |= share > 0
    return found


def looks(key: str, settings: Mapping[str, object]) -> bool:
    """Whether a method with these settings looks at drivers."""
    method = registry.create(key, settings)
    return method.capabilities.drivers and bool(getattr(method, "drivers", True))


def unplanned(dataset: Dataset, panel: Panel, horizon: int, chosen: BoolArray) -> Iterator[Remark]:
    """Drivers that some methods look at and nobody has planned for all of the horizon, and what is assumed instead.

    Args:
        dataset: the data, for how far each driver is given.
        panel: its series with the drivers that are used.
        horizon: trading periods ahead.
        chosen: series whose forecast looks at drivers, shape (n_series,).
    """
    coming = panel.calendar.following(horizon)
    known = _planned(dataset, panel, coming[-1]) if chosen.any() else {}
    for kind, until in sorted(known.items()):
        short = chosen & (until < coming[-1])
        if short.any():
            skus = list(dict.fromkeys(str(sku) for sku in panel.skus[short]))
            told = _assumed(kind).format(
                driver=kind,
                day=_usual_day(coming[np.searchsorted(coming, until[short], side="right")]),
                n=f"{short.sum():,}",
                skus=examples(skus),
                end=day(coming[-1]),
                reach=day(until[short].max()),
            )
            yield Remark(UNPLANNED, told, int(short.sum()), tuple(skus[:NAMED]))


def _usual_day(days: DateArray) -> str:
    """The day most series share, and between which days that of the others lies."""
    found, count = np.unique(days, return_counts=True)
    usual, first, last = found[count.argmax()], found[0], found[-1]
    if first == last:
        return day(usual)
    if usual in (first, last):
        return _("{usual} (in some series {other})").format(
            usual=day(usual), other=day(last if usual == first else first)
        )
    text = _("{usual} (in some series between {first} and {last})")
    return text.format(usual=day(usual), first=day(first), last=day(last))


def _assumed(kind: str) -> str:
    """What is said of a kind of driver that is not planned to the end."""
    given = {
        PRICE: _(
            "No price is planned from {day} on in {n} series ({skus}) whose forecast looks at prices: the last one is "
            "kept. Add the days up to {end} to its file if it will change."
        ),
        PROMOTION: _(
            "No promotion is planned from {day} on in {n} series ({skus}) whose forecast looks at promotions: none is "
            "assumed. Add those up to {end} to its file."
        ),
        "event": _(
            "No event is planned from {day} on in {n} series ({skus}) whose forecast looks at events: none is assumed. "
            "Add those up to {end} to their file."
        ),
        "holiday": _(
            "Holidays are known until {reach}. From {day} on none is assumed in {n} series ({skus}) whose forecast "
            "looks at them."
        ),
    }
    other = _(
        "“{driver}” is known ahead, but from {day} on it is not given in {n} series ({skus}) whose forecast looks at "
        "it: its last value holds, or 0 where it is a flag or a count. Add the days up to {end} to its file."
    )
    return given.get(kind, other)


def _planned(dataset: Dataset, panel: Panel, end: np.datetime64) -> dict[str, DateArray]:
    """Last day for which each kind of driver is planned, NaT in series where it never changed; (n_series,).

    What no file gives comes from the calendar itself, which knows all days to the end.
    """
    found: dict[str, DateArray] = {}
    never, last = np.full(len(panel), np.datetime64("NaT"), "datetime64[D]"), panel.calendar.last
    for name in filter(panel.known_ahead, panel.drivers):
        given = dataset.planned_until.get(name, np.full(len(panel), end))
        until = np.where(_changed(panel, name), given, never)
        found[kind_of(name)] = np.fmax(found.get(kind_of(name), never), until)
    if PRICE in found and SOLD_PRICE in panel.drivers:
        # methods take what a series was last sold for where no file says its price
        sold = np.isnat(dataset.planned_until.get(PRICE, never)) & _changed(panel, SOLD_PRICE)
        found[PRICE] = np.where(sold, last, found[PRICE])
    return found


def _changed(panel: Panel, name: str) -> BoolArray:
    """Whether a driver had more than one value in the past of a series, shape (n_series,)."""
    values = panel.drivers[name]
    known = ~np.isnan(values)
    step = np.append((values[1:] != values[:-1]) & known[1:] & known[:-1], False)[: len(values)]
    before = np.concatenate([[0], np.cumsum(step)])
    return np.asarray(before[np.maximum(panel.offsets[1:] - 1, panel.offsets[:-1])] > before[panel.offsets[:-1]])
