"""The method behind a forecast, as it was set when the forecast was made."""

from datetime import date, timedelta

from core.store import tuned
from core.store.tuned import Tuned
from core.workflows import fitted_method, forecasting, viewing
from core.workflows.forecasting import ForecastRequest
from core.workflows.scopes import Scope


def test_a_forecast_without_a_comparison_tells_the_settings_its_method_was_tuned_to(imported):
    days = "".join(f"{date(2025, 1, 6) + timedelta(day)},A1,{20 + day % 5}\n" for day in range(60))
    shop = imported(sales="Date,SKU,Quantity\n" + days)
    found = Tuned("ses", {"alpha": 0.35}, 1.0, 0.9, 5, 2, 7, 1.0, complete=True, version="", seen_until="2025-02-01")
    tuned.put(shop, found)
    forecasting.forecast(shop, ForecastRequest("ses", horizon=7))
    tuned.remove(shop, "ses")
    told = fitted_method.learned(shop, viewing.newest(shop), Scope("sku", "A1", "main"), "ses")
    assert told.settings["Smoothing weight"] == 0.35
    assert told.parameters["Weight of the level (α)"] == "0.350"
