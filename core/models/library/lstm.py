"""LSTM: one recurrent network learns from all series and forecasts each on its own scale."""

from dataclasses import dataclass
from typing import ClassVar

from core.models.networks_layers import Encoder, LongShortTerm
from core.models.networks_method import NetworkMethod


@dataclass(frozen=True, slots=True)
class Lstm(NetworkMethod):
    """A long short-term memory over the past of each series.

    Source:
        Hochreiter and Schmidhuber 1997, Neural Computation 9 (the cell); Salinas et al. 2020, Int. J. Forecasting 36
        (one network over all series, each scaled by its level).
    """

    key: ClassVar[str] = "lstm"
    label: ClassVar[str] = "LSTM neural network"
    encoder: ClassVar[Encoder] = LongShortTerm()
