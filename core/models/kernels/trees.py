"""Regression trees grown on values sorted into bins, the most telling leaf first, and asked for many rows."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from core.models.kernels.random_numbers import mixed, share

MOST_BINS = 64
"""Bins a column may have."""
SLOPE, CURVE, COUNT = 0, 1, 2
"""What the entry of a bin sums over its rows: slopes and curvatures of the loss, and ones."""
BEGIN, END, NODE = 0, 1, 2
"""What is known of a leaf: place of its first row and after its last one, number of its node."""
GAIN, COLUMN, LAST = 0, 1, 2
"""What is known of a split: by how much it lowers the loss, the column it asks about, its last bin on the left."""
ROWS_AT_ONCE = 64
"""Rows asked about one tree after the other, so that they stay in a core's cache."""


class Shape(NamedTuple):
    """How a tree may grow.

    Attributes:
        leaves: at most.
        least_rows: rows a leaf must have.
        shrinkage: added to the curvature of a leaf, > 0; pulls its answer towards 0.
        columns: share of the columns that each split may ask about.
        seed: of the choice of these columns, uint64.
    """

    leaves: Any
    least_rows: Any
    shrinkage: Any
    columns: Any
    seed: Any


class Work(NamedTuple):
    """Memory that growing one tree after the other needs.

    Attributes:
        rows: of the leaves, one leaf after the other, shape (n_rows,).
        aside: rows put aside, shape (n_rows,).
        tables: sums of each leaf by column and bin, float32, shape (leaves, n_columns · MOST_BINS, 3).
        splits: the best one of each leaf, shape (leaves, 3).
        spans: what is known of each leaf, shape (leaves, 3).
    """

    rows: Any
    aside: Any
    tables: Any
    splits: Any
    spans: Any


class Nodes(NamedTuple):
    """Trees as tables; the nodes of one tree come after those of the one before.

    Attributes:
        column: asked about, shape (n_nodes,).
        cut: values up to it go left, shape (n_nodes,).
        left: number of the left child, the right one is the next; 0 for leaves, shape (n_nodes,).
        answer: of leaves, shape (n_nodes,).
    """

    column: Any
    cut: Any
    left: Any
    answer: Any


@njit(cache=True, nogil=True)
def _fill(bins: Any, slopes: Any, curves: Any, work: Any, leaf: Any) -> None:
    """Sum up the rows of a leaf by column and bin."""
    table = work.tables[leaf]
    for entry in range(table.shape[0]):
        table[entry, SLOPE] = table[entry, CURVE] = table[entry, COUNT] = 0.0
    for place in range(work.spans[leaf, BEGIN], work.spans[leaf, END]):
        row = work.rows[place]
        slope, curve = slopes[row], curves[row]
        for column in range(bins.shape[1]):
            entry = column * MOST_BINS + bins[row, column]
            table[entry, SLOPE] += slope
            table[entry, CURVE] += curve
            table[entry, COUNT] += 1.0


@njit(cache=True, nogil=True)
def _whole(table: Any) -> Any:
    """Sums over all rows of a leaf, read off the first column."""
    slope, curve, count = 0.0, 0.0, 0.0
    for entry in range(MOST_BINS):
        slope += table[entry, SLOPE]
        curve += table[entry, CURVE]
        count += table[entry, COUNT]
    return slope, curve, count


@njit(cache=True, nogil=True)
def _best_split(table: Any, shape: Any, node: Any, split: Any) -> None:
    """The split that lowers the loss most; its gain is 0 where there is none."""
    split[GAIN] = 0.0
    all_slope, all_curve, all_count = _whole(table)
    usual = all_slope * all_slope / (all_curve + shape.shrinkage)
    n_columns = table.shape[0] // MOST_BINS
    for column in range(n_columns):
        number = np.uint64(node * n_columns + column + 1)
        if shape.columns < 1.0 and share(mixed(shape.seed + number * np.uint64(0x9E3779B97F4A7C15))) >= shape.columns:
            continue
        slope, curve, count = 0.0, 0.0, 0.0
        for last in range(MOST_BINS - 1):
            entry = column * MOST_BINS + last
            slope += table[entry, SLOPE]
            curve += table[entry, CURVE]
            count += table[entry, COUNT]
            if table[entry, COUNT] == 0.0 or count < shape.least_rows:
                continue
            if all_count - count < shape.least_rows:
                break
            right = all_slope - slope
            gain = slope * slope / (curve + shape.shrinkage) - usual
            gain += right * right / (max(all_curve - curve, 0.0) + shape.shrinkage)
            # sums of single precision: what is less is rounding
            if gain > split[GAIN] + 1e-6 * usual:
                split[GAIN], split[COLUMN], split[LAST] = gain, column, last


@njit(cache=True, nogil=True)
def _part(bins: Any, split: Any, span: Any, work: Any) -> Any:
    """Put the rows that go left first, in unchanged order on both sides; the place where the others begin."""
    column, last, left, right = int(split[COLUMN]), split[LAST], span[BEGIN], 0
    for place in range(span[BEGIN], span[END]):
        row = work.rows[place]
        if bins[row, column] <= last:
            work.rows[left] = row
            left += 1
        else:
            work.aside[right] = row
            right += 1
    for place in range(right):
        work.rows[left + place] = work.aside[place]
    return left


