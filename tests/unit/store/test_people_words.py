"""Persons named in what users typed: comments, reasons, names and notes go, what they are about stays."""

import json
from datetime import date

import pytest

from core.ingest.privacy_values import REMOVED
from core.store import corrections, like_items, links, overrides, people_words
from core.store.acting import as_user
from core.store.corrections import Adjustment
from core.store.jobs import create_job, finish_job, read_job
from core.store.like_items import LikeItem
from core.store.links import Link
from core.store.overrides import Override
from core.store.people import forget
from core.store.runs import Run, list_runs, save_run
from core.store.workspace import Workspace

PERSON = "Max Mustermann"
NOTE = f"Wedding of {PERSON.upper()}, 40 guests"
DAYS = {"first": date(2026, 1, 5), "last": date(2026, 1, 18), "until": date(2026, 1, 18)}
CHANGE = {"level": "sku", "name": "A", "location": "", "kind": "percent", "value": 20.0, "reason": "promotion"}


@pytest.fixture(autouse=True)
def without_a_key_in_the_environment(monkeypatch):
    monkeypatch.delenv("STOCKCAST_KEY", raising=False)


def change(workspace: Workspace, comment: str, who: str) -> Override:
    with as_user(who):
        made = Override.new(**CHANGE, **DAYS, comment=comment)
        workspace.write(lambda cursor: overrides.add(workspace, cursor, [made]))
    return made


def manifest(workspace: Workspace, kind: str) -> dict:
    return dict(list_runs(workspace, kind)[0].manifest)


def test_a_comment_goes_and_the_change_stays(workspace) -> None:
    change(workspace, NOTE, "Ada")
    change(workspace, "Spring", "Ada")
    assert forget(workspace, " max mustermann ").words == 1
    first, second = overrides.every(workspace)
    assert (first.comment, first.who, first.value, first.withdrawn_at) == (REMOVED, "Ada", 20.0, None)
    assert second.comment == "Spring"


def test_who_made_a_change_took_it_back_and_did_things_is_forgotten(workspace) -> None:
    made = change(workspace, "Spring", PERSON)
    with as_user(PERSON):
        workspace.write(lambda cursor: overrides.withdraw(workspace, cursor, made.override_id))
    # one change, its withdrawal, and the two actions the audit tells
    assert forget(workspace, PERSON).words == 4
    (left,) = overrides.every(workspace)
    assert (left.who, left.withdrawn_by) == (REMOVED, REMOVED)
    with workspace.cursor() as cursor:
        named = cursor.execute("SELECT DISTINCT who FROM audit WHERE action <> 'forget person'").fetchall()
    assert named == [(REMOVED,)]


def test_reasons_of_corrections_links_and_like_items_go(workspace) -> None:
    corrections.put_adjustments(workspace, [Adjustment("A", "main", date(2026, 1, 5), 7.0, NOTE)])
    links.put_links(workspace, [Link("A-old", "A", 2.0, NOTE)])
    like_items.put_like_items(workspace, [LikeItem("N", "A", 0.5, NOTE)])
    assert forget(workspace, PERSON).words == 3
    adjusted = corrections.adjustments(workspace).to_pylist()[0]
    assert (adjusted["units"], adjusted["reason"]) == (7.0, REMOVED)
    assert links.links(workspace)[["old_sku", "factor", "reason"]].to_numpy().tolist() == [["A-old", 2.0, REMOVED]]
    assert like_items.like_items(workspace)[["sku", "multiplier", "reason"]].to_numpy().tolist() == [
        ["N", 0.5, REMOVED]
    ]


def test_copies_in_runs_go_and_names_and_notes_of_scenarios(workspace) -> None:
    told = {"override_id": "x", "comment": NOTE, "who": PERSON, "before": 1.0, "after": 1.2}
    save_run(workspace, Run("forecast", "v", {"overrides": [told, told | {"comment": "", "who": "Ada"}]}, 1.0), {})
    played = {"name": f"for {PERSON}", "note": NOTE, "values": {"demand": 1.1}}
    save_run(workspace, Run("simulate", "v", {"scenario": played}, 1.0), {})
    assert forget(workspace, PERSON).words == 2
    first, second = manifest(workspace, "forecast")["overrides"]
    assert first == {"override_id": "x", "comment": REMOVED, "who": REMOVED, "before": 1.0, "after": 1.2}
    assert (second["comment"], second["who"]) == ("", "Ada")
    assert manifest(workspace, "simulate")["scenario"] == played | {"name": REMOVED, "note": REMOVED}


