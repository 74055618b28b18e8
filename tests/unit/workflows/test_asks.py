"""What planners complain of elsewhere: only one series works, one odd item stops all, forecast and plan disagree."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from core.workflows import forecasting, planning, viewing
from core.workflows.forecasting import ForecastRequest
from core.workflows.scopes import SKU, Scope
from core.workflows.workspace import Workspace

DAYS = [date(2026, 1, 5) + timedelta(number) for number in range(84)]
ODD = "S129"
LEAD, REVIEW = 10, 7


def _many() -> str:
    """150 steady items, one of which, beyond the hundredth, sells on odd days, twice a day and at odd times."""
    lines = ["order_id,order_date,sku,quantity"]
    for item in range(150):
        name = f"S{item:03d}"
        days = DAYS[3::5] if name == ODD else DAYS
        for number, day in enumerate(days):
            lines += [f"{name}-{number},{day} 10:{number % 60:02d},{name},{2 + (number + item) % 3}"]
            lines += [f"{name}-{number}b,{day} 23:59,{name},1"] if name == ODD else []
    return "\n".join(lines) + "\n"


def test_one_item_of_odd_times_far_down_the_list_keeps_no_other_from_its_forecast(
    imported: Callable[..., Workspace],
) -> None:
    shop = imported(sales=_many())
    made = forecasting.forecast(shop, ForecastRequest("moving_average", horizon=14))
    assert set(made.table["sku"]) == {f"S{item:03d}" for item in range(150)}
    assert made.table.groupby("sku")["mean"].count().unique().tolist() == [14]
    assert (made.table["mean"] >= 0).all()
    # 16 odd days of the 81 since its first sale with about 4 pieces each
    odd = made.table.loc[made.table["sku"] == ODD, "mean"]
    assert 0 < odd.mean() < 2


@pytest.fixture
def shop(imported: Callable[..., Workspace]) -> Workspace:
    """Two items of a supplier whose lead time is certain."""
    sold = [
        (day, sku, 10 * place + number % 3) for number, day in enumerate(DAYS) for place, sku in ((1, "A"), (3, "B"))
    ]
    sales = "".join(f"{day},{sku},{units}\n" for day, sku, units in sold)
    terms = f"supplier,lead_time_days,lead_time_sd_days,review_period_days\nNorth,{LEAD},0,{REVIEW}\n"
    products = "sku,unit_cost,supplier\nA,2,North\nB,2,North\n"
    return imported(sales=f"order_date,sku,quantity\n{sales}", suppliers=terms, products=products)


@pytest.mark.parametrize("horizons", [(42, 60), (60, 42)])
def test_the_plan_orders_for_the_demand_that_the_forecast_page_shows_also_after_the_horizon_changed(
    shop: Workspace, horizons: tuple[int, int]
) -> None:
    for horizon in horizons:
        forecasting.forecast(shop, ForecastRequest("moving_average", horizon=horizon))
        plan = planning.plan(shop, planning.PlanOptions())
        head = viewing.newest(shop)
        assert plan.manifest["forecast_run"] == head.run_id
        for line in plan.lines.itertuples():
            fan = viewing.look(shop, head, Scope(SKU, line.sku)).fan
            assert len(fan.future) == horizon
            assert line.expected_demand == pytest.approx(fan.mean[: LEAD + REVIEW].sum(), rel=0.02)
