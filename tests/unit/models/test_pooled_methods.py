"""The regressions over all series: what each can see that the others cannot, and that its settings count."""

from dataclasses import replace

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.models import families, registry
from core.series.panel import from_dense

KEYS = ("ridge_lasso", "polynomial", "decision_tree", "random_forest", "gradient_boosting", "support_vector")
QUICK = {"random_forest": {"trees": 8}}


def promoted():
    """Twelve series that sell twice as much on days of promotion, with a plan that promotes the second fortnight."""
    rng = np.random.default_rng(2)
    promotion = (rng.random((12, 300)) < 0.15).astype(float)
    plan = np.zeros((12, 28))
    plan[:, 14:] = 1.0
    return from_dense(
        rng.poisson(20 * 2.0**promotion).astype(float),
        regular(Frequency.DAY, "2023-01-02", 300),
        [f"s{i}" for i in range(12)],
        drivers={"promotion": promotion},
        future_drivers={"promotion": plan},
    )


def mean_of(key, panel, horizon=28, **settings):
    fitted = registry.create(key, QUICK.get(key, {}) | settings).fit(panel, seed=1)
    return fitted.point.mean_at(np.array([panel.n_periods]), horizon)[0]


@pytest.mark.parametrize("key", KEYS)
def test_it_says_that_it_uses_drivers_and_a_planned_promotion_raises_demand(key):
    expected = mean_of(key, promoted())
    assert registry.capabilities(key).drivers
    assert expected[:, 14:].mean() / expected[:, :14].mean() == pytest.approx(2.0, rel=0.2)


@pytest.mark.parametrize("key", KEYS)
def test_without_drivers_the_plan_changes_nothing(key):
    panel = promoted()
    bare = from_dense(panel.dense(), panel.calendar, panel.skus.tolist())
    np.testing.assert_array_equal(mean_of(key, panel, drivers=False), mean_of(key, bare, drivers=False))


@pytest.mark.parametrize("key", KEYS)
def test_it_stands_among_the_regressions(key):
    assert families.family_of(key) == families.REGRESSION


@pytest.mark.parametrize("key", ["ridge_lasso", "gradient_boosting"])
@pytest.mark.parametrize("settings", [{"horizons": "recursive"}, {"scope": "groups"}])
def test_step_by_step_and_by_group_a_promotion_is_seen_as_well(key, settings):
    expected = mean_of(key, promoted(), **settings)
    assert expected[:, 14:].mean() / expected[:, :14].mean() == pytest.approx(2.0, rel=0.25)


@pytest.mark.parametrize("key", KEYS)
def test_an_earlier_origin_does_not_see_what_came_after_it(key):
    values = np.random.default_rng(5).poisson(8.0, (6, 150)).astype(float)
    fitted = registry.create(key, QUICK.get(key, {})).fit(panel(values), seed=1)
    alone = fitted.point.mean_at(np.array([100]), 14)
    beside = fitted.point.mean_at(np.array([150, 100, 60]), 14)
    # adding up in another order may move the last digits
    np.testing.assert_allclose(beside[1], alone[0], rtol=1e-12)


def panel(values):
    names = [f"s{i}" for i in range(len(values))]
    return from_dense(values, regular(Frequency.DAY, "2023-01-02", values.shape[1]), names)


def test_poisson_boosting_is_never_below_zero_where_sales_are_rare():
    values = (np.random.default_rng(5).random((20, 200)) < 0.03).astype(float)
    assert (mean_of("gradient_boosting", panel(values)) >= 0).all()


def test_the_polynomial_chooses_a_curve_where_demand_follows_one():
    from core.models.library.polynomial import Curves
    from core.models.pooled_rows import Rows

    rng, number = np.random.default_rng(1), np.arange(3_000)
    features = np.column_stack([rng.normal(size=(3_000, 2)), np.ones(3_000)])
    residual = features[:, 0] * (1.0 + features[:, 1])
    rows = Rows(number * 0, number, number, features, residual + 1.0, np.ones(3_000))
    straight, chosen = Curves((1,)).learn(rows, 1), Curves((1, 2, 3)).learn(rows, 1)
    errors = [np.mean((residual - model.expected(features)) ** 2) for model in (straight, chosen)]
    assert errors[1] < 0.2 * errors[0]
    assert len(chosen.terms.products) <= 75


def test_a_polynomial_is_not_followed_beyond_what_it_said_of_the_past():
    from core.models.library.polynomial import Curves
    from core.models.pooled_rows import Rows

    number, features = np.arange(200), np.column_stack([np.linspace(-1, 1, 200), np.ones(200)])
    rows = Rows(number * 0, number, number, features, 1.0 + features[:, 0] ** 3, np.ones(200))
    assert Curves((3,)).learn(rows, 1).expected(np.array([[40.0, 1.0]]))[0] <= 1.01


def test_support_vectors_with_the_curved_kernel_follow_a_curve():
    from core.models.library.support_vector import SupportVectors
    from core.models.pooled_rows import Rows

    number = np.arange(2_000)
    features = np.column_stack([np.linspace(-2, 2, 2_000), np.ones(2_000)])
    residual = np.cos(2 * features[:, 0])
    rows = Rows(number * 0, number, number, features, residual + 1.0, np.ones(2_000))
    line, curve = (SupportVectors(kernel, 1.0, 0.05).learn(rows, 1).expected(features) for kernel in ("linear", "rbf"))
    assert np.mean((curve - residual) ** 2) < 0.02
    assert np.mean((line - residual) ** 2) > 0.2


def test_what_was_learned_answers_alike_when_the_history_has_grown_by_a_stock_out():
    values = np.random.default_rng(5).poisson(8.0, (6, 150)).astype(float)
    empty = np.zeros(values.shape, bool)
    empty[0, 145:] = True
    longer = from_dense(values, panel(values).calendar, [f"s{i}" for i in range(6)], censored=empty)
    point = registry.create("ridge_lasso").fit(longer.until(140), seed=1).point
    grown = replace(point, history=longer).mean_at(np.array([140]), 7)
    assert point.rolls
    np.testing.assert_array_equal(grown, point.mean_at(np.array([140]), 7))
