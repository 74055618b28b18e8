"""Corrections by hand through the workflow."""

import math
import threading
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from core.base.errors import CancelledError, ParameterError
from core.base.progress import Progress
from core.workflows import adjustments, cleaning, datasets, privacy
from core.workflows.adjustments import Adjustment, adjust, adjust_all, remove_adjustment
from core.workflows.workspace import Workspace
from tests.uploading import import_files

SALES = "Date,SKU,Quantity\n" + "".join(f"2026-01-{day:02d},A1001,{day}\n" for day in range(1, 29) if day % 7 != 4)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, imported_in: Callable[..., Workspace]) -> Workspace:
    """A shop that no test changes."""
    return imported_in(tmp_path_factory.mktemp("shop"), sales=SALES)


@pytest.fixture
def own(imported: Callable[..., Workspace]) -> Workspace:
    return imported(sales=SALES)


def units(shop: Workspace, day: date) -> float:
    panel = datasets.current_dataset(shop).panel
    return float(panel.values[np.flatnonzero(panel.calendar.periods == np.datetime64(day))[0]])


TENTH = date(2026, 1, 10)


def test_a_correction_makes_another_version_and_taking_it_back_the_old_one(own: Workspace) -> None:
    before = datasets.current_dataset(own).version
    changed = adjust(own, "A1001", "main", TENTH, 99.0, "trade fair")
    assert changed.version != before
    assert units(own, TENTH) == 99.0
    assert remove_adjustment(own, "A1001", "main", TENTH).version == before
    assert units(own, TENTH) == 10.0


def test_a_correction_once_stored_counts_even_if_the_user_would_rather_stop(own: Workspace) -> None:
    stop = threading.Event()
    progress = Progress(lambda _step: stop.set(), stop)
    adjust_all(own, [Adjustment("A1001", "main", TENTH, 99.0, "trade fair")], progress)
    assert units(own, TENTH) == 99.0
    with pytest.raises(CancelledError):
        remove_adjustment(own, "A1001", "main", TENTH, progress)
    assert len(adjustments.adjustments(own)) == 1


def test_corrections_are_listed_and_reported_with_their_reason(own: Workspace) -> None:
    adjust(own, "A1001", "main", TENTH, 99.0, "  trade fair ")
    listed = adjustments.adjustments(own)
    assert listed[["sku", "location", "units", "reason"]].to_numpy().tolist() == [["A1001", "main", 99.0, "trade fair"]]
    found = cleaning.findings(own)
    manual = found[found["rule"] == "manual"]
    assert manual[["period", "before_units", "after_units", "reason"]].to_numpy().tolist() == [
        ["2026-01-10", 10.0, 99.0, "trade fair"]
    ]
    assert cleaning.report(own).effects["manual"] == (1, 89.0)


def test_a_later_correction_of_the_same_period_replaces_the_first(own: Workspace) -> None:
    adjust(own, "A1001", "main", TENTH, 99.0, "trade fair")
    adjust(own, "A1001", "main", TENTH, 50.0, "counted again")
    assert units(own, TENTH) == 50.0
    assert len(adjustments.adjustments(own)) == 1


def test_another_reason_for_the_same_figure_is_told_and_leaves_the_version(own: Workspace) -> None:
    before = adjust(own, "A1001", "main", TENTH, 99.0, "trade fair").version
    assert adjust(own, "A1001", "main", TENTH, 99.0, "a wedding").version == before
    found = cleaning.findings(own)
    assert found[found["rule"] == "manual"]["reason"].tolist() == ["a wedding"]


def test_forgetting_who_a_correction_was_for_leaves_the_demand_and_its_version(own: Workspace) -> None:
    before = adjust(own, "A1001", "main", TENTH, 99.0, "wedding of Max Mustermann").version
    assert privacy.forget(own, "max mustermann").words == 1
    assert not datasets.behind(own)
    assert (datasets.current_dataset(own).version, units(own, TENTH)) == (before, 99.0)
    found = cleaning.findings(own)
    assert found[found["rule"] == "manual"]["reason"].tolist() == ["[removed]"]


def test_all_or_none_of_several_are_taken(shop: Workspace) -> None:
    good = Adjustment("A1001", "main", TENTH, 99.0, "trade fair")
    with pytest.raises(ParameterError, match="Z at main is none"):
        adjust_all(shop, [good, Adjustment("Z", "main", TENTH, 1.0, "no")])
    assert len(adjustments.adjustments(shop)) == 0


def test_corrections_survive_another_recipe(own: Workspace) -> None:
    adjust(own, "A1001", "main", TENTH, 20_000.0, "really so many")
    recipe = cleaning.changed(cleaning.active_recipe(own), "outliers_iqr", enabled=True, settings={})
    cleaning.apply(own, recipe)
    assert units(own, TENTH) == 20_000.0


@pytest.mark.parametrize(
    ("sku", "day", "figure", "reason", "message"),
    [
        ("Z", TENTH, 1.0, "x", "Z at main is none. Choose one that has sales"),
        ("A1001", date(2026, 1, 4), 1.0, "x", "A trading day from 1 Jan 2026 .* 4 Jan 2026 was given"),
        ("A1001", date(2025, 12, 31), 1.0, "x", "31 Dec 2025 was given"),
        ("A1001", date(2026, 1, 30), 1.0, "x", "30 Jan 2026 was given"),
        ("A1001", TENTH, -1.0, "x", "0 units or more is expected; -1 was given"),
        ("A1001", TENTH, math.nan, "x", "nan was given"),
        ("A1001", TENTH, 1.0, "  ", "A reason is expected"),
    ],
)
def test_what_cannot_be_is_refused(
    shop: Workspace, sku: str, day: date, figure: float, reason: str, message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        adjust(shop, sku, "main", day, figure, reason)


def test_taking_back_what_is_not_there_is_refused(shop: Workspace) -> None:
    with pytest.raises(ParameterError, match="there is none"):
        remove_adjustment(shop, "A1001", "main", TENTH)


def test_an_unusual_sale_marked_as_an_event_stays_and_reaches_the_methods(own: Workspace) -> None:
    adjust(own, "A1001", "main", date(2026, 1, 2), 2.0, "as imported")
    text = "Date,SKU,Quantity\n" + "".join(
        f"{np.datetime64('2025-06-02') + day},B2002,{150 if day == 60 else 10 + day % 3}\n" for day in range(120)
    )
    import_files(own, more=text)
    recipe = cleaning.changed(
        cleaning.active_recipe(own), "outliers_hampel", enabled=True, settings={"treatment": "mark as event"}
    )
    panel = cleaning.apply(own, recipe).panel
    event = panel.dense(panel.drivers["event:outlier"], fill=0.0)
    row = panel.skus.tolist().index("B2002")
    assert np.argwhere(event == 1).tolist() == [[row, 60]]
    assert panel.dense()[row, 60] == 150.0
    assert "event:outlier" not in panel.future_drivers
