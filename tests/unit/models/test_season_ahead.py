"""Seasons ahead that a comparison could not see: when they are found, and who answers in them."""

import numpy as np
import pytest

from core.base.calendar import Frequency, TradingCalendar, regular
from core.base.progress import silent
from core.models.champions import Choice, Mixture, fit_champions
from core.models.season_ahead import season_ahead, sentence, years_back
from core.series.panel import Panel, from_dense

PEAK = 95
"""Week of the first peak; the next one comes 52 weeks later."""


def weekly(n_periods: int, peaks: tuple[int, ...] = (PEAK, PEAK + 52), n_series: int = 12, **drivers) -> Panel:
    """Steady weekly sales with small noise, doubled in some weeks."""
    rng = np.random.default_rng(3)
    units = 100 * (1 + 0.03 * rng.standard_normal((n_series, n_periods)))
    units[:, [week for week in peaks if week < n_periods]] *= 2
    return panel_of(units, **drivers)


def panel_of(units: np.ndarray, **drivers) -> Panel:
    calendar = regular(Frequency.WEEK, "2020-01-06", units.shape[1])
    return from_dense(units, calendar, [f"s{k:02d}" for k in range(len(units))], **drivers)


def found_at(panel: Panel, horizon: int = 8, folds: int = 3):
    return season_ahead(panel, horizon, panel.n_periods - horizon * folds)


def test_a_peak_of_last_year_lies_ahead():
    known = weekly(PEAK + 52 - 3)
    found = found_at(known)
    assert found.days.tolist() == [known.calendar.following(8)[3]]
    assert found.ratio[0] == pytest.approx(2.0, rel=0.1)
    assert found.series.all()


def test_what_lies_around_it_belongs_to_it_in_every_year():
    known = weekly(PEAK + 52 - 6)
    around = np.flatnonzero(found_at(known).periods)
    years = [range(PEAK - 56, PEAK - 47), range(PEAK - 4, PEAK + 5), range(PEAK + 48, PEAK + 54)]
    assert around.tolist() == [week for year in years for week in year]


@pytest.mark.parametrize("known", [PEAK + 52 - 9, PEAK + 52 + 1, PEAK + 52 + 24, 60])
def test_no_season_out_of_reach_or_just_seen(known):
    assert found_at(weekly(known)) is None


def test_a_smaller_peak_just_seen_is_not_the_season():
    known = weekly(PEAK + 52 - 3)
    values = known.dense().copy()
    values[:, -1] *= 1.5
    assert found_at(panel_of(values)) is not None


def test_one_large_order_is_no_season():
    values = weekly(PEAK + 52 - 3, peaks=()).dense().copy()
    values[0, PEAK] *= 80
    assert found_at(panel_of(values)) is None


def test_an_event_brings_its_season_to_another_week():
    n_periods = PEAK + 47
    event = np.zeros((12, n_periods + 8))
    event[:, [PEAK, PEAK + 49]] = 1
    known = weekly(
        n_periods,
        drivers={"holiday:feast": event[:, :n_periods]},
        future_drivers={"holiday:feast": event[:, n_periods:]},
    )
    found = found_at(known)
    assert known.calendar.following(8)[2] in found.days
    assert "feast" in sentence(found)


def closed_between(first: str, last: str) -> Panel:
    """A shop that sold steadily from 2021 to 2024 but for the days between, and most in the week it opened again."""
    days = np.arange("2021-01-01", "2025-01-06", dtype="datetime64[D]")
    days = days[(days < np.datetime64(first)) | (days > np.datetime64(last))]
    units = 100 * (1 + 0.03 * np.random.default_rng(3).standard_normal((4, len(days))))
    units[:, (days > np.datetime64(last)) & (days <= np.datetime64(last) + 7)] *= 2.5
    return from_dense(units, TradingCalendar(Frequency.DAY, days, frozenset()), list("abcd"))


def test_a_day_the_shop_was_closed_a_year_ago_stands_for_the_next_one():
    shop = closed_between("2024-01-08", "2024-01-09")
    after = np.flatnonzero(shop.calendar.periods == np.datetime64("2024-01-10"))[0]
    # 2025-01-06 to 2025-01-08 are 364 days later than 2024-01-08 to 2024-01-10
    assert years_back(shop, 3)[-3:].tolist() == [after] * 3


def test_a_shop_closed_for_more_than_a_year_has_no_year_before_its_return():
    shop = closed_between("2022-12-01", "2024-01-09")
    back = years_back(shop, 28)
    again = np.flatnonzero(shop.calendar.periods > np.datetime64("2024-01-09"))[0]
    assert (back < np.arange(len(back))).all()
    # a year before its first year back the shop was closed
    assert (back[again : again + 330] == -1).all()
    found = season_ahead(shop, 28, shop.n_periods - 60)
    assert np.datetime64("2025-01-10") in found.days
    assert not found.periods[: again - 28].any()


def test_months_are_left_to_their_methods():
    values = np.full((3, 34), 10.0)
    values[:, [11, 23]] = 30
    panel = from_dense(values, regular(Frequency.MONTH, "2020-01-01", 34), list("abc"))
    assert season_ahead(panel, 4, 26) is None


def test_series_launched_since_keep_their_method():
    values = weekly(PEAK + 52 - 3).dense().copy()
    values[0, : PEAK + 10] = np.nan
    assert found_at(panel_of(values)).series.tolist() == [False] + [True] * 11


def test_series_that_seldom_sell_keep_their_method():
    values = weekly(PEAK + 52 - 3).dense().copy()
    values[0, ::2] = 0
    assert found_at(panel_of(values)).series.tolist() == [False] + [True] * 11


def test_methods_that_know_the_year_answer_in_the_season_only():
    known = weekly(PEAK + 52 - 6)
    choice = Choice(["ses"] * 12, season=found_at(known, horizon=26, folds=1))
    now = np.array([known.n_periods])
    plain = fit_champions(known, ["ses"] * 12, 1, silent())[0].point.mean_at(now, 26)[0]
    said = fit_champions(known, choice, 1, silent())[0].point.mean_at(now, 26)[0]
    assert (plain[:, 6] < 120).all()
    assert (said[:, 6] > 130).all()
    np.testing.assert_array_equal(said[:, 12:], plain[:, 12:])


def test_a_combination_keeps_its_methods_that_know_the_year():
    season = found_at(weekly(PEAK + 52 - 3))
    mixed = Mixture({"ses": np.full(12, 0.5), "last_year_growth": np.full(12, 0.5)})
    choice = Choice(["mixed"] * 6 + ["ses"] * 6, mixtures={"mixed": mixed})
    shares = season.shares(choice.shares())
    assert shares["last_year_growth"].tolist() == [1.0] * 6 + [0.0] * 6
    assert shares["linear_regression"].tolist() == [0.0] * 6 + [1.0] * 6


def test_the_reader_is_told():
    text = sentence(found_at(weekly(PEAK + 52 - 3)))
    assert "(31 Oct 2022, " in text
    assert "% of usual" in text
