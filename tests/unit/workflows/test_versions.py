"""What two forecasts were asked differently."""

from datetime import UTC, datetime

import pytest

from core.report import tables_versions
from core.workflows import versions
from core.workflows.viewing import Head


def made(like: list[dict], settings: dict | None = None) -> Head:
    manifest = {"request": {"model": "best"}, "like_items": like, "settings": settings}
    return Head("run", "data", manifest, datetime(2026, 3, 1, tzinfo=UTC), 1.0, True)


def like(multiplier: float, location: str = "north") -> dict:
    return {"sku": "C1", "location": location, "like_sku": "A1", "multiplier": multiplier, "own_weight": 0.0}


@pytest.mark.parametrize(("before", "earlier"), [([], "–"), ([like(2.0)], "C1 = 2 × A1")])
def test_a_new_item_forecast_like_another_one_is_told(before: list[dict], earlier: str) -> None:
    (told,) = versions.differences(made([like(0.5), like(0.5, "south")]), made(before))
    table = tables_versions.differences([told], {})
    assert table.to_numpy().tolist() == [["New items forecast like others", earlier, "C1 = 0.5 × A1"]]


@pytest.mark.parametrize("before", [None, {}])
def test_settings_that_a_method_was_given_in_between_are_told(before: dict | None) -> None:
    new = {"ses": {"alpha": 0.35}, "ets": {"straight_trend": True, "season": "none"}}
    (told,) = versions.differences(made([], new), made([], before))
    table = tables_versions.differences([told], {})
    said = "ets: season = none, ets: straight_trend = True, ses: alpha = 0.35"
    assert table.to_numpy().tolist() == [["Settings of methods", "–", said]]


def test_the_same_question_is_told_to_be_the_same() -> None:
    assert versions.differences(made([like(2.0)], {}), made([like(2.0)])) == ()
