"""Charts of changes by hand: what is drawn is what was given, and only where there is something to tell."""

from dataclasses import replace

import numpy as np

from core.charts import demand, overrides
from core.charts.theme import LIGHT
from tests.unit.charts.test_charts import fan_data, names

NAN = float("nan")


def test_weeks_stand_before_and_after_with_the_year_before_where_it_is_known() -> None:
    pair = np.array([10.0, 12.0]), np.array([12.0, 12.0])
    figure = overrides.before_and_after(["2 Mar", "9 Mar"], (*pair, np.array([NAN, 8.0])), "Units")
    assert names(figure) == ["Before", "After", "A year before"]
    unknown = overrides.before_and_after(["2 Mar", "9 Mar"], (*pair, np.full(2, NAN)), "Units")
    assert names(unknown) == ["Before", "After"]


def test_stairs_tell_what_each_step_took_off_and_leave_undefined_ones_out() -> None:
    (bars,) = overrides.stairs([("Naive", 0.3), ("Before", 0.2), ("After", 0.25)]).data
    assert list(bars.text) == ["30.0 %", "20.0 % (−10.0)", "25.0 % (+5.0)"]
    assert list(bars.marker.color) == [LIGHT.muted, LIGHT.good, LIGHT.bad]
    (two,) = overrides.stairs([("Naive", NAN), ("Before", 0.2), ("After", 0.1)]).data
    assert list(two.x) == ["Before", "After"]


def test_nothing_known_gives_a_figure_that_says_so() -> None:
    nothing = np.empty(0)
    for figure in (
        overrides.stairs([("Naive", NAN)]),
        overrides.before_and_after([], (nothing, nothing, nothing), "Units"),
    ):
        assert len(figure.data) == 0
        assert figure.layout.annotations[0].text == "Nothing to show for this choice yet."


def test_the_fan_shows_the_forecast_before_changes_where_it_differs() -> None:
    data = fan_data(future=np.arange("2024-01-11", "2024-01-16", dtype="datetime64[D]"), mean=np.full(5, 9.0))
    quantiles = {level: np.full(5, 10 * level) for level in data.quantiles}
    data = replace(data, quantiles=quantiles, unchanged=np.array([9.0, 9.0, 9.0, 9.0, 5.0]))
    (before,) = (trace for trace in demand.forecast_fan(data).data if trace.name == "Before changes")
    assert np.array_equal(before.y, [NAN, NAN, NAN, 9.0, 5.0], equal_nan=True)
    assert "Before changes" not in names(demand.forecast_fan(replace(data, unchanged=data.mean)))
    assert "Before changes" not in names(demand.forecast_fan(replace(data, unchanged=np.empty(0))))
