import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.base.columns import PROMOTION
from core.jobs import work
from core.report.numbers import number
from core.workflows import forecasting, like_items, scopes, viewing
from core.workflows.forecasting import ForecastRequest
from core.workflows.scopes import Scope
from core.workflows.viewing import Outlook
from pages.ui import downloads, forecast_parts, forecast_view
from tests.pages.reading import metrics, texts
from tests.pages.shops import prepared
from tests.uploading import import_files


@pytest.mark.usefixtures("empty_shop")
def test_an_empty_shop_is_sent_to_the_upload(page):
    at = page("forecast")
    assert not at.exception
    assert "There is no sales history yet" in texts(at.markdown)


@pytest.mark.usefixtures("compared_shop")
def test_without_a_forecast_the_page_says_how_to_make_one(page):
    at = page("forecast")
    assert not at.exception
    assert "There is no forecast yet" in texts(at.info)


def test_making_a_forecast_by_one_method(compared_shop, page, finished):
    at = page("forecast")
    at.selectbox(key="forecast-model").set_value("moving_average")
    at.number_input(key="forecast-horizon").set_value(14)
    at.button(key="FormSubmitter:forecast-Make forecast").click().run()
    assert not at.exception
    finished(compared_shop)
    assert not at.run().exception
    run = forecasting.required(compared_shop)
    assert run.manifest["models"] == {"moving_average": 12}
    assert run.manifest["horizon"] == 14
    assert "Until 12 Jan 2026" in metrics(at)


def test_the_whole_shop_is_the_sum_of_its_series(planned_shop, page):
    at = page("forecast")
    assert not at.exception
    table = forecasting.required(planned_shop).table
    near = table[table["period"] < table["period"].min() + np.timedelta64(28, "D")]
    assert metrics(at)["Next four weeks"] == f"{number(near['mean'].sum())} units"


def test_a_link_opens_one_sku(planned_shop, page):
    at = page("forecast", sku="SKU-05")
    assert not at.exception
    view = viewing.look(planned_shop, viewing.newest(planned_shop), Scope(scopes.SKU, "SKU-05"))
    assert metrics(at)["Next four weeks"] == f"{number(view.near.mean)} units"
    assert at.query_params["sku"] == "SKU-05"


@pytest.mark.usefixtures("planned_shop")
def test_the_address_follows_the_choice(page):
    at = page("forecast")
    at.segmented_control(key="forecast-level").set_value("category").run()
    at.selectbox(key="forecast-name-category").set_value("Kitchen").run()
    assert not at.exception
    assert {key: at.query_params[key] for key in ("level", "name")} == {"level": "category", "name": "Kitchen"}
    at.segmented_control(key="forecast-level").set_value("total").run()
    assert "level" not in at.query_params


@pytest.mark.usefixtures("planned_shop")
def test_an_address_that_names_no_sku_shows_the_whole_shop(page):
    at = page("forecast", sku="NOT-THERE")
    assert not at.exception
    assert at.segmented_control(key="forecast-level").value == "total"


def place_of_a_sku():
    """The picker of a SKU and its location, of SKUs that are sold at different ones."""
    import streamlit as st

    from core.workflows.scopes import SKU, SkuIndex
    from core.workflows.viewing import Choices
    from pages.ui import forecast_scope

    skus, places = ("A", "B"), {"A": ("north", "south"), "B": ("south", "west")}
    choices = Choices((), (), skus, {"A": "A", "B": "B"}, places, "day", SkuIndex(skus, ("a", "b"), {}))
    st.write("At:", forecast_scope._named(SKU, {SKU: ("SKU", skus)}, choices).location)


@pytest.mark.usefixtures("empty_shop")
def test_the_location_shown_is_the_one_looked_at_once_the_sku_is_not_sold_at_the_former_one():
    at = AppTest.from_function(place_of_a_sku).run()
    at.selectbox(key="forecast-place").set_value("north").run()
    assert at.markdown[0].value == "At: north"
    at.selectbox(key="forecast-name-sku").set_value("B").run()
    assert at.markdown[0].value.strip() == "At:"
    # the browser goes on showing the former location unless it is told of the new one
    assert at.selectbox(key="forecast-place").proto.set_value


@pytest.mark.usefixtures("planned_shop")
def test_the_numbers_are_shown_when_asked_for(page):
    at = page("forecast", sku="SKU-05")
    assert not at.dataframe
    at.toggle(key="numbers").set_value(True).run()
    shown = at.dataframe[0]
    assert len(shown.value) == 42
    assert shown.value["Expected units"].equals(shown.value["Expected units"].round(1))
    assert "%.1f" not in shown.proto.columns  # that would leave thousands unseparated


