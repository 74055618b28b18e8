"""Requests of two users that differ in what they ask are two jobs."""

import threading
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pyarrow as pa
import pytest

from core.ingest.mapping import TableMapping
from core.jobs import data, linking, work
from core.jobs.runner import JobRunner
from core.store.datasets import DatasetVersion, save_version
from core.store.runs import Run, save_run
from core.store.settings import Settings, write_settings
from core.store.workspace import Workspace
from core.workflows.adjustments import Adjustment
from core.workflows.comparing import CompareRequest
from core.workflows.joining import Link, LinksDone
from core.workflows.planning import PlanOptions

SECONDS = 10


NO_DEMAND = pa.table({name: pa.array([], pa.string()) for name in ("sku", "location")})


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace.open(tmp_path / "shop.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def runner(workspace):
    return JobRunner.for_workspace(workspace)


@pytest.fixture
def held(monkeypatch):
    """Lets no work begin before the test has asked for everything."""
    leave = threading.Event()

    def wait(*_arguments, **_more):
        leave.wait(SECONDS)
        return LinksDone(0, rebuilt=False, notes=())

    def run(*_arguments, **_more):
        leave.wait(SECONDS)
        return SimpleNamespace(run_id="run")

    monkeypatch.setattr("core.workflows.adjustments.adjust_all", wait)
    monkeypatch.setattr("core.workflows.joining.import_links", wait)
    monkeypatch.setattr("core.workflows.importing.import_tables", wait)
    monkeypatch.setattr("core.workflows.joining.link_all", wait)
    monkeypatch.setattr("core.workflows.datasets.rebuild", wait)
    monkeypatch.setattr("core.workflows.comparing.compare", run)
    monkeypatch.setattr("core.workflows.planning.plan", run)
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


def test_one_link_for_two_reasons_is_asked_for_twice(runner, held):
    links = [Link("A", "B", 1.0, "renamed"), Link("A", "B", 1.0, "follows it"), Link("A", "B", 1.0, "renamed")]
    jobs = [linking.start_links(runner, None, [each]) for each in links]
    assert finish(runner, held, jobs) == 2


def test_a_calendar_changed_again_while_the_first_change_is_worked_on_is_another_job(runner, held, workspace):
    jobs = []
    for week_start in (1, 2, 2):
        write_settings(workspace, Settings(week_start=week_start))
        jobs.append(data.start_rebuild(runner, workspace))
    assert finish(runner, held, jobs) == 2


def test_a_comparison_of_new_data_does_not_join_one_of_former_data(runner, held, workspace):
    jobs = []
    for version in ("before", "after", "after"):
        save_version(workspace, DatasetVersion(version, "r", "day", 0, None, None), NO_DEMAND)
        jobs.append(work.start_comparison(runner, workspace, CompareRequest(("ses",))))
    assert finish(runner, held, jobs) == 2


def test_a_plan_of_a_new_forecast_does_not_join_one_of_the_former(runner, held, workspace):
    jobs = []
    for _forecast in range(2):
        save_run(workspace, Run("forecast", "v", {}, 1.0), {})
        jobs.append(work.start_plan(runner, workspace, PlanOptions()))
    assert finish(runner, held, jobs) == 2
