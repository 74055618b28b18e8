"""Public holidays of a country as drivers known ahead, from the `holidays` package."""

from typing import Final

import numpy as np

from core.base.calendar import Frequency
from core.base.errors import ParameterError
from core.base.types import DateArray, FloatArray

ANY: Final = "holiday:public"
"""Name of the driver: 1 on public holidays, or the share of holidays in a week."""


def countries() -> tuple[str, ...]:
    """ISO 3166 codes of the countries whose holidays are known."""
    import holidays

    return tuple(sorted(holidays.list_supported_countries()))


def flags(country: str, periods: DateArray, frequency: Frequency) -> dict[str, FloatArray]:
    """Public holidays on each period, driver name → shape (n_periods,).

    Raises:
        ParameterError: the country is not known.
    """
    import holidays

    years = range(int(str(periods[0])[:4]), int(str(periods[-1])[:4]) + 2)
    try:
        # Asking for the list of countries first would import every one of them, which takes a second.
        known = holidays.country_holidays(country, years=years)
    except NotImplementedError:
        raise ParameterError(
            f"“{country}” is no country whose holidays are known. Give an ISO code such as CN, DE or US."
        ) from None
    days = np.array(sorted(known), "datetime64[D]")
    if frequency is Frequency.DAY:
        return {ANY: np.isin(periods, days).astype(np.float64)}
    ends = periods + 7
    inside = np.searchsorted(days, ends) - np.searchsorted(days, periods)
    return {ANY: inside.astype(np.float64)}
