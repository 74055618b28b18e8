"""Holidays of a country and days of great sales as drivers known ahead, one per holiday and one for any public one.

Public holidays come from the `holidays` package. Where a holiday is a season of its own, it is flagged as a whole: the
Chinese New Year from its eve to the sixth day after, Singles' Day from the first to the eleventh of November.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.errors import ParameterError
from core.base.language import _
from core.base.types import DateArray, FloatArray, IntArray

PREFIX: Final = "holiday:"
ANY: Final = "holiday:public"
"""Name of the driver: 1 on public holidays, or the share of holidays in a week."""
SPRING_FESTIVAL: Final = "spring_festival"
NEARBY_DAYS: Final = 7
"""A day off in place of another belongs to the holiday at most this many days away."""
USUAL_SHARE: Final = 0.5
"""A holiday gets a driver of its own when it comes in at least this share of the years, and more than once."""
_BRACKETS: Final = re.compile(r"\([^)]*\)")
_STAND_IN: Final = re.compile(r"substitut|day off|day in lieu|bridge|observed$", re.IGNORECASE)
_KEYS: Final = {
    "chinese_new_year": SPRING_FESTIVAL, "chinese_new_year_s_eve": SPRING_FESTIVAL, "tomb_sweeping_day": "qingming",
    "labor_day": "labour_day", "dragon_boat_festival": "dragon_boat", "mid_autumn_festival": "mid_autumn",
    "new_year_s_day": "new_year",
}  # fmt: skip
"""Names of the package whose driver is called otherwise."""
_LABELS: Final = {
    "public": "Public holidays", SPRING_FESTIVAL: "Spring Festival", "qingming": "Qingming", "new_year": "New Year",
    "labour_day": "Labour Day", "dragon_boat": "Dragon Boat Festival", "mid_autumn": "Mid-Autumn Festival",
    "national_day": "National Day", "singles_day": "Singles’ Day (11.11)", "double_12": "Double 12",
    "sale_618": "6.18 sale", "womens_day": "Women’s Day (3.8)", "black_friday": "Black Friday",
    "cyber_monday": "Cyber Monday", "christmas_day": "Christmas Day", "thanksgiving_day": "Thanksgiving Day",
}  # fmt: skip


def countries() -> tuple[str, ...]:
    """ISO 3166 codes of the countries whose holidays are known."""
    import holidays

    return tuple(sorted(holidays.list_supported_countries()))


def label(driver: str) -> str:
    """What to call a driver of this room on a page, e.g. "Spring Festival"."""
    key = driver.removeprefix(PREFIX)
    return _(_LABELS.get(key) or key.replace("_", " ").capitalize())


def flags(country: str, periods: DateArray, frequency: Frequency) -> dict[str, FloatArray]:
    """Holidays on each period: 1 on their days, or the share of the week or month they fill.

    Args:
        country: ISO 3166 code.
        periods: first day of each period, ascending, shape (n_periods,).
        frequency: length of a period.

    Returns:
        driver name → shape (n_periods,); `holiday:public` first, then the holidays by name. A holiday that falls on no
        period is left out.

    Raises:
        ParameterError: the country is not known.
    """
    years = range(int(str(periods[0])[:4]), int(str(periods[-1])[:4]) + 2)
    code = _two_letters(country)
    public, named = _public(code, years)
    for key, made in _SALES.get(code, {}).items():
        named[key] = np.concatenate([made(year) for year in years])
    found = {PREFIX + key: _on(periods, days, frequency) for key, days in sorted(named.items())}
    return {ANY: _on(periods, public, frequency)} | {name: values for name, values in found.items() if values.any()}


def _on(periods: DateArray, days: DateArray, frequency: Frequency) -> FloatArray:
    """Share of each period that these days fill."""
    if frequency is Frequency.DAY:
        return np.isin(periods, days).astype(np.float64)
    ends = periods + 7
    if frequency is Frequency.MONTH:
        ends = (periods.astype("datetime64[M]") + 1).astype("datetime64[D]")
    ordered = np.unique(days)
    inside: IntArray = np.searchsorted(ordered, ends) - np.searchsorted(ordered, periods)
    return np.asarray(inside / (ends - periods).astype(np.int64), np.float64)


def _public(country: str, years: range) -> tuple[DateArray, dict[str, DateArray]]:
    """All public holidays, and the days of each that comes in most years."""
    known = _known(country, years)
    days = np.array(sorted(known), "datetime64[D]")
    keys = {day: _named(known[day.astype(object)]) for day in days}
    anchors = np.array([day for day in days if keys[day]], "datetime64[D]")
    named: dict[str, set[np.datetime64]] = {}
    for day in days:
        for key in keys[day] or _nearest(day, anchors, keys):
            named.setdefault(key, set()).add(day)
    if country == "CN" and SPRING_FESTIVAL in named:
        named[SPRING_FESTIVAL] |= _spring_festivals(known)
    usual = {
        key: np.array(sorted(own), "datetime64[D]")
        for key, own in named.items()
        if len({str(day)[:4] for day in own}) >= max(USUAL_SHARE * len(years), 2)
    }
    return days, usual


def _known(country: str, years: range) -> Mapping[date, str]:
    """Day → name in English, or in the country's language where the package has no English one."""
    import holidays

    found = holidays.country_holidays(country, years=years)
    if "en_US" in found.supported_languages:
        found = holidays.country_holidays(country, years=years, language="en_US")
    return dict(found.items())


