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
        ("1,23,456.5", ".", 123456.5), ("１，２３４", ".", 1234.0), ("1 234,567", ",", 1234.567), ("R$ 5", ".", 5.0),
        ("\\120", ".", 120.0), ("25e-1", ",", 2.5), ("US$ 1.50", ".", 1.5), ("3 -", ".", -3.0),
    ],
)  # fmt: skip
def test_numbers_are_read_in_the_usual_spellings(text, decimal, value):
    assert numerals.parse(text, decimal) == value


@pytest.mark.parametrize(
    "text",
    ["A1", "", "-", "1,23,4", "12.5.3", "(4-)", "1 2", "nan", "1,5", "--4", "0x1F", "3万", "5²", "½",
     "①", "1,234 567", "0,123", "$5 €", "3 pcs", "9" * 16],
)  # fmt: skip
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


def test_a_leading_zero_is_no_group_of_thousands():
    assert numerals.decimal_mark(pa.array(["0,250", "1,500"])) == ","
    assert numerals.parse("0,250", ".") is None


def test_marks_between_thousands_tell_the_decimal_mark():
    assert numerals.decimal_mark(pa.array(["1 234,567"])) == ","
    assert numerals.decimal_mark(pa.array(["1'234.567"])) == "."
    assert numerals.decimal_mark(pa.array(["1,23,456"])) == "."


def test_contradicting_marks_with_a_value_that_fits_both_ask():
    with pytest.raises(MappingError, match="1,500"):
        numerals.decimal_mark(pa.array(["2.75", "3,25", "1,500"]))


def test_contradicting_marks_alone_are_left_to_the_majority():
    assert numerals.decimal_mark(pa.array(["2.75", "4.5", "3,25"])) == "."


def test_the_quick_way_reads_what_the_careful_one_reads():
    texts = ["1", "-12.5", "1,234", "1,234.50", "12,34", "007", "0.1", "1,234,567.25", "1234,5", "x", "", "1.234,5"]
    for mark in ".,":
        values, bad = numerals.numbers(pa.chunked_array([texts]), mark)
        assert values.to_pylist() == [numerals.parse(text, mark) for text in texts]
        assert bad.tolist() == [bool(text) and numerals.parse(text, mark) is None for text in texts]


def test_identifiers_among_numbers_are_faults_because_they_would_lose_digits():
    values, bad = numerals.numbers(pa.chunked_array([["12345678901234567890123", "5"]]), ".")
    assert (values.to_pylist(), bad.tolist()) == ([None, 5.0], [True, False])


def test_percentages_are_found():
    assert numerals.percentages(pa.chunked_array([["5%", "5", "5％ ", ""]])).tolist() == [True, False, True, False]


def test_a_chosen_decimal_mark_that_the_file_contradicts_is_asked_again():
    with pytest.raises(MappingError, match=r"2 numbers can be read with the decimal mark “.” only.*“1.500” fits both"):
        numerals.decimal_mark(pa.array(["1.500", "2.75", "2.5"]), ",")


def test_a_chosen_decimal_mark_holds_where_nothing_would_be_misread():
    assert numerals.decimal_mark(pa.array(["2.75", "2.5", "7"]), ",") == ","
