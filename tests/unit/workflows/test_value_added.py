"""Which weeks of a change by hand are held against sales, and what sold in its scope."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from core.store.overrides import Override
from core.workflows import value_added

NOVEMBER = datetime(2026, 11, 1, 9, tzinfo=UTC)


def change(**given: object) -> Override:
    values = {
        "override_id": "a",
        "created_at": NOVEMBER,
        "who": "Ada",
        "level": "total",
        "name": "",
        "location": "",
        "first": date(2026, 11, 9),
        "last": date(2026, 11, 22),
        "kind": "percent",
        "value": 20.0,
        "reason": "promotion",
        "comment": "",
        "until": date(2026, 11, 22),
    }
    return Override(**(values | given))


@pytest.mark.parametrize(
    ("made", "taken_back", "held"),
    [
        (NOVEMBER, None, "9999-12-31"),
        (NOVEMBER, NOVEMBER.replace(day=18), "2026-11-18"),
        (NOVEMBER.replace(day=21), NOVEMBER.replace(day=21), "2026-11-09"),
        (NOVEMBER.replace(day=21), NOVEMBER.replace(day=28), "2026-11-16"),
    ],
    ids=["never taken back", "in the second week", "at once, its first week long over by the clock", "a week later"],
)
def test_a_change_holds_until_it_is_taken_back_as_the_data_went(made, taken_back, held) -> None:
    found = value_added._held_until(change(created_at=made, withdrawn_at=taken_back))
    assert found == np.datetime64(held)
