"""A forecast held against the year before."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from core.workflows import forecasting, viewing
from core.workflows.forecasting import ForecastRequest
from core.workflows.scopes import Scope
from core.workflows.workspace import Workspace

FIRST = date(2024, 1, 1)


@pytest.fixture
def shop(imported: Callable[..., Workspace]) -> Workspace:
    weeks = "".join(f"{FIRST + timedelta(7 * week)},A1,{40 + week % 2}\n" for week in range(104))
    return imported(sales="Date,SKU,Quantity\n" + weeks)


@pytest.mark.parametrize(("horizon", "known"), [(52, True), (60, True), (80, False)])
def test_weeks_beyond_a_year_are_not_held_against_weeks_that_lie_ahead_themselves(shop, horizon, known) -> None:
    forecasting.forecast(shop, ForecastRequest("moving_average", horizon=horizon))
    whole = viewing.look(shop, viewing.newest(shop), Scope()).whole
    assert whole.periods == horizon
    assert whole.last_year == (pytest.approx(52 * 40.5) if known else None)
    assert whole.growth == (pytest.approx(0.0, abs=0.02) if known else None)
