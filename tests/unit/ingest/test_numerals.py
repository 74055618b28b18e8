"""Texts to numbers."""

import pyarrow as pa
import pytest

from core.base.errors import MappingError
from core.ingest import numerals


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1,234.50", ".", 1234.5), ("1.234,50", ",", 1234.5), ("1 234,50", ",", 1234.5), ("1'234.50", ".", 1234.5),
        ("(12.50)", ".", -12.5), ("4.50-", ".", -4.5), ("12.5%", ".", 0.125), ("€ 3", ".", 3.0), ("-$8.00", ".", -8.0),
        ("¥１２", ".", 12.0), ("1E5", ".", 1e5), (".5", ".", 0.5), ("−3", ".", -3.0), ("12,345,678", ".", 12345678.0),
    ],
)  # fmt: skip
def test_numbers_are_read_in_the_usual_spellings(text, decimal, value):
    assert numerals.parse(text, decimal) == value


@pytest.mark.parametrize("text", ["A1", "", "-", "1,23,4", "12.5.3", "(4-)", "1 2", "nan", "1,5", "--4", "0x1F"])
def test_anything_else_is_no_number(text):
    assert numerals.parse(text, ".") is None


def test_the_decimal_mark_is_settled_by_values_only_one_mark_explains():
    assert numerals.decimal_mark(pa.array(["1.500", "2,75"])) == ","
    assert numerals.decimal_mark(pa.array(["1.500", "2.75"])) == "."
    assert numerals.decimal_mark(pa.array(["1.500", "0.250"])) == "."
    assert numerals.decimal_mark(pa.array(["1.500", "1.234.000"])) == ","
    assert numerals.decimal_mark(pa.array(["3", "14"])) == "."


def test_a_value_that_fits_both_readings_asks():
    with pytest.raises(
        MappingError, match=r"“1\.500” can be 1\.500 or 1500\. Choose the decimal mark \(option “decimal”\)"
    ):
        numerals.decimal_mark(pa.array(["3", "1.500"]))


def test_missing_marks_are_null_and_words_are_faults():
    values, bad = numerals.numbers(pa.chunked_array([["1", "NA", "", "two", "inf"]]), ".")
    assert values.to_pylist() == [1.0, None, None, None, None]
    assert bad.tolist() == [False, False, False, True, True]


@pytest.mark.parametrize("text", ["E3", ",E3", ".", "e", "$", "%"])
def test_marks_without_digits_before_them_are_no_numbers(text):
    assert numerals.parse(text, ".") is None
    assert numerals.parse(text, ",") is None
