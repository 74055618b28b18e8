"""How far a generative network spreads its paths: judged on the end of the history, which it did not learn from."""

from typing import Final

import numpy as np

from core.base.randomness import generator
from core.base.types import AnyArray, FloatArray, IntArray
from core.models import networks_trunk as trunk
from core.models.networks import Windows
from core.models.networks_layers import Weights
from core.models.networks_training import Lesson
from core.models.networks_trunk import SPREAD, Architecture

TEMPERATURES: Final = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
"""Factors of the hidden numbers to choose from."""
DISPERSIONS: Final = (0.02, 0.25, 0.5, 1.0, 2.0)
"""Factors of the dispersion to choose from."""
WINDOWS: Final = 384
"""Windows at the end of the history that are looked at."""
PATHS: Final = 64
"""Paths drawn for each of them."""


def spread_of(lesson: Lesson, asked: Architecture, weights: Weights, seed: int) -> dict[str, AnyArray]:
    """The weights with the pair of factors whose paths miss the last windows least, single periods and totals alike.

    A network that has seen every course of demand it learned from is too certain of the next one.

    Source:
        Gneiting and Raftery 2007, Strictly proper scoring rules, JASA 102, equation 21 (the continuous ranked
        probability score of paths); Guo et al. 2017, On calibration of modern neural networks, ICML (temperature).
    """
    series, checked = lesson.checking(seed)
    rows = slice(0, min(len(series), WINDOWS))
    identity = lesson.identity[series[rows]]
    known = trunk.summary(asked, weights, checked.past[rows], identity)
    hidden = generator(seed, "hidden numbers").standard_normal((PATHS, len(identity), asked.latent), np.float32)
    scores = {}
    for temperature in TEMPERATURES:
        said = trunk.decoded(asked, weights, known, checked.future[rows], temperature * hidden).astype(np.float64)
        means = np.exp(said[..., 0]) * checked.level[rows, None].astype(np.float64)
        for factor in DISPERSIONS:
            drawn = units_of(generator(seed, "units"), means, factor * np.exp(said[..., 1]))
            scores[temperature, factor] = _miss(drawn, checked, rows)
    chosen = min(scores, key=lambda pair: scores[pair])
    return {**weights, SPREAD: np.array(chosen, np.float32)}


def units_of(rng: np.random.Generator, means: FloatArray, dispersions: FloatArray) -> IntArray:
    """Whole units of a negative binomial as a Gamma–Poisson mixture, variance = mean + dispersion · mean²."""
    return rng.poisson(rng.gamma(1 / dispersions, means * dispersions))


def _miss(drawn: AnyArray, checked: Windows, rows: slice) -> float:
    """Mean score of single periods and of totals, each over the level; shape of drawn: (n_paths, n_rows, horizon)."""
    seen, level = checked.weight[rows], np.maximum(checked.level[rows], 1e-9)
    actual = checked.target[rows] * checked.level[rows, None]
    periods = ranked_probability(drawn * seen, actual) / level[:, None]
    totals = ranked_probability((drawn * seen).sum(axis=2), actual.sum(axis=1)) / (level * seen.shape[1])
    return float(periods.mean() + totals.mean())


def ranked_probability(drawn: AnyArray, actual: AnyArray) -> FloatArray:
    """Continuous ranked probability score of samples, units: E|X − y| − ½·E|X − X′|.

    Args:
        drawn: samples, shape (n_samples, …).
        actual: what happened, shape (…).
    """
    n = len(drawn)
    rank = 2 * np.arange(1, n + 1) - n - 1
    apart = np.tensordot(rank, np.sort(drawn, axis=0).astype(np.float64), axes=1) / n**2
    return np.asarray(np.abs(drawn - actual).mean(axis=0) - apart)
