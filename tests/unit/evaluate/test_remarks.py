"""What is said about unusual data, with the SKUs named."""

import numpy as np

from core.base.calendar import Frequency, regular
from core.evaluate.folds import Plan, ground_of
from core.evaluate.remarks import CONSTANT, GAPS, IGNORED, NO_DEMAND, SHORT, about_tuned, remarks
from core.series.panel import from_dense

N = 140


def said(values, blind=(), **parts):
    values = np.asarray(values, float)
    skus = [f"S{number}" for number in range(len(values))]
    panel = from_dense(values, regular(Frequency.DAY, "2024-01-01", N), skus, **parts)
    return {each.kind: each for each in remarks(panel, ground_of(panel, Plan(7, 2)), blind)}


def usual():
    return np.random.default_rng(1).poisson(5.0, (1, N)).astype(float)


def test_nothing_is_said_about_usual_data():
    assert said(usual()) == {}


def test_unusual_series_are_named():
    values = np.repeat(usual(), 5, axis=0)
    values[1] = 4.0
    values[2] = 0.0
    values[3, 20:90] = np.nan
    values[4, :120] = np.nan
    found = said(values)
    assert {kind: each.skus for kind, each in found.items()} == {
        CONSTANT: ("S1",), NO_DEMAND: ("S2",), GAPS: ("S3",), SHORT: ("S4",),
    }  # fmt: skip
    assert "in 1 series (S1)" in found[CONSTANT].text
    assert "fewer than 14 periods" in found[SHORT].text


def test_methods_that_do_not_look_at_drivers_are_named_where_there_are_any():
    values = usual()
    found = said(values, ("Naive",), drivers={"clicks": np.ones(values.shape)})
    assert found[IGNORED].text.endswith("of: Naive.")
    assert said(values, ("Naive",)) == {}


def test_that_a_method_was_tuned_on_what_it_is_judged_by_is_said():
    assert about_tuned([]) == ()
    assert "Moving average" in about_tuned(["Moving average"])[0].text
