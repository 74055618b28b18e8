"""The season of the category at a level between the SKU's and the category's."""

import numpy as np

from core.base.calendar import Frequency, regular
from core.models.library.category_profile import CategoryProfile, category_weights
from core.series.panel import from_dense

DAYS = 140
WEEK = np.array([0.5, 0.7, 0.9, 1.0, 1.1, 1.3, 1.5])


def shop(young, categories=None, seed=1):
    """Nine launched items of about ten a day with a strong week, and a young one."""
    rng = np.random.default_rng(seed)
    values = rng.poisson(10.0 * WEEK[np.arange(DAYS) % 7], (10, DAYS)).astype(float)
    values[:9, :5] = np.nan
    values[9] = np.nan
    values[9, DAYS - len(young) :] = young
    attributes = {"category": np.array(categories or ["c"] * 10, dtype=object)}
    calendar = regular(Frequency.DAY, "2024-01-01", DAYS)
    return from_dense(values, calendar, [f"s{i}" for i in range(10)], attributes=attributes)


def mean(panel, **settings):
    return CategoryProfile(**settings).fit(panel, seed=1).mean(7)[9]


def test_a_young_item_takes_the_week_of_its_category():
    found = mean(shop([7.0, 9.0, 10.0]))
    np.testing.assert_allclose(found / found.mean(), WEEK, rtol=0.2)


def test_few_observations_are_drawn_towards_the_category_where_its_items_are_alike():
    alone = mean(shop([3.0]), trust=0.0).mean()
    assert alone < 4
    assert 6 < mean(shop([3.0])).mean() < 12


def test_a_category_of_unlike_items_is_believed_little():
    panel = shop([3.0])
    values = panel.dense() * (4.0 ** np.arange(10))[:, None] / 4.0**9
    unlike = from_dense(values, panel.calendar, panel.skus.tolist(), attributes=dict(panel.attributes))
    _speak, doubt = category_weights(unlike.starts > 0, unlike.observed(), np.zeros(10, np.int64))
    assert doubt[0] < 0.3
    assert mean(unlike).mean() < 1.3 * mean(unlike, trust=0.0).mean()


def test_a_long_history_has_its_own_level():
    panel = shop(np.full(80, 3.0))
    np.testing.assert_allclose(mean(panel), mean(panel, trust=0.0))


def test_other_categories_do_not_matter():
    panel = shop([3.0], ["c"] * 9 + ["other"])
    np.testing.assert_allclose(mean(panel).mean(), 3.0, rtol=0.1)


def test_a_category_that_was_mostly_out_of_stock_at_any_time_has_no_season_and_no_warning():
    values = np.full((3, 120), 6.0)
    empty = np.zeros((3, 120), bool)
    empty[0, :60] = empty[1, 60:] = empty[1:, :5] = True
    categories = np.array(["a", "a", "b"], dtype=object)
    calendar = regular(Frequency.WEEK, "2022-01-03", 120)
    panel = from_dense(values, calendar, ["x", "y", "z"], censored=empty, attributes={"category": categories})
    np.testing.assert_allclose(CategoryProfile().fit(panel, seed=1).mean(4), 6.0)


def test_one_item_out_of_stock_does_not_hide_the_season_of_its_category():
    panel = shop([7.0, 9.0, 10.0])
    # on any day one of the nine is out of stock
    empty = np.arange(DAYS)[None, :] % 9 == np.arange(10)[:, None]
    lacking = from_dense(
        panel.dense(), panel.calendar, panel.skus.tolist(), censored=empty, attributes=dict(panel.attributes)
    )
    found = mean(lacking)
    np.testing.assert_allclose(found / found.mean(), WEEK, rtol=0.2)
