"""Dates that would pass for right and be wrong are asked about."""

import io
from datetime import date, datetime

import openpyxl
import pyarrow as pa
import pytest

from core.base.errors import MappingError
from core.ingest import dates
from core.ingest.conversion import convert
from core.ingest.recognition import recognise


def days(found):
    return [moment.date() for moment in found.rows.column("sold_at").to_pylist()]


def workbook(cells):
    book = openpyxl.Workbook()
    book.active.append(["date", "sku", "quantity"])
    for cell in cells:
        book.active.append([cell, "A", 1])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


TEXTS = ["13/02/2024", "14/02/2024", "28/02/2024"]
SMALL = [date(2024, 1, 2), date(2024, 2, 2), date(2024, 3, 2)]


def test_days_that_a_spreadsheet_took_for_months_are_asked_about(load):
    with pytest.raises(MappingError, match=r"such as 2 Jan 2024, beside texts such as “13/02/2024”"):
        load(workbook([*SMALL, *TEXTS]), name="sales.xlsx")


def test_the_same_dates_come_in_as_they_are_when_the_user_says_so(load):
    assert days(load(workbook([*SMALL, *TEXTS]), name="sales.xlsx", date_order="dmy"))[0] == date(2024, 1, 2)


@pytest.mark.parametrize("more", [date(2024, 1, 13), "05/02/2024"])
def test_dates_beside_texts_are_no_doubt_where_one_shows_the_month(load, more):
    assert len(days(load(workbook([*SMALL, *TEXTS, more]), name="sales.xlsx"))) == 7


def test_day_numbers_beside_texts_are_doubted_alike(load):
    text = "".join(f"{day},A,1\n" for day in ["45293", "45324", "45353", *TEXTS])
    with pytest.raises(MappingError, match="taken days for months"):
        load("date,sku,quantity\n" + text)


def test_weeks_are_not_read_as_months(load):
    rows = [f"2024-{week:02d},A,1\n" for week in range(1, 11)] * 20 + ["2024-13,A,1\n"]
    with pytest.raises(MappingError, match=r"“2024-13” is no month.*2024-W13"):
        load("date,sku,quantity\n" + "".join(rows))


YEAR_WEEKS = "sku,2023-51,2023-52,2024-01,2024-02\nA,1,2,3,4\n"


def test_columns_of_year_and_week_are_all_weeks_whose_first_day_is_asked(load):
    with pytest.raises(MappingError, match=r"The columns 2023-51…2024-02 carry no dates"):
        load(YEAR_WEEKS)
    found = load(YEAR_WEEKS, start_date="2023-12-18")
    assert days(found) == [date(2023, 12, 18), date(2023, 12, 25), date(2024, 1, 1), date(2024, 1, 8)]


def test_a_year_of_53_weeks_moves_those_that_follow(load):
    found = load("sku,202052,202053,202101\nA,1,2,3\n", start_date="2020-12-21")
    assert days(found) == [date(2020, 12, 21), date(2020, 12, 28), date(2021, 1, 4)]


def test_columns_of_year_and_month_stay_months(load):
    assert days(load("sku,2024-10,2024-11,2024-12\nA,1,2,3\n"))[-1] == date(2024, 12, 1)


def test_a_choice_that_the_file_contradicts_is_asked_again():
    texts = pa.array(["01/13/2024", "01/14/2024", "01/02/2024"])
    with pytest.raises(MappingError, match=r"All dates fit month-first, but 2 of them, such as “01/13/2024”"):
        dates.day_order(texts, "dmy")


def test_single_contradictions_of_a_choice_are_mistakes():
    texts = pa.array(["01/13/2024", *(f"0{day}/02/2024" for day in range(1, 10))])
    assert dates.day_order(texts, "dmy") == "dmy"


def test_periods_with_the_word_for_units_have_an_order_too(load):
    found = load("sku,Qty 01/02/2024,Qty 13/02/2024,Qty 14/02/2024\nA,1,2,3\n")
    assert days(found) == [date(2024, 2, 1), date(2024, 2, 13), date(2024, 2, 14)]


def test_a_month_is_not_followed_by_a_number():
    assert dates.parse("2024-01-1234") is None
    assert dates.parse("2024-01-05+02:00") == datetime.fromisoformat("2024-01-05")


def test_a_zone_may_be_abbreviated():
    assert dates.parse("Jan 5, 2024 2:30:00 PM PST") == datetime.fromisoformat("2024-01-05 14:30")


@pytest.mark.parametrize("typo", ["2062-01-13", "1924-01-13"])
def test_a_sale_years_from_all_others_is_set_aside(load, typo):
    rows = [f"2024-01-{day:02d},A,1\n" for day in range(1, 31)]
    found = load("date,sku,quantity\n" + "".join([*rows, f"{typo},A,1\n"]))
    assert [each.reason for each in found.quarantined] == [f"“{typo}” in column “date” is years from all other dates."]
    assert found.rows.num_rows == 30


def test_a_history_with_a_long_gap_stays_whole(load):
    rows = [f"{year}-01-{day:02d},A,1\n" for year in (2014, 2024) for day in range(1, 31)]
    assert load("date,sku,quantity\n" + "".join(rows)).rows.num_rows == 60


def test_a_day_has_no_four_digits():
    assert dates.parse("13.01.0024", "ymd") is None


def test_days_without_a_year_are_not_read_as_months_of_years(load):
    with pytest.raises(MappingError, match="“Jan-01” and others like it name more days than months, and no year"):
        load("date,sku,quantity\n" + "".join(f"Jan-{day:02d},A,1\n" for day in range(1, 29)))


def test_months_of_two_years_are_read_in_rows_and_in_headers(load):
    months = [f"{name}-{year}" for year in (24, 25) for name in ("Nov", "Dec")]
    assert days(load("date,sku,quantity\n" + "".join(f"{month},A,1\n" for month in months)))[2] == date(2025, 11, 1)
    assert days(load(f"sku,{','.join(months)}\nA,1,2,3,4\n"))[3] == date(2025, 12, 1)


def test_seconds_since_1970_are_dates_and_it_is_said_whose_clock_they_go_by(table, load):
    text = "order_date,sku,quantity\n" + "".join(f"{1772612770 + 86_400 * day},A,1\n" for day in range(9))
    assert days(load(text))[1] == date(2026, 3, 5)
    (said,) = recognise(table(text), "sales.csv").questions
    assert "seconds since 1970, or thousandths of them: 1772612770 is read as 4 Mar 2026 08:26" in said
    assert "UTC" in said


def test_numbers_of_a_day_and_an_hour_are_no_seconds(table):
    text = "order_date,sku,quantity\n" + "".join(f"20260305{hour},A,1\n" for hour in range(10, 24))
    with pytest.raises(MappingError, match="needs a column for sold_at"):
        convert(table(text), recognise(table(text), "sales.csv"), customer_key=None)
