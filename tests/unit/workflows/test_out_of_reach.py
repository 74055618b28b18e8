"""A lead time longer than the forecast: its item stands in the plan with the reason, and the others are planned."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from core.base.errors import InfeasibleTermsError
from core.report.tables_plan import plan_export
from core.workflows import forecasting, home, planning, simulating
from core.workflows.forecasting import ForecastRequest
from core.workflows.workspace import Workspace

SALES = "order_date,sku,location,quantity,unit_price\n" + "".join(
    f"{date(2026, 1, 1) + timedelta(day)},{sku},north,5,9\n" for day in range(90) for sku in ("A", "B")
)
STOCK = "Date,Store,SKU,On hand\n2026-03-31,north,A,0\n2026-03-31,north,B,1000\n"
SUPPLIERS = "supplier,sku,lead_time_days,lead_time_sd_days,review_period_days\nNorth,A,{lead},0,7\nNorth,B,5,0,7\n"
UNTIL = "12 May 2026"


def forecast_and_planned(shop: Workspace) -> None:
    forecasting.forecast(shop, ForecastRequest(model="moving_average", horizon=42))
    planning.plan(shop, planning.PlanOptions())


def planned(imported: Callable[..., Workspace], lead: int) -> Workspace:
    return imported(forecast_and_planned, sales=SALES, stock=STOCK, suppliers=SUPPLIERS.format(lead=lead))


@pytest.fixture
def shop(imported: Callable[..., Workspace]) -> Workspace:
    return planned(imported, 400)


def test_the_item_stands_in_the_plan_with_its_reason(shop) -> None:
    run = planning.required(shop)
    lines = run.lines.set_index("sku")
    assert np.isnan(lines.loc["A", "order_units"])
    assert lines.loc["B", "order_units"] == 0.0
    text = f"Not planned: lead time and review period may take 407 days together, and the forecast ends on {UNTIL}. "
    exported = plan_export(run.lines, run.steps).set_index("sku")
    assert exported.loc["A", "reason"].startswith(text)
    assert planning.unplanned(run).startswith("1 line is not planned")
    assert "A (north)" in planning.unplanned(run)


def test_what_runs_out_of_it_is_not_lost_from_sight(shop) -> None:
    assert home.status(shop).exceptions.set_index("sku")["state"]["A"] == home.OUT


def test_the_others_can_be_played_and_the_item_itself_says_why_not(shop) -> None:
    case = simulating.case_of(shop)
    assert (case.paths.skus.tolist(), case.left_out) == (["B"], ("A (north)",))
    assert simulating.play(case, simulating.Scenario("More", {"demand": 0.2})).scenario.result.n_paths
    with pytest.raises(InfeasibleTermsError, match=r"A@north \(407 days\)"):
        simulating.baseline_of(simulating.case_of(shop, "A"))


def test_a_lever_that_moves_one_item_out_of_reach_plays_the_others_and_names_it(imported) -> None:
    shop = planned(imported, 20)
    case = simulating.case_of(shop)
    longer = simulating.Scenario("Slow boats", {"lead_time": 25.0})
    played = simulating.play(case, longer, simulating.baseline_of(case))
    # A needs 20 + 25 + 7 days of the 42, B no more than 37
    assert played.case.left_out == ("A (north)",)
    assert played.scenario.result.skus.tolist() == played.baseline.result.skus.tolist() == ["B"]
    assert simulating.differences(played)["demand_units"] == (0.0, 0.0)
    alone = simulating.play(simulating.case_of(shop, "B"), longer)
    assert simulating.measures(alone.scenario)["fill_rate"] == simulating.measures(played.scenario)["fill_rate"]
    assert alone.baseline.result.fan.shape == (1, 42, 3)
    assert simulating.not_played(played.case) == (
        "1 series is not played, since its lead time reaches beyond the forecast: A (north). Forecast farther."
    )


def test_a_lever_that_moves_every_item_out_of_reach_is_refused_and_a_short_one_leaves_none_out(imported) -> None:
    case = simulating.case_of(planned(imported, 20))
    with pytest.raises(InfeasibleTermsError, match=r"ends after 42 days and 2 SKUs need more: A@north \(87 days\)"):
        simulating.play(case, simulating.Scenario("Never", {"lead_time": 60.0}))
    played = simulating.play(case, simulating.Scenario("Soon", {"lead_time": 5.0}))
    assert (played.case.left_out, simulating.not_played(played.case)) == ((), "")


def test_a_plan_without_such_an_item_has_nothing_to_say_of_it(imported) -> None:
    shop = planned(imported, 9)
    assert planning.unplanned(planning.required(shop)) == ""
    assert simulating.case_of(shop).left_out == ()


def test_an_impossible_lead_time_does_not_stretch_the_forecast_of_the_whole_shop(imported) -> None:
    shop = imported(sales=SALES, suppliers=SUPPLIERS.format(lead=3650))
    assert forecasting.forecast(shop, ForecastRequest(model="naive")).manifest["horizon"] == forecasting.FARTHEST
