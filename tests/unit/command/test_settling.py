"""Uploads and taking them back, settings and exchange rates, and what a planner decides for single SKUs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.command.main import main
from core.store.workspace import Workspace
from core.workflows import settings as settings_workflow

SALES = "Date,SKU,Quantity,Price\n" + "".join(f"2026-01-{day:02d},A1,2,4\n" for day in range(1, 29))
MORE = "Date,SKU,Quantity,Price\n" + "".join(f"2026-02-{day:02d},A1,3,4\n" for day in range(1, 20))


@pytest.fixture(scope="module")
def imported(import_into: Callable[[dict[str, str]], Path]) -> Path:
    return import_into({"jan.csv": SALES, "feb.csv": MORE})


def told(capsys: pytest.CaptureFixture[str], shop: Path, *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    status = main([*arguments, "--workspace", str(shop)])
    heard = capsys.readouterr()
    return status, heard.out or heard.err


def answer(capsys: pytest.CaptureFixture[str], shop: Path, *arguments: str) -> object:
    status, text = told(capsys, shop, *arguments, "--json")
    assert status == 0
    return json.loads(text)


def test_uploads_are_listed_and_taken_back_by_name_or_key(shop, capsys):
    records = answer(capsys, shop, "uploads")
    assert [(each["file_name"], each["loaded"]) for each in records] == [("jan.csv", 28), ("feb.csv", 19)]
    assert answer(capsys, shop, "remove", "feb.csv") == {"removed": records[1]["upload_id"]}
    assert answer(capsys, shop, "remove", records[0]["upload_id"][:12]) == {"removed": records[0]["upload_id"]}
    assert told(capsys, shop, "uploads") == (0, "Nothing was imported yet.\n")


def test_an_upload_that_is_not_clear_is_refused_in_one_sentence(shop, capsys):
    for wanted in ("", "march.csv"):
        status, text = told(capsys, shop, "remove", wanted)
        assert (status, text.count("\n")) == (2, 1)
        assert text.startswith("One upload's file name or the beginning of its key is expected")


def test_settings_and_rates_are_changed_and_the_data_follows(shop, capsys):
    before = answer(capsys, shop, "status")
    changed = answer(
        capsys, shop, "settings", "--set", "country=CN", "--set", "lost_sales=false", "--set", "week_start=6",
        "--rate", "EUR=1.08",
    )  # fmt: skip
    assert (changed["country"], changed["lost_sales"], changed["week_start"]) == ("CN", False, 6)
    assert changed["rates"] == {"EUR": 1.08}
    assert settings_workflow.read(Workspace.open(shop)).country == "CN"
    assert answer(capsys, shop, "status")["units"] == before["units"]
    assert answer(capsys, shop, "settings", "--rate", "EUR=0")["rates"] == {}


WRONG_SETTINGS = [
    (("--set", "colour=red"), "A setting out of currency, week_start"),
    (("--set", "country=Narnia"), "A known country is expected"),
    (("--set", "week_start=1.5"), "A whole number is expected for week_start"),
    (("--set", "service_level=often"), "A number is expected for service_level"),
    (("--set", "service_level=2"), "service_level must lie between 0.5 and 0.9999"),
    (("--set", "lost_sales=perhaps"), "lost_sales is true or false"),
    (("--rate", "EUR=nan"), "A rate above 0 is expected for EUR"),
    (("--rate", "EURO=1"), "A currency of three letters such as EUR is expected"),
]


def test_settings_that_cannot_be_are_refused_and_nothing_changes(shop, capsys):
    before = answer(capsys, shop, "settings")
    for given, said in WRONG_SETTINGS:
        status, text = told(capsys, shop, "settings", *given)
        assert status == 2
        assert text.startswith(said)
    assert answer(capsys, shop, "settings") == before


def test_demand_is_corrected_listed_and_taken_back(shop, capsys):
    before = answer(capsys, shop, "status")["units"]
    rows = answer(capsys, shop, "correct", "A1", "2026-02-10", "12", "--reason", "counted")
    assert rows == [{"sku": "A1", "location": "main", "period": "2026-02-10", "units": 12.0, "reason": "counted"}]
    assert answer(capsys, shop, "correct") == rows
    assert answer(capsys, shop, "status")["units"] == before + 9
    assert answer(capsys, shop, "correct", "A1", "2026-02-10", "--take-back") == []


WRONG_CORRECTIONS = [
    (("A1", "2026-01-05"), "SKU DAY UNITS are expected; 2 arguments were given."),
    (("A1", "5 Jan", "3", "--reason", "x"), "A day such as 2026-03-31 is expected"),
    (("A1", "2026-01-05", "many", "--reason", "x"), "A number of units is expected"),
    (("A1", "2026-01-05", "3"), "A reason is expected"),
]


def test_corrections_that_cannot_be_are_refused(shop, capsys):
    before = answer(capsys, shop, "correct")
    for given, said in WRONG_CORRECTIONS:
        status, text = told(capsys, shop, "correct", *given)
        assert status == 2
        assert text.startswith(said)
    assert answer(capsys, shop, "correct") == before


def test_stock_outs_are_estimated_for_all_or_for_one(shop, capsys):
    assert told(capsys, shop, "stock-outs", "estimate") == (0, "All SKUs without a choice of their own: estimate.\n")
    assert answer(capsys, shop, "stock-outs", "leave", "--sku", "A1") == {"sku": "A1", "choice": "leave"}
    assert answer(capsys, shop, "stock-outs", "as-rule", "--sku", "A1")["choice"] == "as-rule"
    assert told(capsys, shop, "stock-outs", "as-rule")[0] == 2
    assert told(capsys, shop, "stock-outs", "leave", "--sku", "Z")[0] == 2


def test_a_method_is_pinned_listed_and_taken_off(shop, capsys):
    assert told(capsys, shop, "pin") == (0, "No method is pinned.\n")
    assert answer(capsys, shop, "pin", "sku", "A1", "ses") == [{"dimension": "sku", "segment": "A1", "model": "ses"}]
    assert told(capsys, shop, "pin") == (0, "sku A1 is forecast by ses.\n")
    status, text = told(capsys, shop, "pin", "sku", "B7", "ses")
    assert (status, text) == (2, "No series has the sku “B7”. There are A1.\n")
    assert answer(capsys, shop, "pin", "sku", "A1", "--take-off") == []
