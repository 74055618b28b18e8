from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.base.calendar import Frequency, regular
from core.models.contract import Capabilities
from core.models.library.simple_exponential_smoothing import SimpleExponentialSmoothing
from core.models.substitution import Substitution, fit_all
from core.series.panel import from_dense


@dataclass(frozen=True)
class Demanding(SimpleExponentialSmoothing):
    """Smoothing that asks for a dozen periods."""

    capabilities: ClassVar[Capabilities] = Capabilities(min_history=12)


def weeks(rows):
    values = np.full((len(rows), 20), np.nan)
    for row, known in zip(values, rows, strict=True):
        row[20 - len(known) :] = known
    return from_dense(values, regular(Frequency.WEEK, "2024-01-01", 20), ["long", "short", "unborn"])


LONG, SHORT = [10.0] * 20, [3.0, 4.0, 5.0]


def test_each_series_gets_what_it_can_take():
    fitted, _ = fit_all(Demanding(), weeks([LONG, SHORT, []]), seed=1)
    mean = fitted.predict(2, (0.5,)).mean
    np.testing.assert_allclose(mean, [[10, 10], [5, 5], [0, 0]], rtol=0.02)


def test_every_substitution_is_recorded_with_its_reason():
    _, records = fit_all(Demanding(), weeks([LONG, SHORT, []]), seed=1)
    needs = "Simple exponential smoothing needs 12 observed periods of history."
    nothing = "No period has been observed yet; the forecast is 0."
    assert records == (
        Substitution("short", "main", "ses", "category_profile", needs),
        Substitution("unborn", "main", "ses", "none", nothing),
    )


def test_nothing_is_recorded_when_all_series_are_long_enough():
    panel = weeks([LONG, LONG, LONG])
    fitted, records = fit_all(Demanding(), panel, seed=1)
    assert records == ()
    np.testing.assert_array_equal(fitted.predict(2, (0.5,)).skus, panel.skus)


def test_paths_cover_all_series_in_the_panels_order():
    fitted, _ = fit_all(Demanding(), weeks([LONG, [], [7.0, 7.0]]), seed=1)
    paths = fitted.simulate(3, 50, np.random.default_rng(1))
    assert paths.units.shape == (50, 3, 3)
    assert paths.skus.tolist() == ["long", "short", "unborn"]
    assert not paths.units[:, 1].any()
    assert paths.units[:, 2].any()


def test_a_panel_of_unborn_series_is_forecast_zero():
    fitted, records = fit_all(Demanding(), weeks([[], [], []]), seed=1)
    assert not fitted.predict(2, (0.1, 0.9)).quantiles.any()
    assert [record.used for record in records] == ["none"] * 3


def test_methods_that_ask_of_one_panel_share_the_series_cut_out_for_them():
    panel = weeks([LONG, SHORT, []])
    one, other = (fit_all(Demanding(), panel, seed=seed)[0] for seed in (1, 2))
    assert [part.history for part, _chosen in one.parts] == [part.history for part, _chosen in other.parts]


@dataclass(frozen=True)
class Driven(Demanding):
    """The same, and it looks at drivers."""

    capabilities: ClassVar[Capabilities] = Capabilities(min_history=12, drivers=True)


def test_drivers_are_cut_out_for_those_only_who_look_at_them():
    panel = replace(weeks([LONG, SHORT, []]), drivers={"price": np.ones(23)})
    held = [
        [list(part.history.drivers) for part, _rows in fit_all(each(), panel, 1)[0].parts]
        for each in (Demanding, Driven)
    ]
    assert held == [[[], []], [["price"], []]]
