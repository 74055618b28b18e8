"""A last week or month that was told before it was over."""

from datetime import datetime

import pandas as pd
import pytest

from core.store import uploads
from core.workflows import datasets
from core.workflows.workspace import open_workspace
from tests.uploading import import_files


@pytest.mark.parametrize(
    ("first", "step", "last"),
    [
        ("2025-01-06", "7D", "2026-03-02"),  # Mondays: the week from the 9th is not over
        ("2025-01-05", "7D", "2026-03-08"),  # Sundays may be the ends of weeks
        ("2025-01-01", "MS", "2026-02-01"),  # March is not over
        ("2025-01-31", "ME", "2026-02-01"),  # February was told on its last day
    ],
)
def test_of_what_was_loaded_on_the_twelfth_of_march(tmp_path, monkeypatch, first: str, step: str, last: str) -> None:
    monkeypatch.setattr(uploads, "now", lambda: datetime.fromisoformat("2026-03-12 10:00"))
    days = pd.date_range(first, "2026-03-12", freq=step).strftime("%Y-%m-%d")
    shop = open_workspace(tmp_path / "shop.duckdb")
    import_files(shop, sales="Date,SKU,Quantity\n" + "".join(f"{day},A1,7\n" for day in days))
    dataset = datasets.current_dataset(shop)
    assert str(dataset.panel.calendar.last) == last
    assert any("was not over" in note for note in dataset.notes) == (days[-1] in {"2026-03-09", "2026-03-01"})