@njit(cache=True, nogil=True)
def _richest(splits: Any, n_leaves: Any) -> Any:
    """The leaf whose split lowers the loss most, the first one of equals."""
    found = 0
    for leaf in range(1, n_leaves):
        if splits[leaf, GAIN] > splits[found, GAIN]:
            found = leaf
    return found


@njit(cache=True, nogil=True)
def _summed(bins: Any, slopes: Any, curves: Any, work: Any, old: Any, new: Any) -> None:
    """Sums of both sides of a split: the smaller side is summed up, the larger one is what is left of both."""
    tables, spans = work.tables, work.spans
    small, large = old, new
    if spans[old, END] - spans[old, BEGIN] > spans[new, END] - spans[new, BEGIN]:
        small, large = new, old
    for entry in range(tables.shape[1]):
        for kind in range(3):
            tables[large, entry, kind] = tables[old, entry, kind]
    _fill(bins, slopes, curves, work, small)
    for entry in range(tables.shape[1]):
        for kind in range(3):
            tables[large, entry, kind] -= tables[small, entry, kind]


@njit(cache=True, nogil=True)
def grow(bins: Any, slopes: Any, curves: Any, shape: Any, work: Any, nodes: Any) -> Any:
    """Grow one tree, always splitting the leaf whose split lowers the loss most; the number of its nodes.

    Args:
        bins: of each row and column, uint8, shape (n_rows, n_columns).
        slopes: first derivative of each row's loss, float32, shape (n_rows,).
        curves: second derivative, likewise.
        shape: how it may grow.
        work: memory to work in.
        nodes: where the tree goes, with bins for cuts and room for 2 · leaves − 1 nodes.

    Source:
        Friedman 2001, Annals of Statistics 29 (a leaf's answer is one Newton step); Ke et al. 2017, LightGBM, NeurIPS
        30 (bins, best leaf first, a sibling's sums by subtraction).
    """
    splits, spans = work.splits, work.spans
    n_rows = bins.shape[0]
    for row in range(n_rows):
        work.rows[row] = row
    spans[0, BEGIN], spans[0, END], spans[0, NODE] = 0, n_rows, 0
    _fill(bins, slopes, curves, work, 0)
    _best_split(work.tables[0], shape, 0, splits[0])
    n_leaves, n_nodes = 1, 1
    while n_leaves < shape.leaves:
        old, new = _richest(splits, n_leaves), n_leaves
        if splits[old, GAIN] <= 0.0:
            break
        middle, node = _part(bins, splits[old], spans[old], work), spans[old, NODE]
        nodes.column[node], nodes.cut[node], nodes.left[node] = int(splits[old, COLUMN]), splits[old, LAST], n_nodes
        spans[new, BEGIN], spans[new, END], spans[new, NODE] = middle, spans[old, END], n_nodes + 1
        spans[old, END], spans[old, NODE] = middle, n_nodes
        _summed(bins, slopes, curves, work, old, new)
        for leaf in (old, new):
            _best_split(work.tables[leaf], shape, spans[leaf, NODE], splits[leaf])
        n_leaves, n_nodes = n_leaves + 1, n_nodes + 2
    for leaf in range(n_leaves):
        slope, curve, _count = _whole(work.tables[leaf])
        nodes.left[spans[leaf, NODE]], nodes.answer[spans[leaf, NODE]] = 0, -slope / (curve + shape.shrinkage)
    return n_nodes


@njit(cache=True, nogil=True)
def add_leaves(work: Any, nodes: Any, n_leaves: Any, sums: Any) -> None:
    """Add what the tree just grown answers to each of the rows it was grown on."""
    for leaf in range(n_leaves):
        answer = nodes.answer[work.spans[leaf, NODE]]
        for place in range(work.spans[leaf, BEGIN], work.spans[leaf, END]):
            sums[work.rows[place]] += answer


@njit(cache=True, nogil=True)
def add_answers(values: Any, nodes: Any, roots: Any, sums: Any) -> None:
    """Add what each tree answers to each row; values: shape (n_rows, n_columns), what cuts are compared with."""
    for begin in range(0, values.shape[0], ROWS_AT_ONCE):
        for tree in range(roots.shape[0]):
            for row in range(begin, min(begin + ROWS_AT_ONCE, values.shape[0])):
                node = roots[tree]
                while nodes.left[node] > 0:
                    node = nodes.left[node] + int(values[row, nodes.column[node]] > nodes.cut[node])
                sums[row] += nodes.answer[node]


def work(n_rows: int, n_columns: int, leaves: int) -> Work:
    """Memory for a tree of so many leaves."""
    return Work(
        rows=np.empty(n_rows, np.int64),
        aside=np.empty(n_rows, np.int64),
        tables=np.empty((leaves, n_columns * MOST_BINS, 3), np.float32),
        splits=np.zeros((leaves, 3)),
        spans=np.zeros((leaves, 3), np.int64),
    )
