"""GRU: a recurrent network with fewer gates than the LSTM, over all series."""

from dataclasses import dataclass
from typing import ClassVar

from core.models.networks_layers import Encoder, Gated
from core.models.networks_method import NetworkMethod


@dataclass(frozen=True, slots=True)
class Gru(NetworkMethod):
    """Gated recurrent units over the past of each series.

    Source:
        Cho et al. 2014, Learning phrase representations using RNN encoder–decoder, EMNLP.
    """

    key: ClassVar[str] = "gru"
    label: ClassVar[str] = "GRU neural network"
    encoder: ClassVar[Encoder] = Gated()
