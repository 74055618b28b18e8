"""Trained networks kept beside the shop, so that new data only updates them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.base.errors import StoreError
from core.models.networks_kept import About, KeptNetwork
from core.models.networks_training import LearningRound
from core.store import networks
from core.store.workspace import Workspace

_NAMES: Final = "names"
"""Array of the names that rows of the table stand for; weights are called "layer.number"."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the networks of a workspace are kept; a plain value, so that another process can use it.

    Attributes:
        root: folder of all dataset versions.
        version: dataset version that new networks belong to.
    """

    root: Path
    version: str

    def known(self) -> Sequence[About]:
        """All that are kept of any version, the newest first."""
        return [about for _path, about in self._listed()]

    def load(self, about: About) -> KeptNetwork:
        """One of them.

        Raises:
            StoreError: it was changed since it was written, or is gone.
        """
        for path, found in self._listed():
            if found == about:
                arrays = networks.read(path)
                names = tuple(str(name) for name in arrays.pop(_NAMES))
                return KeptNetwork(about, names, arrays)
        raise StoreError(f"The kept {about.model} network is gone.")

    def keep(self, network: KeptNetwork) -> None:
        """Keep a network, in the place of one that learned from the same."""
        about = asdict(network.about)
        name = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:32]
        arrays = {**network.weights, _NAMES: np.array(network.names, dtype=np.str_)}
        networks.write(self.root / self.version, name, arrays, {"about": about})

    def _listed(self) -> list[tuple[Path, About]]:
        read = ((path, _about(manifest)) for path, manifest in networks.listed(self.root))
        return [(path, about) for path, about in read if about is not None]


def shelf(workspace: Workspace, version: str) -> Shelf:
    """The shelf of a workspace for networks that learn from a dataset version."""
    return Shelf(networks.root_of(workspace), version)


def learning(told: Sequence[Any]) -> dict[str, list[float]]:
    """How learning goes on: per method, the deviance after each round of the network it trained last.

    Args:
        told: partial results of a job; others than LearningRound are passed over.
    """
    found: dict[str, list[float]] = {}
    for each in told:
        if isinstance(each, LearningRound):
            before = found.get(each.model, []) if each.number > 1 else []
            found[each.model] = [*before, each.checked]
    return found


def _about(manifest: dict[str, Any]) -> About | None:
    """What a manifest says; None when another version of the program wrote it."""
    try:
        fields = dict(manifest["about"])
        return About(**{**fields, "columns": tuple(fields["columns"])})
    except (KeyError, TypeError, ValueError):
        return None
