"""Texts to dates."""

from datetime import datetime

import pyarrow as pa
import pytest

from core.base.errors import MappingError
from core.ingest import dates

at = datetime.fromisoformat


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-04", at("2026-03-04")), ("2026-03-04 08:26:10", at("2026-03-04T08:26:10")),
        ("2026-03-04T08:26:10Z", at("2026-03-04T08:26:10")), ("2026/3/4", at("2026-03-04")),
        ("2026-08-04 05:24:22 +0500", at("2026-08-04T05:24:22")), ("4.3.2026", at("2026-03-04")),
        ("20260304", at("2026-03-04")), ("2026-03", at("2026-03-01")), ("46085", at("2026-03-04")),
        ("46085.5", at("2026-03-04T12:00")), ("2026年3月4日", at("2026-03-04")), ("2-Jun-06", at("2006-06-02")),
        ("Mar 4, 2026", at("2026-03-04")), ("2026-W10", at("2026-03-02")), ("4.3.26", at("2026-03-04")),
        ("2026-03-04 01:05 PM", at("2026-03-04T13:05")), ("2026-03-04 12:05 a.m.", at("2026-03-04T00:05")),
        ("2026-03-04T23:30:00.123+08:00", at("2026-03-04T23:30")), ("2026-03-29 02:30", at("2026-03-29T02:30")),
        ("04MAR2026", at("2026-03-04")), ("4. März 2026", at("2026-03-04")), ("1er août 2026", at("2026-08-01")),
        ("4 de marzo de 2026", at("2026-03-04")), ("２０２６－０３－０４", at("2026-03-04")),
        (" 2026-03-04 ", at("2026-03-04")), ("2026-Mar-04", at("2026-03-04")),
        ("Mar-26", at("2026-03-01")), ("März 26", at("2026-03-01")), ("mar. '26", at("2026-03-01")),
        ("1772612770", at("2026-03-04T08:26:10")), ("1772612770250", at("2026-03-04T08:26:10")),
    ],
)  # fmt: skip
def test_unambiguous_spellings_are_read(text, moment):
    assert dates.parse(text) == moment


@pytest.mark.parametrize(
    "text", ["TOTAL", "", "2026-02-30", "2026-13-01", "12", "1234567", "Date Not Captured", "70000",
     "2026-03-04 25:00", "2026-03-04 noon", "Marx 2026", "4 Foo 2026", "46085 10:00", "2026-W10 10:00", "0026-03-04",
     "2026-03-045", "5/2026", "202603"],
)  # fmt: skip
def test_anything_else_is_no_date(text):
    assert dates.parse(text) is None


def test_a_slashed_date_is_read_in_the_chosen_order_only():
    assert dates.parse("03/04/2026", "dmy") == at("2026-04-03")
    assert dates.parse("03/04/2026", "mdy") == at("2026-03-04")
    assert dates.parse("26/03/04", "ymd") == at("2026-03-04")
    assert dates.parse("13/04/2026", "mdy") is None


def test_one_part_above_twelve_settles_the_order():
    assert dates.day_order(pa.array(["01/02/2026", "13/02/2026"])) == "dmy"
    assert dates.day_order(pa.array(["01/02/2026", "02/13/2026"])) == "mdy"


def test_dates_that_fit_both_orders_ask_with_both_readings():
    with pytest.raises(MappingError) as error:
        dates.day_order(pa.array(["02/02/2026", "01/02/2026"]))
    assert str(error.value) == (
        "All dates fit day-first and month-first: “01/02/2026” can be 1 Feb 2026 or 2 Jan 2026. "
        "Choose date_order “dmy” or “mdy”."
    )


def test_dates_that_contradict_each_other_ask():
    with pytest.raises(MappingError, match="“13/01/2026” fits only day-first and “01/13/2026” only month-first"):
        dates.day_order(pa.array(["13/01/2026", "01/13/2026"]))


def test_an_impossible_day_among_iso_dates_is_the_only_fault():
    values, bad = dates.moments(pa.chunked_array([["2026-02-28", "2026-02-31"]]), "")
    assert values.to_pylist() == [at("2026-02-28"), None]
    assert bad.tolist() == [False, True]


@pytest.mark.parametrize(
    ("texts", "readings"),
    [
        (["28/03/24", "27/03/24"], "“28/03/24” has a year of two digits: it can be 28 Mar 2024 (“dmy”) or 24 Mar 2028"),
        (["3/28/24"], "“3/28/24” has a year of two digits: it can be 28 Mar 2024 (“mdy”)"),
        (["02-Jun-06", "05-Jul-06"], "“02-Jun-06” has a year of two digits: it can be 2 Jun 2006 (“dmy”)"),
        (["04.03.26"], "“04.03.26” has a year of two digits"),
    ],
)  # fmt: skip
def test_years_of_two_digits_are_asked_about(texts, readings):
    with pytest.raises(MappingError) as error:
        dates.day_order(pa.array(texts))
    assert readings in str(error.value)
    assert "date_order" in str(error.value)


def test_other_dates_of_the_table_settle_a_year_of_two_digits():
    assert dates.day_order(pa.array(["28/03/24", "2024-03-29"])) == "dmy"
    assert dates.day_order(pa.array(["24/03/28", "2024-03-29"])) == "ymd"
    # a day below ten without its zero cannot be a year
    assert dates.day_order(pa.array(["2-Jun-06", "13-Jul-06"])) == "dmy"


def test_other_dates_that_fit_no_reading_settle_nothing():
    with pytest.raises(MappingError, match="two digits"):
        dates.day_order(pa.array(["3/28/24", "2011-03-29"]))


def test_full_stops_mean_day_first_unless_a_date_says_otherwise():
    assert dates.day_order(pa.array(["01.02.2026", "03.04.2026"])) == ""
    assert dates.parse("01.02.2026") == at("2026-02-01")
    assert dates.day_order(pa.array(["01.02.2026", "03.14.2026"])) == "mdy"
    assert dates.parse("01.02.2026", "mdy") == at("2026-01-02")


def test_dates_that_read_the_same_either_way_need_no_question():
    assert dates.day_order(pa.array(["02/02/2026", "05/05/2026"])) == "dmy"


def test_texts_that_are_no_date_under_any_order_prove_nothing():
    assert dates.day_order(pa.array(["13/01/2026", "99/99/2026", "TOTAL"])) == "dmy"


def test_rows_that_contradict_the_chosen_order_are_no_dates():
    values, bad = dates.moments(pa.chunked_array([["13/01/2026 08:00", "01/13/2026 08:00", "", "null"]]), "dmy")
    assert values.to_pylist() == [at("2026-01-13T08:00"), None, None, None]
    assert bad.tolist() == [False, True, False, False]


def test_a_column_of_times_is_read_like_its_single_texts():
    texts = [
        "2026-03-04 05:24:22 -0500", "2026-03-04T05:24:22Z", "4.3.2026 08:15", "46085.5", "2026-W10", "x 10:00",
        "10:00", " 2026-03-04 10:00 ", "2026-03-04+01:00", "two\nlines 10:00", "20260304", "March 2026",
        "2026-03-04 10:60",
    ]  # fmt: skip
    values, bad = dates.moments(pa.chunked_array([texts]), "")
    assert values.to_pylist() == [dates.parse(text) for text in texts]
    assert bad.tolist() == [value is None for value in values.to_pylist()]