def _two_letters(country: str) -> str:
    """The ISO code of two letters of a country that may be given by three."""
    import holidays

    try:
        # Asking for the list of countries first would import every one of them, which takes a second.
        return str(holidays.country_holidays(country).country)
    except NotImplementedError:
        raise ParameterError(
            f"“{country}” is no country whose holidays are known. Give an ISO code such as CN, DE or US."
        ) from None


def _named(text: str) -> tuple[str, ...]:
    """Keys of the holidays a day stands for; none when it only stands in for another day."""
    parts = [part for part in text.split(";") if not _STAND_IN.search(_BRACKETS.sub("", part).strip())]
    return tuple(key for part in parts if (key := _key(part)))


def _key(name: str) -> str:
    """A holiday's name in ASCII, "" when it has no Latin letters.

    Example:
        >>> _key("Chinese New Year (Spring Festival)"), _key("Fête du Travail")
        ('spring_festival', 'fete_du_travail')
    """
    plain = unicodedata.normalize("NFKD", _BRACKETS.sub("", name)).encode("ascii", "ignore").decode()
    key = "_".join(re.findall(r"[a-z0-9]+", plain.lower()))
    return _KEYS.get(key, key)


def _nearest(day: np.datetime64, anchors: DateArray, keys: Mapping[np.datetime64, tuple[str, ...]]) -> tuple[str, ...]:
    """Keys of the holiday next to a day off in its place; of two equally near, the earlier one."""
    if not len(anchors):
        return ()
    gaps = np.abs((anchors - day).astype(np.int64))
    place = int(gaps.argmin())
    return keys[anchors[place]] if gaps[place] <= NEARBY_DAYS else ()


def _spring_festivals(known: Mapping[date, str]) -> set[np.datetime64]:
    """Every Chinese New Year with its eve and the six days after it, whatever of it is off."""
    new_years: dict[int, np.datetime64] = {}
    for day, name in sorted((np.datetime64(str(day), "D"), name) for day, name in known.items()):
        if "Chinese New Year (Spring Festival)" in name:
            new_years.setdefault(int(str(day)[:4]), day)
    return {day + shift for day in new_years.values() for shift in range(-1, 7)}


def _span(first: str, last: str) -> Callable[[int], DateArray]:
    """Days from one day of the year ("06-01") to another."""

    def made(year: int) -> DateArray:
        return np.arange(f"{year}-{first}", np.datetime64(f"{year}-{last}") + 1, dtype="datetime64[D]")

    return made


def _after_thanksgiving(n_days: int) -> Callable[[int], DateArray]:
    """The day so many days after the fourth Thursday of November."""

    def made(year: int) -> DateArray:
        thanksgiving = np.busday_offset(f"{year}-11", 3, roll="forward", weekmask="Thu")
        return np.array([thanksgiving + n_days], "datetime64[D]")

    return made


_SALES: Final[Mapping[str, Mapping[str, Callable[[int], DateArray]]]] = {
    "CN": {
        "womens_day": _span("03-08", "03-08"),
        "sale_618": _span("06-01", "06-18"),
        "singles_day": _span("11-01", "11-11"),
        "double_12": _span("12-12", "12-12"),
    },
    "US": {"black_friday": _after_thanksgiving(1), "cyber_monday": _after_thanksgiving(4)},
}
"""Days of great sales that are no public holidays, by country."""
