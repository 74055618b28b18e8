"""A forecast held against the year before."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from core.base.calendar import Frequency, regular
from core.series.panel import from_dense
from core.workflows import comparing, comparing_tables, decomposing, forecasting, like_items, newcomers, viewing
from core.workflows.comparing import CompareRequest
from core.workflows.forecasting import ForecastRequest
from core.workflows.scopes import SKU, Scope
from core.workflows.workspace import Workspace

FIRST = date(2024, 1, 1)
SKUS = ("FULL", "EMPTY")


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


def test_what_orders_reckon_with_is_the_mean_of_the_paths_they_are_computed_from(imported) -> None:
    weeks = [(FIRST + timedelta(7 * week), week) for week in range(60)]
    lines = [f"{day},STEADY,{40 + week % 2}\n{day},QUIET,{9 * (week % 4 == 0 and week < 40)}\n" for day, week in weeks]
    shop = imported(sales="Date,SKU,Quantity\n" + "".join(lines))
    forecasting.forecast(shop, ForecastRequest("ses", horizon=8))
    head = viewing.newest(shop)
    drawn = {sku: viewing.look(shop, head, Scope(SKU, sku)).whole.drawn for sku in ("STEADY", "QUIET")}
    for sku, units in drawn.items():
        paths = forecasting.stored_paths(shop, head.run_id, [sku])
        assert units == pytest.approx(paths.units.sum(axis=(1, 2)).mean())
    assert viewing.look(shop, head, Scope()).whole.drawn == pytest.approx(sum(drawn.values()))


def test_nothing_is_told_of_the_past_where_only_some_series_were_compared_with_their_method(imported, monkeypatch):
    weeks = [(FIRST + timedelta(7 * week), week) for week in range(104)]
    lines = [f"{day},STEADY,{40 + week % 2}\n{day},RARE,{30 * (week % 3 == 0)}\n" for day, week in weeks]
    shop = imported(sales="Date,SKU,Quantity\n" + "".join(lines))
    # as of a large shop: only what the champions of the demand classes said is kept
    monkeypatch.setattr(comparing_tables, "POINTS_KEPT", 0)
    chosen = np.array(["croston", "ses"], dtype=object), np.array(["for this test"] * 2, dtype=object)
    monkeypatch.setattr(comparing, "_champions", lambda *_: chosen)
    assert comparing.compare(shop, CompareRequest(("ses", "croston"), folds=2)).champions["sku"].tolist()[1] == "STEADY"
    forecasting.forecast(shop, ForecastRequest("ses", horizon=8))
    head = viewing.newest(shop)
    alone = viewing.look(shop, head, Scope(SKU, "STEADY"))
    assert alone.wape is not None
    assert alone.fan.earlier
    together = viewing.look(shop, head, Scope())
    assert (together.wape, together.fan.earlier) == (None, {})


def test_what_is_forecast_like_another_item_is_not_taken_apart_as_its_own_method_would(imported):
    old = "".join(f"{FIRST + timedelta(7 * week)},OLD,{200 + 9 * (week % 2)}\n" for week in range(60))
    young = "".join(f"{FIRST + timedelta(7 * week)},NEW,5\n" for week in range(56, 60))
    shop = imported(sales="Date,SKU,Quantity\n" + old + young)
    methods = []
    for _time in ("by itself", "like another"):
        forecasting.forecast(shop, ForecastRequest("ses", horizon=8))
        head, scope = viewing.newest(shop), Scope(SKU, "NEW", "main")
        methods.append(decomposing.breakdown(shop, head, scope, viewing.look(shop, head, scope)).method)
        like_items.choose(shop, "NEW", "OLD")
    assert methods == ["ses", ""]


def test_what_could_not_be_sold_is_no_error_of_the_forecast(imported):
    days = [FIRST + timedelta(day) for day in range(60)]
    lines = "".join(f"{day},FULL,10\n" for day in days) + "".join(f"{day},EMPTY,10\n" for day in days[:40])
    stock = "".join(f"{day},{sku},{0 if sku == 'EMPTY' and day >= days[40] else 50}\n" for day in days for sku in SKUS)
    shop = imported(sales="Date,SKU,Quantity\n" + lines, stock="Date,SKU,On hand\n" + stock)
    comparing.compare(shop, CompareRequest(("ses", "seasonal_naive"), horizon=7, folds=2))
    forecasting.forecast(shop, ForecastRequest("ses", horizon=7))
    whole = viewing.look(shop, viewing.newest(shop), Scope())
    assert whole.fan.earlier["Simple exponential smoothing"][1][0] > 14
    assert whole.wape == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize(("n_shops", "hidden"), [(12, False), (3, True), (1, True)])
def test_a_sku_of_many_shops_is_out_of_stock_where_that_took_much_of_its_demand(n_shops, hidden):
    empty = np.zeros((n_shops, 30), bool)
    empty[0, 10:20] = True
    values, shops = np.where(empty, 0.0, 5.0), [f"shop {number}" for number in range(n_shops)]
    days = regular(Frequency.DAY, "2024-01-01", 30)
    panel = from_dense(values, days, ["A"] * n_shops, locations=shops, censored=empty)
    history, short = viewing._history(panel, np.ones(n_shops, bool), single=True)
    assert history.tolist() == values.sum(axis=0).tolist()
    assert short.tolist() == (empty[0] & hidden).tolist()


def test_a_new_item_that_never_sold_is_looked_at_like_any_other(imported) -> None:
    days = [FIRST + timedelta(day) for day in range(120)]
    sales = "Date,SKU,Quantity,Price\n" + "".join(f"{day},OLD,{20 + 9 * (day.weekday() > 4)},5\n" for day in days)
    products = "SKU,Name,Category\nOLD,Old mug,Mugs\nNEW,New mug,Mugs\nLEAF,Tea,Tea\n"
    shop = imported(sales=sales + "".join(f"{day},LEAF,3,2\n" for day in days), products=products)
    like_items.choose(shop, "NEW", "OLD", 0.5)
    forecasting.forecast(shop, ForecastRequest("ses", horizon=14))
    head, scope = viewing.newest(shop), Scope(SKU, "NEW")
    assert viewing.choices(shop).skus == ("LEAF", "OLD")
    choices = viewing.choices(shop, with_new=True)
    assert (choices.skus, choices.names["NEW"], choices.places["NEW"]) == (("LEAF", "NEW", "OLD"), "New mug", ("main",))
    assert choices.index.find("mug", "Mugs") == ["NEW", "OLD"]
    new, old = (viewing.look(shop, head, Scope(SKU, sku)) for sku in ("NEW", "OLD"))
    assert new.whole.mean == pytest.approx(0.5 * old.whole.mean, rel=0.02)
    assert np.isnan(new.fan.history).all()
    assert (new.whole.last_year, new.wape, new.n_series) == (None, None, 1)
    assert np.nansum(list(decomposing.shares(decomposing.breakdown(shop, head, scope, new)).values())) > 0
    mugs = viewing.look(shop, head, Scope("category", "Mugs"))
    assert mugs.n_series == 2
    assert mugs.whole.mean == pytest.approx(new.whole.mean + old.whole.mean)


def test_planned_promotions_and_events_are_shown_as_far_as_the_forecast_reaches(imported) -> None:
    days = [FIRST + timedelta(day) for day in range(100)]
    late = [days[-1] + timedelta(ahead) for ahead in (10, 390, 410)]
    told = "Date,SKU,Promotion,Event\n" + "".join(f"{day},A1,1,Big day\n" for day in [days[30], *late])
    shop = imported(sales="Date,SKU,Quantity\n" + "".join(f"{day},A1,9\n" for day in days), promotions=told)
    forecasting.forecast(shop, ForecastRequest("linear_regression", horizon=400))
    head, scope = viewing.newest(shop), Scope(SKU, "A1")
    view = viewing.look(shop, head, scope)
    assert view.fan.promotions.astype(date).tolist() == [days[30], *late[:2]]
    found = decomposing.breakdown(shop, head, scope, view)
    flags = decomposing.event_flags(newcomers.planned(shop, np.ones(1, bool), 400), found.periods)
    assert {name: int(flag.sum()) for name, flag in flags.items()} == {"promotion": 3, "event:Big day": 3}
