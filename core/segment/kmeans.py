"""K-Means of SKUs over explained features, with the number of groups suggested by the silhouette."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.base.errors import ParameterError
from core.base.language import _, ngettext
from core.base.types import AnyArray, FloatArray, IntArray
from core.segment.features import FeatureTable

FEWEST_SKUS: Final = 4
MOST_GROUPS: Final = 10
SILHOUETTE_SAMPLE: Final = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """Label per SKU, what it was computed from, and a profile per label.

    Attributes:
        labels: group number of each series, 0 = the largest group, shape (n_series,).
        features: the features used.
        centres: mean of the standardised features per group, shape (n_groups, n_features).
        silhouettes: mean silhouette per number of groups tried (Rousseeuw 1987); higher = better separated; none are
            tried where there can be one group only.
        suggested: the number of groups with the highest silhouette.
        map_xy: the two main directions of the standardised features (principal components), shape (n_series, 2).
        remark: why there is one group only, or fewer groups than asked for; "" = nothing to say.
    """

    labels: IntArray
    features: FeatureTable
    centres: FloatArray
    silhouettes: dict[int, float]
    suggested: int
    map_xy: FloatArray
    remark: str = ""

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.centres)


def segment(features: FeatureTable, n_groups: int | None, *, seed: int) -> Segmentation:
    """Group the series into n_groups, or into the suggested number when None.

    Fewer than 4 series, and series that all sell alike, are one group whatever number is asked for.

    Raises:
        ParameterError: n_groups is below 2 or not below the number of series.
    """
    points = features.standardised
    n_series, n_kinds = len(points), len(np.unique(points, axis=0))
    if n_series < FEWEST_SKUS or n_kinds < 2:
        return _one_group(features)
    if n_groups is not None and not 2 <= n_groups < n_series:
        raise ParameterError.outside("Number of groups", n_groups, low=2, high=n_series - 1)
    silhouettes = silhouette_by_k(points, seed)
    suggested = max(silhouettes, key=lambda k: silhouettes[k], default=2)
    labels = _cluster(points, min(n_groups or suggested, n_kinds), seed)
    groups = int(labels.max()) + 1
    fewer = _("There are {groups} groups, because the SKUs sell in {groups} different ways only.")
    return Segmentation(
        labels=labels,
        features=features,
        centres=np.stack([points[labels == group].mean(axis=0) for group in range(groups)]),
        silhouettes=silhouettes,
        suggested=suggested,
        map_xy=_map(points),
        remark=fewer.format(groups=groups) if n_groups is not None and groups < n_groups else "",
    )


def _one_group(features: FeatureTable) -> Segmentation:
    """All series together, and why."""
    n_series = len(features.values)
    few = ngettext(
        "There is one group, because the data has {n} SKU; telling groups apart needs at least {fewest}.",
        "There is one group, because the data has {n} SKUs; telling groups apart needs at least {fewest}.",
        n_series,
    ).format(n=n_series, fewest=FEWEST_SKUS)
    alike = (
        _("There is one group, because all SKUs sell alike: nothing that is measured differs between them.")
        if features.sold
        else _("There is one group, because nothing was sold.")
    )
    return Segmentation(
        labels=np.zeros(n_series, np.int64),
        features=features,
        centres=features.standardised.mean(axis=0, keepdims=True),
        silhouettes={},
        suggested=1,
        map_xy=np.zeros((n_series, 2)),
        remark=few if n_series < FEWEST_SKUS else alike,
    )


def silhouette_by_k(points: FloatArray, seed: int) -> dict[int, float]:
    """Mean silhouette for 2 to 10 groups, on a seeded sample of at most 2,000 series; none where all of it is alike.

    Args:
        points: standardised features of at least 4 series, shape (n_series, n_features).
        seed: of the sample and of K-Means.
    """
    from sklearn.metrics import pairwise_distances, silhouette_score

    sample = np.random.default_rng(seed).permutation(len(points))[:SILHOUETTE_SAMPLE]
    chosen = points[np.sort(sample)]
    # two kinds of SKU are two groups; more kinds are worth telling apart only if some of them are alike
    n_kinds = len(np.unique(chosen, axis=0))
    most = min(MOST_GROUPS, max(n_kinds - 1, 2)) if n_kinds > 1 else 0
    apart = pairwise_distances(chosen)
    return {
        k: float(silhouette_score(apart, _cluster(chosen, k, seed), metric="precomputed")) for k in range(2, most + 1)
    }


def _cluster(points: FloatArray, n_groups: int, seed: int) -> IntArray:
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    # So few points are grouped faster by one thread than by several waiting for each other on a busy machine.
    with threadpool_limits(1):
        raw = KMeans(n_clusters=n_groups, n_init=5, random_state=seed).fit_predict(points)
    by_size = np.argsort(-np.bincount(raw, minlength=n_groups), kind="stable")
    rank = np.empty(n_groups, np.int64)
    rank[by_size] = np.arange(n_groups)
    return np.asarray(rank[raw])


def _map(points: FloatArray) -> FloatArray:
    centred = points - points.mean(axis=0)
    _left, _sizes, directions = np.linalg.svd(centred, full_matrices=False)
    two = directions[:2] * np.where(directions[:2].sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    projected = centred @ two.T
    return projected if projected.shape[1] == 2 else np.column_stack([projected, np.zeros(len(points))])


def describe(segmentation: Segmentation, words: Mapping[str, tuple[str, str]], strongest: int = 3) -> list[str]:
    """A sentence part per group: the features in which it differs most from the average SKU.

    Args:
        segmentation: the groups.
        words: per feature, what a SKU far above and far below the average does.
        strongest: features named at most.
    """
    if segmentation.n_groups == 1:
        return [_("every SKU of the data")]
    texts = []
    for centre in segmentation.centres:
        order = np.argsort(-np.abs(centre))[:strongest]
        parts = [
            words[segmentation.features.names[place]][0 if centre[place] > 0 else 1]
            for place in order
            if abs(centre[place]) > 0.35
        ]
        texts.append(", ".join(parts) or _("sells like the average SKU"))
    return texts


def group_names(n_groups: int) -> AnyArray:
    """Names in order of size, Group 1 being the largest, texts of shape (n_groups,)."""
    return np.array([_("Group {number}").format(number=place + 1) for place in range(n_groups)], dtype=object)