def test_what_jobs_said_goes(workspace) -> None:
    create_job(workspace, "j", "import", "{}")
    finish_job(workspace, "j", "failed", fraction=1.0, message=f"“{PERSON}” is no location.")
    assert forget(workspace, PERSON).words == 1
    ended = read_job(workspace, "j")
    assert ended is not None
    assert (ended.status, ended.message) == ("failed", REMOVED)


def test_findings_repeat_the_reason_of_a_correction_no_longer(workspace) -> None:
    with workspace.cursor() as cursor:
        for rule in ("manual", "returns"):
            values = ["v", rule, "A", "main", "2026-01-05", 1.0, 7.0, NOTE, "", 1]
            cursor.execute("INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    forget(workspace, PERSON)
    with workspace.cursor() as cursor:
        found = cursor.execute("SELECT rule, reason FROM findings ORDER BY rule").fetchall()
    assert found == [("manual", REMOVED), ("returns", NOTE)]


def test_no_trace_is_left_in_the_file(workspace) -> None:
    change(workspace, NOTE, PERSON)
    forget(workspace, PERSON)
    raw = workspace.path.read_bytes().lower()
    assert b"mustermann" not in raw


@pytest.mark.parametrize("text", ["100%_x'; DROP TABLE runs", "a.b+c@example.com", "张三的电话号码"])
def test_signs_of_patterns_and_statements_are_letters_like_others(workspace, text: str) -> None:
    change(workspace, f"for {text}", "Ada")
    change(workspace, "100 for a.bbc@example.com and 张三", "Ada")
    assert forget(workspace, text).words == 1
    assert [each.comment == REMOVED for each in overrides.every(workspace)] == [True, False]


def test_what_is_too_short_to_tell_a_person_is_not_searched_for_and_that_is_said(workspace) -> None:
    change(workspace, "C4 fair", "Ada")
    done = forget(workspace, "C4")
    assert (done.words, done.searched) == (0, False)
    assert overrides.every(workspace)[0].comment == "C4 fair"


def test_every_column_of_words_is_known(workspace) -> None:
    """A text column that a migration adds is typed by users, or named here as one that is not."""
    others = {
        "settings": {"name", "value"}, "uploads": ..., "quarantine": ..., "sales_lines": ..., "stock_levels": ...,
        "products": ..., "supply_terms": ..., "purchase_orders": ..., "drivers": ..., "stock_movements": ...,
        "recipes": ..., "dataset_versions": ..., "demand": ..., "findings": ..., "runs": ..., "leaderboard": ...,
        "series_errors": ..., "champions": ..., "backtest_points": ..., "forecasts": ..., "group_forecasts": ...,
        "segments": ..., "plan_lines": ..., "exchange_rates": ..., "saved_mappings": ..., "stock_out_choices": ...,
        "override_effects": ..., "schema_versions": ...,
        "jobs": {"job_id", "kind", "status", "stage", "request", "run_id"}, "audit": {"action"},
        "sku_links": {"old_sku", "new_sku"}, "adjustments": {"sku", "location"}, "like_items": {"sku", "like_sku"},
        "overrides": {"override_id", "level", "name", "location", "kind", "reason"},
    }  # fmt: skip
    typed = set(people_words.TYPED)
    with workspace.cursor() as cursor:
        columns = cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE data_type = 'VARCHAR'"
        ).fetchall()
    known = {
        (table, column) for table, column in columns if others.get(table) is ... or column in others.get(table, ())
    }
    assert set(columns) - known == typed


def test_the_audit_tells_how_much_went_and_not_whose(workspace) -> None:
    change(workspace, NOTE, "Ada")
    forget(workspace, PERSON)
    with workspace.cursor() as cursor:
        told = cursor.execute("SELECT detail FROM audit WHERE action = 'forget person'").fetchall()
    assert told == [("0 sales lines, 0 lines set aside, 1 texts, 0 files",)]
    assert PERSON.lower() not in json.dumps(told).lower()
