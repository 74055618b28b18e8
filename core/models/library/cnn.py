"""CNN: dilated causal convolutions over the past, over all series."""

from dataclasses import dataclass
from typing import ClassVar

from core.models.networks_layers import Dilated, Encoder
from core.models.networks_method import NetworkMethod


@dataclass(frozen=True, slots=True)
class Cnn(NetworkMethod):
    """Convolutions over the past of each series whose reach doubles from layer to layer, up to 64 periods.

    Source:
        van den Oord et al. 2016, WaveNet, arXiv:1609.03499; Bai et al. 2018, arXiv:1803.01271.
    """

    key: ClassVar[str] = "cnn"
    label: ClassVar[str] = "Convolutional network"
    encoder: ClassVar[Encoder] = Dilated()
