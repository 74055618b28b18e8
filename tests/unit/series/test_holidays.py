"""Which days are flagged as which holiday."""

import numpy as np
import pytest

from core.base.calendar import Frequency
from core.base.errors import ParameterError
from core.series.holidays import ANY, flags, label


def days_of(country: str, name: str, first: str, last: str) -> list[str]:
    periods = np.arange(first, last, dtype="datetime64[D]")
    return periods[flags(country, periods, Frequency.DAY)[name] > 0].astype(str).tolist()


def test_the_spring_festival_is_flagged_from_its_eve_to_the_sixth_day_after() -> None:
    assert days_of("CN", "holiday:spring_festival", "2024-02-01", "2024-03-01") == [
        f"2024-02-{day:02d}" for day in range(9, 17)
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("qingming", ["2024-04-04", "2024-04-05"]),
        ("labour_day", ["2024-05-01", "2024-05-02", "2024-05-03"]),
        ("dragon_boat", ["2024-06-10"]),
        ("mid_autumn", ["2024-09-16", "2024-09-17"]),
        ("national_day", ["2024-10-01", "2024-10-02", "2024-10-03", "2024-10-04", "2024-10-07"]),
        ("womens_day", ["2024-03-08"]),
        ("singles_day", [f"2024-11-{day:02d}" for day in range(1, 12)]),
        ("sale_618", [f"2024-06-{day:02d}" for day in range(1, 19)]),
        ("double_12", ["2024-12-12"]),
    ],
)
def test_days_off_in_place_of_a_holiday_belong_to_it_and_great_sales_count(name: str, expected: list[str]) -> None:
    assert days_of("CN", f"holiday:{name}", "2024-03-01", "2025-01-01") == expected


def test_days_of_great_sales_are_no_public_holidays() -> None:
    assert "2024-11-11" not in days_of("CN", ANY, "2024-11-01", "2024-12-01")


@pytest.mark.parametrize(("name", "day"), [("black_friday", "2023-11-24"), ("cyber_monday", "2023-11-27")])
def test_american_sales_follow_thanksgiving(name: str, day: str) -> None:
    assert days_of("US", f"holiday:{name}", "2023-01-01", "2024-01-01") == [day]


def test_a_week_has_the_share_of_it_that_a_holiday_fills() -> None:
    weeks = np.arange("2024-10-28", "2024-11-18", 7, dtype="datetime64[D]")
    assert flags("CN", weeks, Frequency.WEEK)["holiday:singles_day"].tolist() == pytest.approx([3 / 7, 1.0, 1 / 7])


def test_a_month_has_the_share_of_it_that_a_holiday_fills() -> None:
    months = np.array(["2024-06-01", "2024-07-01"], "datetime64[D]")
    assert flags("CN", months, Frequency.MONTH)["holiday:sale_618"].tolist() == pytest.approx([18 / 30, 0.0])


def test_names_are_ascii_whatever_the_country() -> None:
    periods = np.arange("2024-01-01", "2025-01-01", dtype="datetime64[D]")
    assert all(name.isascii() and name.startswith("holiday:") for name in flags("JP", periods, Frequency.DAY))


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(ParameterError, match="“XX”"):
        flags("XX", np.array(["2024-01-01"], "datetime64[D]"), Frequency.DAY)


def test_a_country_of_three_letters_has_the_same_days() -> None:
    periods = np.arange("2024-01-01", "2025-01-01", dtype="datetime64[D]")
    assert list(flags("CHN", periods, Frequency.DAY)) == list(flags("CN", periods, Frequency.DAY))


def test_a_day_off_that_came_once_has_no_driver_of_its_own() -> None:
    periods = np.arange("2011-01-01", "2011-12-09", dtype="datetime64[D]")
    found = flags("GB", periods, Frequency.DAY)
    assert found[ANY][periods == np.datetime64("2011-04-29")].tolist() == [1.0]
    assert not [name for name in found if "wedding" in name]


def test_a_holiday_has_a_label() -> None:
    assert (label("holiday:spring_festival"), label("holiday:boxing_day")) == ("Spring Festival", "Boxing day")
