"""Networks that were learned before: what must agree so that one answers as it is, or goes on learning."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from core.base.errors import StoreError
from core.base.progress import Progress, silent
from core.base.types import AnyArray
from core.models.networks_layers import Weights
from core.models.networks_trunk import rows_for
from core.series.panel import Panel

FORM: Final = 4
"""Raised whenever the same weights would say something else."""
TABLE: Final = "table.0"
"""Name of the table of what was learned by name."""


@dataclass(frozen=True, slots=True)
class About:
    """What a network is and what it learned from.

    Attributes:
        model: key of the method.
        settings: of the method, in full.
        seed: root of all its draws.
        architecture: see Architecture.described.
        columns: names of the columns it reads.
        frequency: of the periods.
        known_until: first day of the last period it saw, ISO.
        fingerprint: of everything it learned from.
        form: see FORM.
    """

    model: str
    settings: Mapping[str, Any]
    seed: int
    architecture: Mapping[str, Any]
    columns: tuple[str, ...]
    frequency: str
    known_until: str
    fingerprint: str
    form: int = FORM

    def can_begin(self, other: "About") -> bool:
        """Whether the other network may go on from this one: built and taught alike, and it saw nothing yet to come.

        Other rounds, windows or rates of learning were asked for to be learned by, and another seed to see what chance
        does: with either a network is learned anew.
        """
        alike = ("model", "settings", "seed", "architecture", "columns", "frequency", "form")
        return self.known_until <= other.known_until and all(getattr(self, n) == getattr(other, n) for n in alike)


@dataclass(frozen=True, slots=True, eq=False)
class KeptNetwork:
    """A network that learned.

    Attributes:
        about: what it is.
        names: of the rows of its table from row 1 on.
        weights: its arrays.
    """

    about: About
    names: tuple[str, ...]
    weights: Weights


class Keeper(Protocol):
    """Where networks are kept."""

    def known(self) -> Sequence[About]:
        """All that are kept, the newest first."""
        ...

    def load(self, about: About) -> KeptNetwork:
        """One of them.

        Raises:
            StoreError: it was changed since it was written.
        """
        ...

    def keep(self, network: KeptNetwork) -> None:
        """Keep a network, in the place of one that learned from the same."""
        ...


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Keeps nothing: every network is learned anew."""

    def known(self) -> Sequence[About]:
        """None."""
        return ()

    def load(self, about: About) -> KeptNetwork:
        """Nothing is kept here; see Keeper."""
        raise StoreError(f"No {about.model} network is kept.")

    def keep(self, network: KeptNetwork) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who watches a network learn and keeps it.

    Attributes:
        keeper: where networks are kept.
        progress: told after every round.
    """

    keeper: Keeper = field(default_factory=Nowhere)
    progress: Progress = field(default_factory=silent)


def beginning(attendance: Attendance, wanted: About, label: str) -> KeptNetwork | None:
    """The kept network that learned from exactly the same, else the one that saw most of the past; None = anew.

    One that was changed since it was written is told of and passed over.
    """
    usable = [about for about in attendance.keeper.known() if about.can_begin(wanted)]
    usable.sort(key=lambda about: (about == wanted, about.known_until), reverse=True)
    for about in usable:
        try:
            return attendance.keeper.load(about)
        except StoreError as refusal:
            attendance.progress.report(label, 0.0, str(refusal))
    return None


def continued(kept: KeptNetwork, names: Sequence[str]) -> KeptNetwork:
    """The same network with rows for further names behind those it knows; new rows start at zero."""
    if TABLE not in kept.weights:
        return kept
    known = set(kept.names)
    together = (*kept.names, *(name for name in names if name not in known))
    former = kept.weights[TABLE]
    table = np.zeros((rows_for(len(together)), former.shape[1]), former.dtype)
    table[: len(former)] = former
    return KeptNetwork(kept.about, together, {**kept.weights, TABLE: table})


def fingerprint(history: Panel) -> str:
    """A text that differs as soon as anything a network learns from does."""
    digest = hashlib.sha256()
    for name, part in _parts(history):
        digest.update(f"{name} {part.dtype.str} {part.shape}\n".encode())
        digest.update(np.ascontiguousarray(part).data if part.dtype != object else "\n".join(part).encode())
    return digest.hexdigest()


def _parts(history: Panel) -> list[tuple[str, AnyArray]]:
    fixed: list[tuple[str, AnyArray]] = [
        ("values", history.values), ("offsets", history.offsets), ("censored", history.censored),
        ("keys", np.array(history.keys, dtype=object)),
        ("periods", history.calendar.periods.astype("datetime64[D]").astype(np.int64)),
    ]  # fmt: skip
    driven = [(f"driver {name}", history.drivers[name]) for name in sorted(history.drivers)]
    category = history.attributes.get("category")
    told = [] if category is None else [("category", np.array([str(text) for text in category], dtype=object))]
    return [*fixed, *driven, *told]
