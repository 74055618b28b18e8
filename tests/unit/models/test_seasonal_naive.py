from dataclasses import replace

import numpy as np

from core.base.calendar import Frequency, TradingCalendar, regular
from core.models.library.seasonal_naive import LastSeason, SeasonalNaive
from core.series.panel import from_dense

NAN = np.nan


def panel(row, frequency=Frequency.DAY, first="2024-01-01", closed=()):
    values = np.array([row], float)
    return from_dense(values, regular(frequency, first, values.shape[1], closed), ["a"])


def next_periods(history, horizon):
    return SeasonalNaive().fit(history, seed=1).mean(horizon)[0].tolist()


def test_days_repeat_their_weekday():
    assert next_periods(panel([9, 9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7]), 9) == [1, 2, 3, 4, 5, 6, 7, 1, 2]


def test_a_trading_week_of_six_days_repeats_after_six():
    assert next_periods(panel([1, 2, 3, 4, 5, 6], closed=[6]), 7) == [1, 2, 3, 4, 5, 6, 1]


def test_a_holiday_shifts_no_weekday():
    days = np.array(
        [f"2024-01-{d:02d}" for d in (1, 2, 3, 5, 6, 7, 8, 9, 10)], "datetime64[D]"
    )  # Thursday 4th was shut
    history = from_dense(np.arange(1.0, 10.0)[None, :], TradingCalendar(Frequency.DAY, days), ["a"])
    assert next_periods(history, 4) == [9.0, 4.0, 5.0, 6.0]


def test_months_repeat_last_year():
    assert next_periods(panel(list(range(1, 15)), Frequency.MONTH), 3) == [3, 4, 5]


def test_less_than_a_season_repeats_the_last_value():
    assert next_periods(panel([4, 8, 6], Frequency.WEEK), 3) == [6, 6, 6]


def test_a_gap_looks_back_one_season_more():
    assert next_periods(panel([1, 2, 3, 4, 5, 6, 7, NAN, 20, 30, 40, 50, 60, 70]), 2) == [1, 20]


def test_later_values_do_not_change_an_earlier_origin():
    history = panel(range(21))
    changed = replace(history, values=np.concatenate([history.values[:14], np.full(7, 500.0)]))
    one, other = (LastSeason(p).mean_at(np.array([14]), 7) for p in (history, changed))
    np.testing.assert_array_equal(one, other)
