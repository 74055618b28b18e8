"""Requests of two users that differ in what they ask are two jobs."""

import threading
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from core.ingest.mapping import TableMapping
from core.jobs import data, linking
from core.jobs.runner import JobRunner
from core.store.workspace import Workspace
from core.workflows.adjustments import Adjustment
from core.workflows.joining import LinksDone

SECONDS = 10


@pytest.fixture
def runner(tmp_path):
    opened = Workspace.open(tmp_path / "shop.duckdb")
    yield JobRunner.for_workspace(opened)
    opened.close()


@pytest.fixture
def held(monkeypatch):
    """Lets no work begin before the test has asked for everything."""
    leave = threading.Event()

    def wait(*_arguments, **_more):
        leave.wait(SECONDS)
        return LinksDone(0, rebuilt=False, notes=())

    monkeypatch.setattr("core.workflows.adjustments.adjust_all", wait)
    monkeypatch.setattr("core.workflows.joining.import_links", wait)
    monkeypatch.setattr("core.workflows.importing.import_tables", wait)
    return leave


def finish(runner, held, jobs):
    held.set()
    for job in jobs:
        runner.wait(job, SECONDS)
    return len(set(jobs))


def test_two_figures_for_one_period_are_two_corrections(runner, held):
    five = Adjustment("A-17", "main", date(2026, 1, 5), 5.0, "counted")
    wanted = [five, replace(five, units=7.0), replace(five, reason="asked the shop"), five]
    jobs = [data.start_adjustment(runner, None, each) for each in wanted]
    assert finish(runner, held, jobs) == 3
    assert "asked the shop" not in str(runner.view(jobs[2]).request)


def test_two_lists_of_links_with_one_name_are_two_lists(runner, held):
    contents = [b"old_sku,new_sku\nA,B\n", b"old_sku,new_sku\nA,C\n", b"old_sku,new_sku\nA,B\n"]
    jobs = [linking.start_links_file(runner, None, "links.csv", each) for each in contents]
    assert finish(runner, held, jobs) == 2


def test_one_file_read_in_two_ways_is_imported_twice(runner, held):
    preview = SimpleNamespace(content_hash="abc", member="")
    mapping = TableMapping("sales", "own columns", "long", {0: "sold_at", 1: "sku", 2: "quantity"})
    other = replace(mapping, fields={0: "sold_at", 1: "sku", 3: "quantity"})
    decisions = [SimpleNamespace(preview=preview, mapping=each) for each in (mapping, other, mapping)]
    jobs = [data.start_import(runner, None, [each], "append") for each in decisions]
    assert finish(runner, held, jobs) == 2
