"""The shop's currency and the rates of others."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from core.base.currencies import codes, common
from core.base.errors import ParameterError
from core.workflows import datasets, settings
from core.workflows.workspace import Workspace, open_workspace
from tests.uploading import import_files


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return open_workspace(tmp_path / "shop.duckdb")


def sold(shop: Workspace, *currencies: str) -> None:
    text = "Date,SKU,Quantity,Unit price,Currency\n" + "".join(
        f"2026-01-{1 + day:02d},A1,2,10,{currency}\n" for day, currency in enumerate(currencies)
    )
    import_files(shop, sales=text)


@pytest.mark.parametrize(("written", "expected"), [("¥", "CNY"), ("$", "USD"), ("zł", "PLN")])
def test_a_shop_that_chose_no_currency_has_the_one_of_its_files(shop: Workspace, written: str, expected: str) -> None:
    sold(shop, *[written] * 4)
    assert settings.read(shop).currency == expected
    assert datasets.current_dataset(shop).revenue.tolist() == [80.0]


def test_other_settings_leave_an_unchosen_currency_to_the_files(shop: Workspace) -> None:
    assert not settings.write(shop, replace(settings.read(shop), order_cost=5.0))
    sold(shop, *["CNY"] * 4)
    assert settings.read(shop).currency == "CNY"
    settings.write(shop, replace(settings.read(shop), order_cost=6.0))
    assert settings.read(shop).currency == "CNY"
    assert datasets.rebuild(shop).revenue.tolist() == [80.0]


def test_a_chosen_currency_stays_and_prices_in_others_wait_for_a_rate(shop: Workspace) -> None:
    sold(shop, *["CNY"] * 4)
    assert settings.write(shop, replace(settings.read(shop), currency="EUR"))
    assert math.isnan(datasets.rebuild(shop).revenue[0])
    assert settings.write(shop, settings.read(shop), {"cny": 0.125})
    assert datasets.rebuild(shop).revenue.tolist() == [10.0]
    assert settings.rates(shop) == {"CNY": 0.125}
    assert not settings.write(shop, settings.read(shop), {"CNY": 0.125})
    assert settings.write(shop, settings.read(shop), {})
    assert settings.rates(shop) == {}


def test_currencies_of_the_files_come_with_what_is_known_of_them(shop: Workspace) -> None:
    sold(shop, "EUR", "EUR", "£", "CHF")
    settings.write(shop, replace(settings.read(shop), currency="EUR"), {"GBP": 1.25})
    table = settings.currencies_found(shop)
    assert table[["written", "currency", "lines", "money"]].values.tolist() == [
        ["EUR", "EUR", 2, 40.0],
        ["CHF", "CHF", 1, 20.0],
        ["£", "GBP", 1, 20.0],
    ]
    assert table["rate"].tolist()[::2] == [1.0, 1.25]
    assert math.isnan(table["rate"][1])


def test_a_currency_of_the_files_can_be_chosen_though_it_is_rare(shop: Workspace) -> None:
    sold(shop, "ISK", "ISK")
    assert settings.read(shop).currency == "ISK"
    assert settings.offered(shop) == (*settings.CURRENCIES, "ISK")


@pytest.mark.parametrize(("currency", "rate"), [("EURO", 1.0), ("EUR", 0.0), ("EUR", math.inf)])
def test_what_is_no_rate_is_refused(shop: Workspace, currency: str, rate: float) -> None:
    with pytest.raises(ParameterError, match="is expected"):
        settings.write(shop, settings.read(shop), {currency: rate})
    assert settings.rates(shop) == {}


def test_a_sign_of_several_currencies_is_settled_by_what_stands_beside_it() -> None:
    assert codes("¥") == ("CNY", "JPY")
    assert common(["¥", "JPY"], "USD") == "JPY"
    assert common(["EUR", "USD"], "USD") == ""
    assert common(["€"], "USD") == "EUR"
    assert common([], "USD") == ""


def test_rates_are_told_anew_when_the_shops_money_is_another_one(shop: Workspace) -> None:
    settings.write(shop, settings.read(shop), {"EUR": 1.25, "GBP": 1.5})
    settings.write(shop, replace(settings.read(shop), currency="EUR"))
    assert settings.rates(shop) == pytest.approx({"GBP": 1.2, "USD": 0.8})


def test_rates_in_former_money_go_when_nobody_knows_what_that_is_worth(shop: Workspace) -> None:
    settings.write(shop, settings.read(shop), {"GBP": 1.5})
    settings.write(shop, replace(settings.read(shop), currency="EUR"))
    assert settings.rates(shop) == {}
