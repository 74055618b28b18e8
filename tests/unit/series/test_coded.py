"""Texts as numbers, and back."""

import numpy as np

from core.series.coded import Coded, pair_codes, series_of


def test_a_column_gives_its_texts_back() -> None:
    assert Coded.of(["b", "a", "b"]).texts().tolist() == ["b", "a", "b"]


def test_names_in_any_order_are_sorted() -> None:
    column = Coded.sorted(["b", "a"], np.array([0, 1, 0]))
    assert column.names.tolist() == ["a", "b"]
    assert column.texts().tolist() == ["b", "a", "b"]


def test_a_text_no_row_has_is_not_found() -> None:
    assert Coded.of(["b", "a"]).find(["a", "z"]).tolist() == [0, -1]


def test_pairs_are_ordered_by_location_then_sku() -> None:
    codes = pair_codes(Coded.of(["y", "x", "x"]), Coded.of(["a", "b", "a"]))
    assert np.argsort(codes).tolist() == [2, 1, 0]


def test_rows_find_their_series() -> None:
    rows = (Coded.of(["x", "x", "y"]), Coded.of(["a", "b", "a"]))
    of_locations, of_skus = np.array(["y", "x"], object), np.array(["a", "a"], object)
    assert series_of(*rows, of_locations, of_skus).tolist() == [1, -1, 0]


def test_no_series_means_no_row_has_one() -> None:
    empty = np.array([], object)
    assert series_of(Coded.of(["x"]), Coded.of(["a"]), empty, empty).tolist() == [-1]
