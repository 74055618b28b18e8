"""Panel: the observed demand of many SKUs, one flat array with offsets."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from core.base.calendar import Frequency, TradingCalendar
from core.base.columns import kind_of, known_ahead
from core.base.types import AnyArray, BoolArray, FloatArray, IntArray, frozen


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Panel:
    """Demand per SKU × location and trading period; every series ends at the calendar's last period.

    Attributes:
        values: units per period, NaN = not observed (not on sale), flat, shape (n_obs,).
        offsets: series i owns values[offsets[i]:offsets[i + 1]], shape (n_series + 1,).
        skus: SKU of each series, shape (n_series,).
        locations: location of each series, shape (n_series,).
        calendar: the trading periods; series i starts at period len(calendar) − its length.
        censored: True where the SKU was out of stock, so that demand was at least `values`, shape (n_obs,).
        drivers: past values of each driver, NaN = unknown, each of shape (n_obs,).
        future_drivers: values known ahead for the periods after the last, each of shape (n_series, n_future).
        attributes: static texts per series (category, brand, supplier), each of shape (n_series,).
        past_only: drivers that nobody knows ahead although their names say otherwise.
    """

    values: FloatArray
    offsets: IntArray
    skus: AnyArray
    locations: AnyArray
    calendar: TradingCalendar
    censored: BoolArray
    drivers: Mapping[str, FloatArray] = field(default_factory=dict)
    future_drivers: Mapping[str, FloatArray] = field(default_factory=dict)
    attributes: Mapping[str, AnyArray] = field(default_factory=dict)
    past_only: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name, dtype in (("values", np.float64), ("offsets", np.int64), ("censored", bool)):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype))
        for name in ("skus", "locations"):
            object.__setattr__(self, name, frozen(np.asarray(getattr(self, name), dtype=object)))

    def __len__(self) -> int:
        return len(self.skus)

    @property
    def frequency(self) -> Frequency:
        """Length of a period."""
        return self.calendar.frequency

    @property
    def n_periods(self) -> int:
        """Trading periods on the calendar; the longest possible series."""
        return len(self.calendar)

    @property
    def lengths(self) -> IntArray:
        """Periods from each series' first to the last one, shape (n_series,)."""
        return np.diff(self.offsets)

    @property
    def starts(self) -> IntArray:
        """Position on the calendar of each series' first period, shape (n_series,)."""
        return self.n_periods - self.lengths

    @property
    def rows(self) -> IntArray:
        """Number of the series each flat value belongs to, shape (n_obs,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def columns(self) -> IntArray:
        """Position on the calendar of each flat value, shape (n_obs,)."""
        return np.asarray(np.arange(len(self.values)) - np.repeat(self.offsets[:-1] - self.starts, self.lengths))

    @property
    def keys(self) -> list[str]:
        """A stable name per series, "sku@location", the name of its random stream."""
        return [f"{sku}@{location}" for sku, location in zip(self.skus, self.locations, strict=True)]

    def dense(self, flat: AnyArray | None = None, fill: float = np.nan) -> FloatArray:
        """Values (or another flat array) on the common calendar, `fill` before a start, shape (n_series, n_periods)."""
        source = self.values if flat is None else flat
        result = np.full((len(self), self.n_periods), fill)
        columns = np.arange(self.n_periods)[None, :]
        result[columns >= self.starts[:, None]] = source
        return result

    def observed(self) -> FloatArray:
        """Dense demand with out-of-stock periods as NaN, so that no method reads them as low demand."""
        return self.dense(np.where(self.censored, np.nan, self.values))

    def take(self, chosen: IntArray | BoolArray) -> Self:
        """The panel of the chosen series (indices or mask), in the order given."""
        index = np.flatnonzero(chosen) if np.asarray(chosen).dtype == bool else np.asarray(chosen, np.int64)
        lengths = self.lengths[index]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        flat = np.repeat(self.offsets[index] - offsets[:-1], lengths) + np.arange(offsets[-1])
        return replace(
            self,
            values=self.values[flat],
            offsets=offsets,
            skus=self.skus[index],
            locations=self.locations[index],
            censored=self.censored[flat],
            drivers={name: flat_values[flat] for name, flat_values in self.drivers.items()},
            future_drivers={name: future[index] for name, future in self.future_drivers.items()},
            attributes={name: texts[index] for name, texts in self.attributes.items()},
        )

    def until(self, n_periods: int) -> Self:
        """What was known after the first n_periods; drivers known ahead keep their later values as future ones.

        Series that had not begun by then have length 0.
        """
        named = [name for name in dict.fromkeys([*self.drivers, *self.future_drivers]) if self.known_ahead(name)]
        ahead = {name: self._from(n_periods, name) for name in named}
        keep = (np.arange(self.n_periods)[None, :] < n_periods) & (
            np.arange(self.n_periods)[None, :] >= self.starts[:, None]
        )
        flat_keep = keep[np.arange(self.n_periods)[None, :] >= self.starts[:, None]]
        return replace(
            self,
            values=self.values[flat_keep],
            offsets=np.concatenate([[0], np.cumsum(keep.sum(axis=1))]),
            calendar=self.calendar.until(n_periods),
            censored=self.censored[flat_keep],
            drivers={name: flat[flat_keep] for name, flat in self.drivers.items()},
            future_drivers=ahead,
        )

    def known_ahead(self, driver: str) -> bool:
        """Whether later values of a driver are known at any time: those with planned values, others by their name."""
        return driver not in self.past_only and (driver in self.future_drivers or known_ahead(driver))

    def without(self, off: Collection[str]) -> Self:
        """The panel without some drivers; "event" and "holiday" stand for all of their kind."""

        def kept(values: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
            return {name: each for name, each in values.items() if name not in off and kind_of(name) not in off}

        if not off:
            return self
        return replace(self, drivers=kept(self.drivers), future_drivers=kept(self.future_drivers))

    def _from(self, n_periods: int, name: str) -> FloatArray:
        """Values of a driver from a period on, planned ones after observed ones, shape (n_series, n_later)."""
        planned = self.future_drivers.get(name, np.empty((len(self), 0)))
        unknown = np.full((len(self), self.n_periods), np.nan)
        past = self.dense(self.drivers[name]) if name in self.drivers else unknown
        return np.concatenate([past[:, n_periods:], planned], axis=1)

    def shorter_than(self, n_periods: int) -> BoolArray:
        """Which series have fewer than n_periods observed (not NaN, in stock) periods, shape (n_series,)."""
        seen = ~np.isnan(self.values) & ~self.censored
        running = np.concatenate([[0], np.cumsum(seen)])
        return np.asarray(np.diff(running[self.offsets]) < n_periods)

    def whole_units(self) -> BoolArray:
        """Which series only ever had whole numbers of units, shape (n_series,)."""
        dense = self.dense(fill=0.0)
        return np.asarray(np.all((dense == np.floor(dense)) | np.isnan(dense), axis=1))


def from_dense(  # noqa: PLR0913 - the one place where a panel is put together from its parts
    values: FloatArray,
    calendar: TradingCalendar,
    skus: Sequence[str],
    *,
    locations: Sequence[str] | None = None,
    starts: IntArray | None = None,
    censored: BoolArray | None = None,
    drivers: Mapping[str, FloatArray] | None = None,
    future_drivers: Mapping[str, FloatArray] | None = None,
    attributes: Mapping[str, AnyArray] | None = None,
) -> Panel:
    """A Panel from arrays of shape (n_series, n_periods); a series starts at its first non-NaN value unless given."""
    n_series, n_periods = values.shape
    if starts is None:
        known = ~np.isnan(values)
        starts = np.where(known.any(axis=1), known.argmax(axis=1), n_periods)
    inside = np.arange(n_periods)[None, :] >= starts[:, None]
    flags = np.zeros(values.shape, bool) if censored is None else censored
    return Panel(
        values=values[inside],
        offsets=np.concatenate([[0], np.cumsum(inside.sum(axis=1))]),
        skus=np.asarray(skus, dtype=object),
        locations=np.asarray(locations if locations is not None else ["main"] * n_series, dtype=object),
        calendar=calendar,
        censored=flags[inside],
        drivers={name: dense[inside] for name, dense in (drivers or {}).items()},
        future_drivers=dict(future_drivers or {}),
        attributes=dict(attributes or {}),
    )
