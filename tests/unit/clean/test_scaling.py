"""Scaling: what each method does, and that every one leads back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from core.base.errors import ParameterError
from core.clean.scaling import METHODS, fit

UNITS = np.array([[2.0, 4, np.nan, 6, 8], [5.0, 5, 5, 5, 5], [np.nan] * 5])
EVERY = pytest.mark.parametrize("method", METHODS)
demand = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, max_side=6),
    elements=st.one_of(st.just(np.nan), st.floats(0, 1e6, allow_subnormal=False)),
)


@EVERY
@given(units=demand)
def test_the_inverse_of_the_transform_is_the_demand(method, units):
    scaling = fit(units, method)
    np.testing.assert_allclose(scaling.inverse(scaling.transform(units)), units, rtol=1e-9, atol=1e-6)


@EVERY
@given(units=demand)
def test_larger_demand_is_never_scaled_below_smaller(method, units):
    order = np.argsort(units, axis=1)
    scaled = np.take_along_axis(fit(units, method).transform(units), order, axis=1)
    assert np.all(np.diff(scaled, axis=1)[~np.isnan(np.diff(scaled, axis=1))] >= 0)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("min-max", [0, 1 / 3, np.nan, 2 / 3, 1]),
        ("z-score", np.array([-3, -1, np.nan, 1, 3]) / np.sqrt(5)),
        ("robust", [-1, -1 / 3, np.nan, 1 / 3, 1]),
        ("log1p", np.log([3, 5, np.nan, 7, 9])),
    ],
)
def test_each_series_is_scaled_by_its_own_observed_periods(method, expected):
    np.testing.assert_allclose(fit(UNITS, method).transform(UNITS)[0], expected)


@pytest.mark.parametrize("method", ["min-max", "z-score", "robust"])
def test_a_series_without_spread_becomes_zero_and_one_without_data_stays_empty(method):
    scaled = fit(UNITS, method).transform(UNITS)
    assert scaled[1].tolist() == [0] * 5
    assert np.isnan(scaled[2]).all()


@EVERY
def test_forecast_quantiles_come_back_with_their_axes(method):
    answers = np.linspace(0, 1, 24).reshape(3, 4, 2)
    assert fit(UNITS, method).inverse(answers).shape == (3, 4, 2)


def test_an_unknown_method_is_refused():
    with pytest.raises(ParameterError, match="one of min-max, z-score, robust, log1p; “unit” was given"):
        fit(UNITS, "unit")
