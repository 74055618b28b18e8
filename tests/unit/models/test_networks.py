"""Windows for networks: how they are cut, what they may know, and how a forecast goes on beyond its horizon."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models.networks import WindowShape, WindowSource, mean_of_network
from core.models.networks_footing import Footing
from core.series.features import feature_source
from core.series.panel import from_dense


def daily(values, **more):
    calendar = regular(Frequency.DAY, "2023-01-02", values.shape[1])
    return from_dense(values, calendar, [f"s{i}" for i in range(len(values))], **more)


def windows_of(panel, n_ahead=0, context=4, horizon=2, expected=5.0):
    origins = np.arange(panel.n_periods + 1)
    footing = Footing(origins, np.full((len(origins), len(panel), max(n_ahead, horizon)), expected, np.float32))
    return WindowSource(feature_source(panel, n_ahead), WindowShape(context, horizon), footing)


def test_a_window_holds_the_past_and_the_target_over_the_level():
    source = windows_of(daily(np.arange(1.0, 41.0)[None, :]))
    found = source.windows(np.array([0]), np.array([30]))
    level = source.source.level(np.array([0]), np.array([30]))[0]
    assert found.level[0] == pytest.approx(level)
    assert (found.past[0, :, 0] * level).tolist() == pytest.approx([27, 28, 29, 30])
    assert (found.target[0] * level).tolist() == pytest.approx([31, 32])


def test_out_of_stock_days_are_masked_in_past_and_target():
    values, censored = np.full((1, 40), 5.0), np.zeros((1, 40), bool)
    censored[0, [28, 30]] = True
    found = windows_of(daily(values, censored=censored)).windows(np.array([0]), np.array([30]))
    assert found.past[0, :, 1].tolist() == [1, 1, 0, 1]
    assert found.weight[0].tolist() == [0, 1]


def test_what_comes_after_the_origin_cannot_change_what_is_read():
    values = np.random.default_rng(1).poisson(5.0, (1, 40)).astype(float)
    changed = values.copy()
    changed[0, 30:] = 999.0
    first, second = (windows_of(daily(v)).windows(np.array([0]), np.array([30])) for v in (values, changed))
    assert np.array_equal(first.past, second.past)
    assert np.array_equal(first.future, second.future)


def test_what_a_piece_will_be_sold_for_is_not_read():
    values, sold = np.full((2, 40), 5.0), np.full((2, 40), 8.0)
    listed = np.array([np.full(40, 9.0), np.full(40, np.nan)])
    changed = sold.copy()
    changed[:, 30:] = 4.0
    first, second = (
        windows_of(daily(values, drivers={"price": listed, "sold_price": each})).windows(np.array([1]), np.array([30]))
        for each in (sold, changed)
    )
    assert np.array_equal(first.past, second.past)
    assert np.array_equal(first.future, second.future)


def test_a_planned_price_is_read_though_no_file_had_one_before():
    """Pieces went for 8; in the two weeks to come they shall cost 4."""
    sold = {"price": np.full((1, 40), np.nan), "sold_price": np.full((1, 40), 8.0)}
    panel = daily(np.full((1, 40), 5.0), drivers=sold, future_drivers={"price": np.full((1, 2), 4.0)})
    source = windows_of(panel, n_ahead=2)
    known = source.known(np.array([0]), np.array([40]), np.arange(-4, 2))[0, :, source.names.index("price")]
    assert known.tolist() == pytest.approx([0, 0, 0, 0, np.log(0.5), np.log(0.5)])


def test_each_period_ahead_sees_the_mean_of_the_last_seasons_at_its_place():
    week = np.array([1.0, 2, 3, 4, 5, 6, 7])
    source = windows_of(daily(np.concatenate([week * factor for factor in (9, 1, 2, 3, 4)])[None, :]), n_ahead=2)
    origin = np.array([35])
    level = source.source.level(np.array([0]), origin)[0]
    # Monday and Tuesday of the last four weeks; the week before them no longer counts
    assert (source.future(np.array([0]), origin, 0)[0, :, 1] * level).tolist() == pytest.approx([2.5, 5.0])


def test_a_network_starts_from_what_the_regression_expects_over_the_level():
    source = windows_of(daily(np.full((1, 40), 5.0)), n_ahead=2, expected=15.0)
    np.testing.assert_allclose(source.future(np.array([0]), np.array([40]), 0)[0, :, 0], np.log(3.0), rtol=1e-6)


def test_days_the_regression_takes_for_closed_stay_closed():
    source = windows_of(daily(np.full((1, 40), 5.0)), n_ahead=2)
    source.footing.units[40, 0, 1] = 0.0
    found = mean_of_network(source, lambda _past, future, _series: future[:, :, 0], np.array([40]), 2)
    assert found[0, 0].tolist() == pytest.approx([5.0, 0.0])


def test_the_date_itself_is_not_told():
    holiday = {"event:fair": np.eye(1, 800)}
    names = windows_of(daily(np.ones((1, 800)), drivers=holiday)).names
    assert [name for name in names if not name.startswith("weekday")] == ["idle_share", "log_level", "place"]


def test_every_column_has_its_name():
    promotion = np.zeros((1, 40))
    source = windows_of(daily(np.ones((1, 40)), drivers={"promotion": promotion, "price": promotion + 2}))
    assert source.known(np.array([0]), np.array([30]), np.arange(2)).shape[2] == len(source.names)
    assert {"promotion", "price"} < set(source.names)


def test_a_long_horizon_continues_on_the_networks_own_forecast():
    source = windows_of(daily(np.full((1, 40), 5.0)), n_ahead=6)

    def doubling(past, future, _series):
        return np.log(np.repeat(past[:, -1:, 0] * 2, future.shape[1], axis=1))

    assert mean_of_network(source, doubling, np.array([40]), 5)[0, 0].tolist() == pytest.approx([10, 10, 20, 20, 40])


def test_shapes_shrink_with_short_histories():
    assert WindowShape.fitting(daily(np.ones((1, 400)))) == WindowShape(56, 28)
    assert WindowShape.fitting(daily(np.ones((1, 20)))) == WindowShape(10, 5)