def test_last_year_is_blank_when_the_history_is_shorter(planned_shop, page):
    at = page("forecast")
    assert metrics(at)["Same weeks last year"] == "–"
    assert planned_shop is not None


def test_a_forecast_of_older_data_is_marked_and_still_shown(planned_shop, page):
    extra = b"order_id,order_date,sku,product_name,quantity,unit_price\nn1,2025-12-29,SKU-01,Item SKU-01,3,4.50\n"
    import_files(planned_shop, more=extra)
    at = page("forecast")
    assert not at.exception
    assert "made from older data" in texts(at.warning)
    assert metrics(at)["Next four weeks"] != "–"


def test_a_refused_forecast_ends_with_its_sentence(planned_shop, page, finished):
    from core.jobs.runner import JobRunner

    request = forecasting.ForecastRequest(horizon=5_000)
    at = page("forecast")
    at.session_state["forecast-job-id"] = work.start_forecast(
        JobRunner.for_workspace(planned_shop), planned_shop, request
    )
    finished(planned_shop)
    at.run()
    assert not at.exception
    assert "Forecast horizon must lie between 1 and 730 periods; 5000 was given." in texts(at.error)


def test_the_sum_has_the_range_of_the_summed_paths_not_of_the_summed_quantiles(planned_shop):
    head = viewing.newest(planned_shop)
    view = viewing.look(planned_shop, head, Scope(scopes.SKU, "SKU-05"))
    paths = forecasting.stored_paths(planned_shop, head.run_id, ["SKU-05"]).units[:, 0].sum(axis=1)
    assert (view.whole.low, view.whole.high) == pytest.approx(tuple(np.quantile(paths, (0.1, 0.9))))
    assert view.whole.high < view.fan.quantiles[0.9].sum()


def test_what_is_forecast_for_some_days_only_is_not_called_four_weeks(planned_shop, page):
    forecasting.forecast(planned_shop, ForecastRequest("moving_average", horizon=10))
    shown = metrics(page("forecast"))
    assert list(shown)[:2] == ["Until 8 Jan 2026", "Same time last year"]
    total = viewing.look(planned_shop, viewing.newest(planned_shop), Scope()).fan.mean.sum()
    assert shown["Until 8 Jan 2026"] == f"{number(total)} units"


def test_a_range_of_millions_is_short_on_its_card_and_whole_in_its_help():
    sums = {"mean": 2_280_597.0, "low": 1_741_609.0, "high": 2_827_311.0}
    sums |= {"drawn": None, "last_year": None, "growth": None}
    card = forecast_view._expected("", Outlook(np.datetime64("2012-03-08"), 77, **sums))
    assert card.note == "80 % range 1.7M to 2.8M"
    assert "80 % range 1,741,609 to 2,827,311." in card.help
    few = forecast_view._expected(
        "", Outlook(np.datetime64("2012-03-08"), 77, **sums | {"mean": 9.5, "low": 7.0, "high": 12.0})
    )
    assert few.note == "80 % range 7.0 to 12.0"


@pytest.mark.parametrize(("drawn", "told"), [(149.4, True), (10.9, False), (None, False)])
def test_orders_that_reckon_with_other_units_than_the_line_are_told(drawn, told):
    def script(units):
        import numpy as np

        from core.workflows.viewing import Outlook
        from pages.ui import forecast_view

        forecast_view._reckoned(Outlook(np.datetime64("2026-03-08"), 7, 10.0, 0.0, 619.0, units, None, None))

    captions = [each.value for each in AppTest.from_function(script, args=(drawn,)).run().caption]
    said = ["Orders reckon with 149 units until 8 Mar 2026, not 10: " in each for each in captions]
    assert said == [True] * told


def test_an_item_past_its_end_of_sale_says_so_beside_its_zeros(imported_shop, page):
    import_files(imported_shop, products=b"sku,product_name,category,end of sale\nSKU-05,Item,Kitchen,2025-12-01\n")
    forecasting.forecast(imported_shop, ForecastRequest("moving_average", horizon=28))
    at = page("forecast", sku="SKU-05")
    assert metrics(at)["Next four weeks"] == "0 units"
    assert "Past its end of sale, 1 Dec 2025: nothing is expected any more." in texts(at.caption)


