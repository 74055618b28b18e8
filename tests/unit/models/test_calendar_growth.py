"""Growth of a shop from year to year."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.calendar_growth import growth_at, yearly_growth
from core.series.panel import from_dense


def grown(values, frequency=Frequency.DAY, first="2022-01-03"):
    panel = from_dense(values, regular(frequency, first, values.shape[1]), [f"s{i}" for i in range(len(values))])
    return panel, float(yearly_growth(panel, panel.observed(), np.array([panel.n_periods]))[0])


def doubling(n_series=2, n_days=730, yearly=1.2):
    return 50 * yearly ** (np.arange(n_days) / 364.0) * np.ones((n_series, 1))


def test_steady_growth_is_found():
    assert grown(doubling())[1] == pytest.approx(np.log(1.2))


@pytest.mark.parametrize(("frequency", "first"), [(Frequency.WEEK, "2021-01-04"), (Frequency.MONTH, "2020-01-01")])
def test_weeks_and_months_are_compared_with_those_a_year_before(frequency, first):
    days = 7 if frequency is Frequency.WEEK else 30.4375
    values = 50 * 1.2 ** (np.arange(150) * days / 364.0) * np.ones((1, 1))
    assert grown(values, frequency, first)[1] == pytest.approx(np.log(1.2), rel=0.03)


def test_a_year_and_a_half_must_be_known():
    assert grown(doubling(n_days=500))[1] == 0.0


def test_new_skus_are_no_growth_of_the_old_ones():
    values = np.full((3, 730), 20.0)
    values[2, :600] = np.nan
    assert grown(values)[1] == 0.0


def test_growth_beyond_belief_is_bounded():
    assert grown(doubling(yearly=5.0))[1] == pytest.approx(0.3)


def test_only_half_a_year_of_growth_is_carried_forward():
    panel, _ = grown(doubling())
    ahead = growth_at(panel, panel.observed(), np.array([730]), 400)[0]
    assert ahead[0] == pytest.approx(1.2 ** (10 / 364))
    assert ahead[399] == pytest.approx(1.2**0.5)
