"""What a reader of a comparison should know about the data it was made on, with the SKUs named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.columns import kind_of
from core.base.errors import examples
from core.base.language import _
from core.base.types import BoolArray, FloatArray
from core.evaluate.folds import Ground
from core.series.panel import Panel

NAMED: Final = 200
"""Most SKUs a remark lists; the number of all is always said."""
FEW_SEASONS: Final = 2
WEEKS_OF_GAP: Final = 8
"""Trading weeks without an observation that are worth a remark; of weeks and months a year."""
SHORT, NO_DEMAND, CONSTANT, GAPS, UNPLANNED, IGNORED, TUNED, FEW_DATES = (
    "short", "no demand", "constant", "gaps", "unplanned", "ignored", "tuned", "few dates",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the data that bears on the scores or the forecasts.

    Attributes:
        kind: short, no demand, constant, gaps, unplanned, ignored, tuned or few dates.
        text: one or two sentences for the reader, the first few SKUs among them.
        n_series: how many series it is about.
        skus: of those series, at most 200.
    """

    kind: str
    text: str
    n_series: int
    skus: tuple[str, ...]


def remarks(panel: Panel, ground: Ground, blind: Sequence[str] = ()) -> tuple[Remark, ...]:
    """All that is to be said; nothing when the data is as it should be.

    Args:
        panel: all series.
        ground: where the comparison stands.
        blind: names of the methods compared that do not look at drivers.
    """
    observed = panel.observed()
    return (*_about_history(panel, observed, int(ground.origins[0])), *_about_blind(panel, blind))


def _about_history(panel: Panel, observed: FloatArray, first: int) -> Iterator[Remark]:
    seen = (~np.isnan(observed[:, :first])).sum(axis=1)
    sold = np.asarray((observed > 0).any(axis=1))
    least = min(FEW_SEASONS * panel.calendar.season_length, first)
    text = _(
        "Too little history at the first past date in {n} series ({skus}): fewer than {least} periods were observed by "
        "then. Where a method needs more, the season and level of the category stand in for it."
    )
    yield from _named(SHORT, text, panel, sold & (seen < least), least=least)
    text = _("Nothing was ever sold in {n} series ({skus}): the forecast is 0, without WAPE, MASE and RMSSE.")
    yield from _named(NO_DEMAND, text, panel, ~sold)
    yield from _about_values(panel, observed, sold)


def _about_values(panel: Panel, observed: FloatArray, sold: BoolArray) -> Iterator[Remark]:
    known = ~np.isnan(observed)
    low = np.where(known, observed, np.inf).min(axis=1, initial=np.inf)
    high = np.where(known, observed, -np.inf).max(axis=1, initial=-np.inf)
    text = _(
        "The same was sold in every period in {n} series ({skus}): MASE and RMSSE divide by changes of the past and "
        "leave such series out."
    )
    yield from _named(CONSTANT, text, panel, sold & (low == high) & (known.sum(axis=1) > 1))
    text = _(
        "Not on sale or out of stock for more than {least} periods on end in {n} series ({skus}): nothing is assumed "
        "to have been in demand then, neither 0 nor the usual, and no error is measured there."
    )
    season = panel.calendar.season_length
    least = season if season > 7 else WEEKS_OF_GAP * season
    yield from _named(GAPS, text, panel, sold & (longest_gap(known, panel) > least), least=least)


def longest_gap(known: BoolArray, panel: Panel) -> FloatArray:
    """Longest run of periods without an observation between a series' start and its end, shape (n_series,)."""
    columns = np.arange(known.shape[1])
    latest = np.maximum.accumulate(np.where(known, columns, panel.starts[:, None] - 1), axis=1)
    inside = columns[None, :] >= panel.starts[:, None]
    return np.where(inside & ~known, columns[None, :] - latest, 0).max(axis=1, initial=0).astype(np.float64)


def _about_blind(panel: Panel, blind: Sequence[str]) -> Iterator[Remark]:
    if not panel.drivers or not blind:
        return
    text = _("Price, promotion and other drivers ({drivers}) change nothing in the forecasts of: {methods}.").format(
        drivers=examples(sorted({kind_of(name).replace("_", " ") for name in panel.drivers}), 6),
        methods=", ".join(blind),
    )
    yield Remark(IGNORED, text, 0, ())


def about_tuned(methods: Sequence[str]) -> tuple[Remark, ...]:
    """That methods were tuned on some of what they are judged by here; nothing when none was."""
    if not methods:
        return ()
    text = _(
        "Settings of {methods} were searched on some of these past dates and may look better here than they are. "
        "Compare over fewer past dates or a shorter horizon."
    )
    return (Remark(TUNED, text.format(methods=", ".join(methods)), 0, ()),)


def about_dates(asked: int, found: int) -> tuple[Remark, ...]:
    """That the history was too short for all past dates asked for; nothing when it was not."""
    if found >= asked:
        return ()
    text = _(
        "The history is long enough for {found} of the {asked} past dates asked for. With a shorter horizon there are "
        "more, and luck counts for less."
    )
    return (Remark(FEW_DATES, text.format(found=found, asked=asked), 0, ()),)


def _named(kind: str, text: str, panel: Panel, chosen: BoolArray, **about: object) -> Iterator[Remark]:
    """The remark with the number and the first SKUs of the chosen series; nothing when there are none."""
    skus = list(dict.fromkeys(str(sku) for sku in panel.skus[chosen]))
    if skus:
        count = int(chosen.sum())
        yield Remark(kind, text.format(n=f"{count:,}", skus=examples(skus), **about), count, tuple(skus[:NAMED]))