@pytest.mark.usefixtures("planned_shop")
def test_the_web_page_of_charts_names_a_sku_as_it_is_written(page, monkeypatch):
    offered = {}
    monkeypatch.setattr(downloads, "offer", lambda *_name, **given: offered.update(given))
    assert not page("forecast", sku="SKU-05").exception
    assert next(iter(offered["figures"]())) == "SKU-05"


def test_levels_agree(planned_shop):
    head = viewing.newest(planned_shop)
    total = viewing.look(planned_shop, head, Scope())
    parts = [viewing.look(planned_shop, head, Scope(scopes.CATEGORY, name)) for name in ("Garden", "Kitchen")]
    assert total.fan.mean == pytest.approx(sum(part.fan.mean for part in parts))
    assert total.fan.history == pytest.approx(np.sum([part.fan.history for part in parts], axis=0))
    assert total.n_series == sum(part.n_series for part in parts)


def test_past_forecasts_break_between_origins_and_give_the_error(planned_shop):
    view = viewing.look(planned_shop, viewing.newest(planned_shop), Scope(scopes.SKU, "SKU-05"))
    periods, mean = next(iter(view.fan.earlier.values()))
    assert np.isnan(mean).sum() == 1
    known = ~np.isnan(mean)
    actual = view.fan.history[np.searchsorted(view.fan.periods, periods[known])]
    assert view.wape == pytest.approx(np.abs(mean[known] - actual).sum() / actual.sum())


def closer(at, view: str):
    return at.segmented_control(key="closer").set_value(view).run()


def test_the_parts_of_a_series_add_up_to_history_and_forecast(planned_shop):
    from core.workflows import decomposing

    head, scope = viewing.newest(planned_shop), Scope(scopes.SKU, "SKU-05")
    view = viewing.look(planned_shop, head, scope)
    found = decomposing.breakdown(planned_shop, head, scope, view)
    parts = found.parts
    total = parts.level + parts.season + sum(parts.effects.values()) + parts.remainder
    known = ~np.isnan(total)
    assert found.method in view.models
    assert known.sum() >= len(found.units) - 1
    assert total[known] == pytest.approx(found.units[known])
    assert parts.remainder[found.n_known :] == pytest.approx(0.0, abs=1e-9)


def test_the_whole_shop_is_decomposed_classically(planned_shop):
    from core.workflows import decomposing

    head = viewing.newest(planned_shop)
    view = viewing.look(planned_shop, head, Scope())
    found = decomposing.breakdown(planned_shop, head, Scope(), view)
    assert found.method == ""
    assert sum(decomposing.shares(found).values()) == pytest.approx(view.fan.mean.sum())


def test_an_earlier_forecast_can_be_held_against_the_newest(planned_shop, page):
    forecasting.forecast(planned_shop, forecasting.ForecastRequest(model="moving_average", horizon=21))
    at = closer(page("forecast"), "versions")
    assert not at.exception
    table = forecasting.latest(planned_shop).table
    assert metrics(at)["Newer forecast"] == f"{number(table['mean'].sum())} units"
    asked = next(each.value for each in at.dataframe if "Earlier" in each.value.columns)
    assert "Horizon, calendar periods" in asked["What"].tolist()
    movers = next(each.value for each in at.dataframe if "Change, units" in each.value.columns)
    assert len(movers) == 12
    assert movers["Change, units"].abs().is_monotonic_decreasing


@pytest.mark.usefixtures("planned_shop")
def test_the_only_forecast_says_that_there_is_none_to_compare_with(page):
    at = closer(page("forecast"), "versions")
    assert not at.exception
    assert "the only forecast so far" in texts(at.info)


@pytest.mark.usefixtures("planned_shop")
def test_the_card_of_a_method_tells_what_it_learned_for_the_series(page):
    at = closer(page("forecast", sku="SKU-05"), "method")
    assert not at.exception
    assert "When it fails" in texts(at.markdown)


@pytest.mark.usefixtures("planned_shop")
def test_the_exact_fit_of_one_series_is_shown_when_asked_for(page):
    at = closer(page("forecast", sku="SKU-05"), "method")
    at.toggle(key="forecast-exact").set_value(True).run()
    assert not at.exception
    assert "Ljung–Box" in texts(at.markdown)
    assert "SARIMAX Results" in texts(at.code)


@pytest.mark.usefixtures("planned_shop")
def test_the_year_before_is_missing_in_a_short_history_and_nothing_breaks(page):
    at = closer(page("forecast"), "year")
    assert not at.exception
    assert "52 weeks earlier" in texts(at.caption)


