"""No file is read wrongly in silence: short runs of the families that `python -m tests.csv.soak` runs for long."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ingest import dates, numerals
from tests.csv import damage, fuzz, oracle, workbooks

SEED = 20_260


def failed(remarkable) -> list[str]:
    return [f"{number} {how}: {verdict}" for number, how, verdict in remarkable if verdict.kind in oracle.BAD]


def test_no_table_is_read_wrongly_in_silence_and_clean_ones_raise_no_questions() -> None:
    kinds, clean, remarkable = oracle.tally(SEED, range(100))
    assert failed(remarkable) == []
    assert kinds["right"] + kinds["asked"] >= 0.97 * kinds.total()
    assert clean["asked"] <= 0.05 * clean.total()


def test_damage_costs_only_what_it_touches() -> None:
    files = [damage.make_damaged(SEED, number) for number in range(60)]
    verdicts = [damage.judge_damaged(written, content) for written, content, _ in files]
    assert [verdict for verdict in verdicts if verdict.kind in oracle.BAD] == []
    assert sum(verdict.kind == "right" for verdict in verdicts) >= 12


def test_no_workbook_is_read_wrongly_in_silence() -> None:
    kinds, _, remarkable = workbooks.judge_workbooks(SEED, range(20))
    assert failed(remarkable) == []
    assert kinds["right"] >= 18


def test_broken_workbooks_are_read_or_refused_in_one_sentence() -> None:
    kinds = workbooks.judge_broken(SEED, range(20))
    assert kinds["read"] + kinds["refused"] == 20


def test_random_bytes_are_refused_within_two_seconds() -> None:
    kinds, remarkable = fuzz.tally(SEED, range(200))
    assert remarkable == []
    assert kinds.total() == 200


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(number=st.integers(0, 2**31))
def test_any_number_makes_a_file_that_is_not_read_wrongly(number: int) -> None:
    verdict = oracle.judge(oracle.make_case(SEED + 1, number))
    assert verdict.kind not in oracle.BAD, verdict


def test_the_same_number_makes_the_same_file() -> None:
    assert oracle.make_case(1, 7).written.content == oracle.make_case(1, 7).written.content


# An oracle that cannot fail proves nothing: these break the reading on purpose.


@pytest.mark.parametrize("fault", ["a thousandth", "a day", "a dropped row"])
def test_the_oracle_notices_a_wrong_reading(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if fault == "a thousandth":
        right = numerals.parse
        monkeypatch.setattr(numerals, "_QUICK", dict.fromkeys(".,", "^$"))
        monkeypatch.setattr(
            numerals, "parse", lambda text, decimal=".": (n := right(text, decimal)) and n * (1.001 if n > 100 else 1.0)
        )
    elif fault == "a day":
        right_day = dates._dated
        monkeypatch.setattr(dates, "_dated", lambda parts: (d := right_day(parts)) and d + timedelta(days=1))
        monkeypatch.setattr(dates, "_all_iso", lambda _: (None, None))
    else:
        right_convert = oracle.convert

        def forgetful(*arguments, **options):
            done = right_convert(*arguments, **options)
            return replace(done, rows=done.rows.slice(1), records=done.records - 1)

        monkeypatch.setattr(oracle, "convert", forgetful)
    kinds, _, _ = oracle.tally(SEED, range(12))
    assert kinds["silently wrong"] >= 5
