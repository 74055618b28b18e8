"""Demand of groups: sums where all are in stock; a stock-out is filled by what its series should have sold."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.series.features import FeatureSettings, feature_source, grid
from core.series.group_demand import group_demand
from core.series.hierarchy_levels import group_panel, stacked_totals
from core.series.panel import from_dense

N_DAYS = 140
SHARES = np.array([60.0, 30.0, 10.0, 5.0, 4.0, 1.0])
MEMBER = np.array([0, 0, 0, 1, 1, 1])


def shop(demand, empty, kept=0.0):
    """Six series of days; on days out of stock `kept` units are still sold."""
    days = regular(Frequency.DAY, "2024-01-01", demand.shape[1])
    names = [f"s{number}" for number in range(len(demand))]
    kinds = np.array(["a", "a", "a", "b", "b", "b"], dtype=object)
    return from_dense(
        np.where(empty, kept, demand), days, names, censored=empty, attributes={"category": kinds[: len(demand)]}
    )


def moving():
    """All series of a group move alike: by weekday, and up and down over the weeks."""
    day = np.arange(N_DAYS)
    return SHARES[:, None] * (1.0 + 0.4 * (day % 7 == 5)) * (1.0 + 0.3 * np.sin(day / 20.0))


def out_of_stock(*spells):
    empty = np.zeros((6, N_DAYS), bool)
    for series, first, end in spells:
        empty[series, first:end] = True
    return empty


def filled(demand, empty, member=MEMBER):
    panel = shop(demand, empty)
    return group_demand(panel, panel.observed(), member)


def test_without_stock_outs_groups_sell_the_sum_of_their_members():
    demand = np.random.default_rng(1).poisson(SHARES[:, None], (6, N_DAYS)).astype(float)
    demand[1, :30] = np.nan
    demand[3:, 50] = np.nan
    units, members = filled(demand, out_of_stock())
    np.testing.assert_array_equal(units[0], np.nansum(demand[:3], axis=0))
    assert np.isnan(units[1, 50])
    assert members[:, 0].tolist() == [2, 3]


@pytest.mark.parametrize("series", [0, 2])
def test_where_members_hold_their_shares_nothing_is_missed(series):
    demand = np.repeat(SHARES[:, None], N_DAYS, axis=1)
    units, members = filled(demand, out_of_stock((series, 40, 80), (series, 130, N_DAYS)))
    np.testing.assert_allclose(units[0], 100.0)
    assert (members == 3).all()


def test_those_in_stock_tell_how_demand_moves_meanwhile():
    demand = moving()
    units, _members = filled(demand, out_of_stock((1, 100, N_DAYS)))
    np.testing.assert_allclose(units[0], demand[:3].sum(axis=0), rtol=0.05)
    # where nearly all is missing, what was usual at this place of the week counts more than the few that are there
    units, _members = filled(demand, out_of_stock((0, 100, 114), (1, 100, 114)))
    np.testing.assert_allclose(units[0], demand[:3].sum(axis=0), rtol=0.2)


def test_nothing_later_tells_what_was_missed():
    demand = np.random.default_rng(2).poisson(10.0 * SHARES[:, None], (6, N_DAYS)).astype(float)
    empty = out_of_stock((0, 60, 70), (4, 65, 90), (0, 130, N_DAYS))
    changed = demand.copy()
    changed[:, 80:] = 999.0
    both = [filled(each, empty) for each in (demand, changed)]
    np.testing.assert_array_equal(both[0][0][:, :80], both[1][0][:, :80])
    cut = shop(demand, empty).until(80)
    np.testing.assert_array_equal(group_demand(cut, cut.observed(), MEMBER)[0], both[0][0][:, :80])


def test_a_member_never_seen_counts_nothing_and_a_group_all_out_of_stock_is_unknown():
    demand = np.repeat(SHARES[:, None], N_DAYS, axis=1)
    units, members = filled(demand, out_of_stock((0, 0, 20), (slice(3, 6), 50, 60)))
    np.testing.assert_allclose(units[0, :20], 40.0)
    assert (members[0, :20] == 2).all()
    np.testing.assert_allclose(units[0, 20:], 100.0)
    assert np.isnan(units[1, 50:60]).all()


def test_the_order_of_the_series_does_not_matter():
    demand = np.random.default_rng(3).poisson(SHARES[:, None], (6, N_DAYS)).astype(float)
    empty, order = out_of_stock((0, 60, 70), (4, 65, 90)), np.array([4, 0, 5, 2, 1, 3])
    turned = shop(demand[order], empty[order])
    found = group_demand(turned, turned.observed(), MEMBER[order])[0]
    np.testing.assert_allclose(found, filled(demand, empty)[0])


def test_rows_of_the_others_do_not_see_the_largest_out_of_stock():
    demand = np.repeat(SHARES[:, None], N_DAYS, axis=1)
    settings = FeatureSettings(groups=True, stock_outs=False)
    named = grid(np.arange(1, 6), np.array([N_DAYS]), 14)
    rows = [
        feature_source(shop(demand, empty), 14, settings).rows(*named)
        for empty in (out_of_stock(), out_of_stock((0, 100, N_DAYS)))
    ]
    np.testing.assert_allclose(rows[1], rows[0])


def test_groups_that_are_forecast_lose_nothing_by_a_small_stock_out_and_never_less_than_was_sold():
    demand, empty = np.repeat(SHARES[:, None], N_DAYS, axis=1), out_of_stock((2, 100, N_DAYS))
    panel = shop(demand, empty, kept=2.0)
    names = panel.attributes["category"]
    for total in (group_panel(panel, names, wanted=True), stacked_totals(panel, {"category": names})):
        np.testing.assert_allclose(total.observed()[0], 100.0)
        assert total.whole_units().all()
    # what is shown as sold stays what was sold
    np.testing.assert_array_equal(group_panel(panel, names).dense()[0, 100:], np.full(40, 92.0))
    rush = shop(demand, empty, kept=50.0)
    np.testing.assert_array_equal(group_panel(rush, names, wanted=True).dense()[0, 100:], np.full(40, 140.0))
