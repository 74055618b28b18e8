"""This year beside the last."""

import numpy as np
import pytest

from core.base.calendar import Frequency
from core.charts.demand import FanData
from core.workflows.decomposing import year_over_year


@pytest.mark.parametrize(
    ("frequency", "first", "year"), [(Frequency.WEEK, "2023-01-02", 52), (Frequency.MONTH, "2022-01-01", 12)]
)
def test_the_last_year_has_as_many_weeks_or_months_as_a_year(frequency, first, year):
    n = 2 * year + 10
    if frequency is Frequency.WEEK:
        every = np.datetime64(first) + 7 * np.arange(n + 4)
    else:
        every = (np.datetime64(first, "M") + np.arange(n + 4)).astype("datetime64[D]")
    units = np.arange(float(n))
    found = year_over_year(FanData(every[:n], units, np.zeros(n, bool), every[n:], np.full(4, 2.0), {}), frequency)
    assert found.sold[:year].tolist() == units[-year:].tolist()
    assert np.isnan(found.sold[year:]).all()
    assert found.before.tolist() == units[-2 * year : 4 - year or None].tolist()
