"""RNN: the simple recurrent network, over all series."""

from dataclasses import dataclass
from typing import ClassVar

from core.models.networks_layers import Encoder, Recurrent
from core.models.networks_method import NetworkMethod


@dataclass(frozen=True, slots=True)
class Rnn(NetworkMethod):
    """A simple recurrent layer over the past of each series: quick, but it forgets after some periods.

    Source:
        Elman 1990, Finding structure in time, Cognitive Science 14; Bengio et al. 1994, IEEE Trans. Neural Networks 5,
        on what it forgets.
    """

    key: ClassVar[str] = "rnn"
    label: ClassVar[str] = "Simple recurrent network"
    encoder: ClassVar[Encoder] = Recurrent()