def test_weeks_are_set_beside_those_of_the_year_before():
    from core.base.calendar import Frequency
    from core.charts.demand import FanData
    from core.workflows.decomposing import year_over_year

    days = np.datetime64("2025-01-01") + np.arange(400)
    ahead = days[-1] + np.arange(1, 15)
    fan = FanData(days, np.arange(400.0), np.zeros(400, bool), ahead, np.full(14, 2.0), {})
    found = year_over_year(fan, Frequency.DAY)
    assert found.sold[51] == np.arange(393, 400).sum()
    assert np.isnan(found.sold[52:]).all()
    assert found.expected[52:].tolist() == [14.0, 14.0]
    assert found.before[51] == np.arange(393 - 364, 400 - 364).sum()


def test_a_wide_table_has_a_row_per_series_and_a_column_per_period(planned_shop):
    from core.report import tables_forecast
    from core.workflows import comparing

    whole = viewing.export_table(planned_shop, viewing.newest(planned_shop))
    wide = tables_forecast.by_period(whole, comparing.labels())
    assert wide.shape == (12, 3 + 42)
    assert wide.iloc[:, 3:].to_numpy().sum() == pytest.approx(whole["mean"].sum())


@pytest.mark.usefixtures("planned_shop")
def test_items_with_enough_history_need_no_other_to_sell_like(page):
    at = page("forecast")
    at.toggle(key="new-items-open").set_value(True).run()
    assert not at.exception
    assert not at.error


def test_a_fit_without_residuals_has_not_left_structure_unexplained():
    from pages.ui.forecast_method import verdict

    assert "nothing left to explain" in verdict(float("nan"))
    assert "noise" in verdict(0.05)
    assert "still hold structure" in verdict(0.049)


@pytest.mark.parametrize(("p_value", "told"), [(0.0004, "< 0.001"), (0.001, "= 0.001"), (0.2, "= 0.200")])
def test_a_chance_is_never_written_as_none_at_all(p_value, told):
    from pages.ui.forecast_method import probability

    assert probability(p_value) == told


def test_a_new_item_without_a_name_goes_by_its_code(imported_shop, page):
    import_files(imported_shop, products=b"sku,category\nSKU-99,Kitchen\n")
    at = page("forecast")
    at.toggle(key="new-items-open").set_value(True).run()
    assert at.selectbox(key="new-item").options == ["SKU-99 (0 periods known)"]


def test_what_was_chosen_for_a_new_item_is_shown_and_kept(imported_shop, page):
    import_files(imported_shop, products=b"sku,product_name,category\nSKU-99,Item SKU-99,Kitchen\n")
    third = like_items.proposals(imported_shop, "SKU-99")["like_sku"].iloc[2]
    like_items.choose(imported_shop, "SKU-99", third, 0.5, "smaller shelf")
    at = page("forecast")
    at.toggle(key="new-items-open").set_value(True).run()
    at.selectbox(key="new-item").set_value("SKU-99").run()
    assert not at.exception
    assert at.number_input(key="new-times-SKU-99").value == 0.5
    at.button(key="new-keep").click().run()
    (kept,) = like_items.like_items(imported_shop)[["like_sku", "multiplier", "reason"]].to_numpy().tolist()
    assert kept == [third, 0.5, "smaller shelf"]


def _with_a_new_item(workspace):
    import_files(workspace, products=b"sku,product_name,category\nSKU-99,Item SKU-99,Kitchen\n")
    like_items.choose(workspace, "SKU-99", like_items.proposals(workspace, "SKU-99")["like_sku"].iloc[0])
    forecasting.forecast(workspace, ForecastRequest("moving_average", horizon=28))


@pytest.fixture
def renewed_shop(opened, templates, imported_template):
    """The small shop with an item that never sold, and its forecast."""
    return opened(prepared(templates / "renewed", imported_template, _with_a_new_item))


@pytest.mark.parametrize("view", ["parts", "year", "changes", "versions", "method"])
def test_a_new_item_that_never_sold_can_be_chosen(renewed_shop, page, view):
    at = closer(page("forecast", sku="SKU-99"), view)
    assert not at.exception
    assert not at.error
    assert at.selectbox(key="forecast-name-sku").value == "SKU-99"
    table = forecasting.required(renewed_shop).table
    assert metrics(at)["Next four weeks"] == f"{number(table.loc[table['sku'] == 'SKU-99', 'mean'].sum())} units"


@pytest.mark.parametrize(("name", "said"), [(PROMOTION, "Promotion"), ("event:black_friday", "Black friday")])
def test_an_effect_is_called_by_its_own_name_and_promotions_by_theirs(name, said):
    assert forecast_parts.effect_label(name) == said
