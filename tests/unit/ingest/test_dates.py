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
        ("2026-03-04 01:05 PM", at("2026-03-04T13:05")),
    ],
)  # fmt: skip
def test_unambiguous_spellings_are_read(text, moment):
    assert dates.parse(text) == moment


@pytest.mark.parametrize(
    "text", ["TOTAL", "", "2026-02-30", "2026-13-01", "12", "1234567", "Date Not Captured", "70000"]
)
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
