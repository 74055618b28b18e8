"""Recipes: order, identity and text; the registry that makes rules from them."""

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.base.errors import ParameterError
from core.clean.recipe import OFF_BY_DEFAULT, Recipe, Step, default_recipe
from core.clean.registry import ROW_RULES, SERIES_RULES, create, rules
from core.series.panel import from_dense


def test_a_recipe_survives_the_way_through_text():
    recipe = Recipe((Step("returns", {"net_on": "own day"}), Step("missing_days", {}, enabled=False)))
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_the_default_recipe_has_every_rule_and_the_optional_ones_switched_off():
    recipe = default_recipe()
    assert [step.rule for step in recipe.steps] == [*ROW_RULES, *SERIES_RULES]
    off = {step.rule for step in recipe.steps if not step.enabled}
    assert off == OFF_BY_DEFAULT
    assert off >= {"outliers_iqr", "missing_values", "pack_jumps", "missing_quantities", "missing_discounts"}
    assert not off & {"exact_duplicates", "key_duplicates", "returns", "currencies", "units_of_measure"}


def test_a_setting_spelled_out_at_its_default_is_the_same_recipe():
    assert Recipe((Step("returns"),)).recipe_id == Recipe((Step("returns", {"net_on": "sale day"}),)).recipe_id


def test_steps_switched_off_do_not_count_for_the_identity():
    assert (
        Recipe((Step("returns"), Step("bad_prices", {}, enabled=False))).recipe_id
        == Recipe((Step("returns"),)).recipe_id
    )


@pytest.mark.parametrize(
    "other",
    [
        Recipe((Step("returns", {"net_on": "own day"}), Step("bad_prices"))),
        Recipe((Step("bad_prices"), Step("returns"))),
        Recipe((Step("returns"),)),
    ],
)
def test_settings_order_and_steps_make_another_recipe(other):
    assert other.recipe_id != Recipe((Step("returns"), Step("bad_prices"))).recipe_id


def test_series_steps_written_before_row_steps_make_no_other_recipe():
    mixed = Recipe((Step("missing_days"), Step("returns")))
    assert mixed.recipe_id == Recipe((Step("returns"), Step("missing_days"))).recipe_id


def test_only_enabled_rules_are_made_each_in_its_group():
    recipe = Recipe((Step("missing_days"), Step("returns"), Step("bad_prices", {}, enabled=False)))
    assert [rule.key for rule in recipe.row_rules()] == ["returns"]
    assert [rule.key for rule in recipe.series_rules()] == ["missing_days"]


def test_series_rules_follow_one_another():
    panel = from_dense(np.array([[4.0] * 8 + [np.nan, 900.0]]), regular(Frequency.WEEK, "2024-01-01", 10), ["A"])
    repaired, findings = default_recipe().repair(panel)
    assert [finding.rule for finding in findings] == ["missing_days", "outliers_hampel"]
    assert (repaired.values[8], repaired.values[9] < 900) == (0.0, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no json", "cannot be read as one"),
        ('{"steps": 3}', "cannot be read as one"),
        ('[{"rule": "returns"}]', "cannot be read as one"),
        ('{"steps": [{"rule": "magic"}]}', "“magic” is none. Choose one of exact_duplicates"),
        ('{"steps": [{"rule": "returns", "settings": {"speed": 1}}]}', "no setting “speed”"),
        ('{"steps": [{"rule": "outliers_hampel", "settings": {"k": 99}}]}', "between 3.0 and 30.0"),
        ('{"steps": [{"rule": "outliers_hampel", "settings": {"k": "8"}}]}', "k .* must be a number"),
        ('{"steps": [{"rule": "cancelled_orders", "settings": {"unpaid": 1}}]}', "unpaid .* must be a yes or no"),
        ('{"steps": [{"rule": "returns", "settings": {"net_on": "never"}}]}', "must be one of sale day, own day"),
        ('{"steps": [{"rule": "outliers_hampel", "settings": {"k": NaN}}]}', "NaN is no number"),
        ('{"steps": [{"rule": "returns", "enabled": "false"}]}', "enabled must be true or false"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused(text, message):
    with pytest.raises(ParameterError, match=message):
        Recipe.from_json(text)


def test_every_rule_says_what_it_does_and_labels_its_settings():
    for info in rules():
        assert info.label
        assert info.description.endswith(".")
        assert create(info.key).key == info.key
        assert all(parameter.label for parameter in info.parameters)


def test_confirming_a_rule_makes_another_recipe_that_survives_the_way_through_text():
    recipe = Recipe((Step("returns"), Step("missing_days")))
    confirmed = recipe.confirmed("returns")
    assert confirmed.recipe_id != recipe.recipe_id
    assert Recipe.from_json(confirmed.to_json()) == confirmed
    assert (recipe.unconfirmed(), confirmed.unconfirmed()) == ({"returns", "missing_days"}, {"missing_days"})


def test_rules_a_recipe_does_not_name_join_it_switched_off_where_they_make_sense():
    recipe = Recipe((Step("bad_prices"), Step("returns", {"net_on": "own day"})))
    completed = recipe.completed()
    assert completed.recipe_id == recipe.recipe_id
    assert {step.rule for step in completed.steps} == {*ROW_RULES, *SERIES_RULES}
    assert [step.rule for step in completed.steps if step.enabled] == ["bad_prices", "returns"]
    names = [step.rule for step in completed.steps]
    assert names.index("exact_duplicates") < names.index("bad_prices") < names.index("missing_prices")
    assert default_recipe().completed() == default_recipe()


def spiky_panel():
    rng = np.random.default_rng(0)
    values = rng.poisson(4.0, (1, 60)).astype(float)
    values[0, 30] = 900.0
    return from_dense(values, regular(Frequency.DAY, "2024-01-01", 60), ["A"])


def test_a_series_rule_that_moves_too_much_waits_until_it_is_confirmed():
    recipe = Recipe((Step("outliers_hampel"),))
    panel, findings, held = recipe.repair_unless_large(spiky_panel())
    assert (panel.values[30], findings, [one.rule for one in held]) == (900.0, [], ["outliers_hampel"])
    assert 0.7 < held[0].share < 1.0
    panel, findings, held = recipe.confirmed("outliers_hampel").repair_unless_large(spiky_panel())
    assert (panel.values[30] < 900.0, len(findings), held) == (True, 1, ())


def test_a_small_repair_is_carried_out_unasked():
    panel = from_dense(np.array([[100.0] * 20 + [np.nan]]), regular(Frequency.WEEK, "2024-01-01", 21), ["A"])
    repaired, findings, held = Recipe((Step("missing_days"),)).repair_unless_large(panel)
    assert (repaired.values[-1], len(findings), held) == (0.0, 1, ())


def test_the_rules_that_only_point_things_out_are_known_even_when_off():
    keys = {rule.key for rule in default_recipe().suspicious()}
    assert keys == {"units_of_measure", "pack_jumps"}


def test_recipes_of_earlier_versions_are_read_under_the_present_names():
    text = '{"steps": [{"rule": "outliers_hampel", "settings": {"action": "keep and mark", "k": 9.0}}]}'
    assert Recipe.from_json(text).steps[0].settings == {"treatment": "mark as event", "k": 9.0}
