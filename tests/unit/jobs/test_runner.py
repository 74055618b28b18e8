import logging
import threading

import pytest

from core.base.errors import InsufficientHistoryError, NoDataError, StoreError
from core.base.progress import Progress
from core.jobs.runner import JobRunner
from core.store.jobs import create_job, read_job
from core.store.workspace import Workspace

SECONDS = 10


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace.open(tmp_path / "shop.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def runner(workspace):
    return JobRunner.for_workspace(workspace)


class Held:
    """Work that reports once, then waits until the test lets it go."""

    def __init__(self):
        self.reported, self.leave = threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> str | None:
        progress.report("Fitting", 0.5, "300 of 600 SKUs", partial={"model": "ets"})
        self.reported.set()
        self.leave.wait(SECONDS)
        progress.check()
        return "run-7"


def test_a_job_goes_from_running_to_done_with_its_run(runner, workspace):
    work = Held()
    job = runner.start("compare", work, {"horizon": 28})
    work.reported.wait(SECONDS)
    view = runner.view(job)
    assert (view.status, view.stage, view.fraction, view.detail) == ("running", "Fitting", 0.5, "300 of 600 SKUs")
    assert view.partial == ({"model": "ets"},)
    assert view.eta_seconds == pytest.approx(view.elapsed_seconds)
    work.leave.set()
    ended = runner.wait(job, SECONDS)
    assert (ended.status, ended.fraction, ended.run_id, ended.eta_seconds) == ("done", 1.0, "run-7", None)
    stored = read_job(workspace, job)
    assert (stored.status, stored.run_id, stored.request) == ("done", "run-7", '{"horizon": 28}')


def test_the_same_request_is_not_begun_twice_while_it_runs(runner):
    work = Held()
    first = runner.start("compare", work, {"horizon": 28, "models": ("ets",)})
    assert runner.start("compare", work, {"models": ["ets"], "horizon": 28}) == first
    other = runner.start("compare", work, {"horizon": 14})
    assert other != first
    assert [view.job_id for view in runner.active()] == [first, other]
    work.leave.set()
    runner.wait(first, SECONDS)
    runner.wait(other, SECONDS)
    again = runner.start("compare", work, {"horizon": 28, "models": ("ets",)})
    assert again != first
    runner.wait(again, SECONDS)


def test_a_cancelled_job_stops_at_its_next_step(runner, workspace):
    work = Held()
    job = runner.start("compare", work, {})
    work.reported.wait(SECONDS)
    runner.cancel(job)
    work.leave.set()
    view = runner.wait(job, SECONDS)
    assert (view.status, view.message) == ("cancelled", "Cancelled. Nothing of this run was stored.")
    assert read_job(workspace, job).status == "cancelled"


def test_a_job_that_no_thread_can_be_had_for_is_not_at_work_for_ever(runner, monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", refuse)
        with pytest.raises(StoreError, match=r"no further work now\. Wait a moment and try again\."):
            runner.start("plan", lambda _progress: None, {})
    assert runner.active() == []


def test_the_users_mistake_is_the_jobs_message(runner):
    def work(_progress):
        raise InsufficientHistoryError.for_skus("ETS", 14, ["A-17"])

    view = runner.wait(runner.start("compare", work, {}), SECONDS)
    assert view.status == "failed"
    assert view.message.startswith("ETS needs at least 14 periods of history; 1 SKUs have fewer, e.g. A-17.")


def test_a_defect_shows_a_number_and_its_traceback_is_in_the_log(runner, caplog):
    def work(_progress):
        return {}["secret cell content"]

    with caplog.at_level(logging.ERROR, "stockcast.jobs"):
        view = runner.wait(runner.start("plan", work, {}), SECONDS)
    assert view.status == "failed"
    assert view.message.startswith("Unexpected error (log id ")
    assert "secret" not in view.message
    number = view.message.split("log id ")[1][:8]
    assert number in caplog.text
    assert "KeyError: 'secret cell content'" in caplog.text


def test_no_time_is_promised_before_a_twentieth_is_done(runner):
    reported, leave = threading.Event(), threading.Event()

    def work(progress):
        progress.report("Reading", 0.04)
        reported.set()
        leave.wait(SECONDS)

    job = runner.start("compare", work, {})
    reported.wait(SECONDS)
    assert runner.view(job).eta_seconds is None
    leave.set()
    runner.wait(job, SECONDS)


def test_progress_does_not_wait_for_an_import_that_is_being_written(runner, workspace, monkeypatch):
    monkeypatch.setattr("core.jobs.runner._SAVE_EVERY_SECONDS", 0.0)
    begun, go_on, passed = threading.Event(), threading.Event(), threading.Event()

    def work(progress):
        begun.set()
        go_on.wait(SECONDS)
        progress.report("Fitting", 0.7)
        passed.set()

    job = runner.start("compare", work, {})
    begun.wait(SECONDS)
    with workspace.transaction():
        go_on.set()
        assert passed.wait(SECONDS)
        assert runner.view(job).stage == "Fitting"
    assert runner.wait(job, SECONDS).status == "done"


def test_a_step_within_a_transaction_of_the_work_itself_does_not_block_it(runner, workspace):
    def work(progress):
        with workspace.transaction() as cursor:
            cursor.execute("INSERT INTO settings VALUES ('a', '1')")
            progress.report("Loading", 0.5)

    assert runner.wait(runner.start("import", work, {}), SECONDS).status == "done"


def test_jobs_of_a_dead_process_are_shown_as_interrupted(workspace):
    create_job(workspace, "old", "compare", '{"horizon": 7}')
    view = JobRunner.for_workspace(workspace).view("old")
    assert (view.status, view.request) == ("interrupted", {"horizon": 7})
    assert "Start it again" in view.message


def test_there_is_one_runner_per_workspace(workspace, runner):
    assert JobRunner.for_workspace(workspace) is runner


def test_recent_jobs_are_newest_first(runner):
    jobs = [runner.start("compare", lambda _progress: None, {"n": number}) for number in range(3)]
    for job in jobs:
        runner.wait(job, SECONDS)
    assert {view.job_id for view in runner.recent(3)} == set(jobs)
    assert {view.status for view in runner.recent(3)} == {"done"}


def test_an_unknown_job_is_named(runner):
    with pytest.raises(NoDataError, match="There is no job nothing in this workspace"):
        runner.view("nothing")


def test_many_threads_starting_the_same_request_get_one_job(runner):
    work, found = Held(), []
    threads = [threading.Thread(target=lambda: found.append(runner.start("compare", work, {}))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    work.leave.set()
    runner.wait(found[0], SECONDS)


def test_a_step_reported_after_the_end_changes_nothing(runner):
    kept = []
    job = runner.start("compare", kept.append, {})
    runner.wait(job, SECONDS)
    kept[0].report("Fitting", 0.3, partial="late")
    view = runner.view(job)
    assert (view.status, view.fraction, view.partial) == ("done", 1.0, ())
