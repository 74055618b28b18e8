"""A machine whose clock was put back an hour goes on as if it had not been."""

from datetime import timedelta

import pyarrow as pa
import pytest

from core.store import clock, datasets, jobs, runs, uploads
from core.store.datasets import DatasetVersion, current_version, list_recipes, save_recipe, save_version
from core.store.jobs import create_job, finish_job, list_jobs, read_job
from core.store.runs import Run, latest_run, save_run
from core.store.uploads import add_upload, list_uploads

NO_DEMAND = pa.table({name: pa.array([], pa.string()) for name in ("sku", "location")})


@pytest.fixture
def put_back(monkeypatch):
    def put():
        for module in (datasets, jobs, runs, uploads):
            monkeypatch.setattr(module, "now", lambda: clock.now() - timedelta(hours=1))

    return put


def test_the_version_saved_last_is_the_current_one(workspace, put_back):
    save_version(workspace, DatasetVersion("before", "r", "day", 0, None, None), NO_DEMAND)
    put_back()
    save_version(workspace, DatasetVersion("after", "r", "day", 0, None, None), NO_DEMAND)
    assert current_version(workspace).version == "after"


def test_the_recipe_saved_last_is_in_force(workspace, put_back):
    save_recipe(workspace, "before", "[]")
    put_back()
    save_recipe(workspace, "after", "[]")
    assert list_recipes(workspace)[0].recipe_id == "after"


def test_the_run_saved_last_is_the_newest(workspace, put_back):
    save_run(workspace, Run("plan", "v", {}, 1.0), {})
    put_back()
    assert latest_run(workspace, "plan").run_id != save_run(workspace, Run("plan", "v", {}, 1.0), {})
    newest = save_run(workspace, Run("plan", "v", {}, 1.0), {})
    assert latest_run(workspace, "plan").run_id == newest


def test_the_file_loaded_last_holds(workspace, sales, upload, put_back):
    add_upload(workspace, upload("c1"), sales(3))
    put_back()
    last = add_upload(workspace, upload("c2"), sales(3, sku="B-1", first="2024-06-01"))
    assert list_uploads(workspace)[-1].upload_id == last.upload_id


def test_the_job_begun_last_stands_first(workspace, put_back):
    create_job(workspace, "before", "plan", "{}")
    put_back()
    create_job(workspace, "after", "plan", "{}")
    assert [each.job_id for each in list_jobs(workspace)] == ["after", "before"]


def test_no_job_ends_before_it_began(workspace, put_back):
    create_job(workspace, "job", "plan", "{}")
    put_back()
    finish_job(workspace, "job", "done", fraction=1.0)
    ended = read_job(workspace, "job")
    assert ended.finished_at == ended.created_at
