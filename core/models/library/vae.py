"""VAE: a generative network that draws whole courses of demand, over all series."""

from dataclasses import dataclass
from typing import ClassVar

from core.base.parameters import parameter
from core.models.contract import FittedModel
from core.models.networks_layers import Dilated, Encoder, Weights
from core.models.networks_method import NEGATIVE_BINOMIAL, NetworkMethod, TrainedNetwork
from core.models.networks_paths import GenerativeFit
from core.models.networks_spread import spread_of
from core.models.networks_training import Lesson
from core.models.networks_trunk import Architecture
from core.models.sampling import SampledFit

OWN, ERRORS = "network", "errors"


@dataclass(frozen=True, slots=True)
class Vae(NetworkMethod):
    """A conditional variational autoencoder: hidden numbers tell one course of demand over the horizon from another.

    It learns to write down what followed a window of the past in eight hidden numbers and to tell demand from them
    and the window; drawing the numbers by chance then draws courses of demand.

    Source:
        Kingma and Welling 2014, Auto-encoding variational Bayes, ICLR; Sohn et al. 2015, Learning structured output
        representation using deep conditional generative models, NIPS 28.
    """

    key: ClassVar[str] = "vae"
    label: ClassVar[str] = "Variational autoencoder"
    encoder: ClassVar[Encoder] = Dilated()
    latent: ClassVar[int] = 8

    output: str = parameter(NEGATIVE_BINOMIAL, "Distribution of demand", choices=(NEGATIVE_BINOMIAL,))
    paths: str = parameter(
        ERRORS, "Paths are drawn by", choices=(ERRORS, OWN),
        help="Its mean with errors it made in the past, or the network itself, whose totals are too certain.",
    )  # fmt: skip

    def finished(self, lesson: Lesson, asked: Architecture, weights: Weights, seed: int) -> Weights:
        """The weights with how far paths shall spread."""
        return spread_of(lesson, asked, weights, seed)

    def fitted(self, network: TrainedNetwork, seed: int) -> FittedModel:
        """The network with paths of its own, or with the uncertainty its past errors had."""
        kind = GenerativeFit if self.paths == OWN else SampledFit
        return kind(network.history, network, seed)
