"""Parameters, error texts, column names, languages, random streams and array types."""

from dataclasses import dataclass

import numpy as np
import pytest

from core.base import language
from core.base.columns import DATES, FIELDS, NUMBERS, REQUIRED, ROLES, TIMESTAMPS, known_ahead
from core.base.errors import DemandError, InsufficientHistoryError, ParameterError, examples
from core.base.parameters import build, parameter, parameters_of
from core.base.randomness import generator, stream, streams
from core.base.types import frozen


@dataclass(frozen=True)
class Rule:
    width: int = parameter(7, "Width", unit="days", low=1, high=30, help="How wide.")
    kind: str = parameter("mean", "Kind", choices=("mean", "median"))
    inner: int = 3


def test_only_labelled_fields_are_settings():
    assert [info.name for info in parameters_of(Rule)] == ["width", "kind"]


def test_a_setting_knows_what_its_control_needs():
    info = parameters_of(Rule)[0]
    assert (info.label, info.default, info.unit, info.low, info.high, info.help) == (
        "Width",
        7,
        "days",
        1,
        30,
        "How wide.",
    )


def test_settings_are_built_from_their_names():
    assert build(Rule, {"width": 14}) == Rule(width=14)


def test_a_value_outside_its_range_is_refused_with_the_range():
    with pytest.raises(ParameterError, match="Width must lie between 1 and 30 days; 31 was given"):
        build(Rule, {"width": 31})


def test_an_unknown_choice_is_refused_with_the_choices():
    with pytest.raises(ParameterError, match="Kind must be one of mean, median; “mode” was given"):
        build(Rule, {"kind": "mode"})


def test_an_unknown_setting_is_refused_with_the_known_ones():
    with pytest.raises(ParameterError, match=r"Rule has no setting “inner”\. It has: width, kind"):
        build(Rule, {"inner": 1})


def test_examples_name_three_and_count_the_rest():
    assert examples(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert examples(["a", "b"]) == "a, b"


def test_short_histories_are_named():
    error = InsufficientHistoryError.for_skus("ARIMA", 14, ["x", "y"])
    assert str(error).startswith("ARIMA needs at least 14 periods of history; 2 SKUs have fewer, e.g. x, y.")
    assert isinstance(error, DemandError)


@pytest.mark.parametrize(
    ("driver", "known"),
    [
        ("price", True),
        ("promotion", True),
        ("event:fair", True),
        ("holiday:CN", True),
        ("clicks", False),
        ("pricey", False),
    ],
)
def test_only_what_a_planner_decides_is_known_ahead(driver, known):
    assert known_ahead(driver) is known


def test_every_role_has_fields_and_needs_only_its_own():
    assert set(FIELDS) == set(REQUIRED) == set(ROLES)
    assert all(set(REQUIRED[role]) <= set(FIELDS[role]) for role in ROLES)


def test_a_column_has_one_type():
    assert not NUMBERS & DATES
    assert not (NUMBERS | DATES) & TIMESTAMPS


def test_a_stream_belongs_to_its_name_in_every_process():
    # CRC-32 of "123456789" is the check value published with the algorithm
    assert stream("123456789") == 0xCBF43926
    assert streams(["a", "123456789"])[1] == 0xCBF43926


def test_draws_belong_to_the_seed_and_the_name():
    first = generator(1, "A-17@main").random(3)
    assert np.array_equal(first, generator(1, "A-17@main").random(3))
    assert not np.array_equal(first, generator(2, "A-17@main").random(3))
    assert not np.array_equal(first, generator(1, "A-18@main").random(3))


def test_a_frozen_array_leaves_the_original_writable():
    original = np.zeros(2)
    view = frozen(original)
    original[0] = 1.0
    assert view[0] == 1.0
    assert not view.flags.writeable


def test_a_text_without_translation_stays_english():
    language.use("xx")
    try:
        assert language.current() == "xx"
        assert language._("No such text anywhere") == "No such text anywhere"
        assert language.ngettext("one thing here", "many things here", 2) == "many things here"
    finally:
        language.use("en")
