"""Figures and times as the reader writes them."""

from datetime import UTC, datetime

import pytest

from core.report.numbers import local, minute


@pytest.mark.usefixtures("shanghai")
def test_a_time_of_the_store_is_told_by_the_clock_on_the_wall():
    stored = datetime(2026, 11, 21, 18, 30, tzinfo=UTC).replace(tzinfo=None)
    assert local(stored).isoformat() == "2026-11-22T02:30:00"
    assert minute(stored) == "22 Nov 2026 02:30"
