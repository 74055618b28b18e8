from core.store.jobs import create_job, finish_job, interrupt_unfinished, list_jobs, read_job, update_job


def test_a_job_is_stored_from_its_start_to_its_end(workspace):
    create_job(workspace, "j1", "compare", '{"horizon": 28}')
    update_job(workspace, "j1", "Fitting", 0.4, "240 of 600 SKUs")
    running = read_job(workspace, "j1")
    assert (running.status, running.stage, running.fraction, running.finished_at) == ("running", "Fitting", 0.4, None)
    finish_job(workspace, "j1", "done", fraction=1.0, run_id="r1")
    ended = read_job(workspace, "j1")
    assert (ended.status, ended.fraction, ended.run_id) == ("done", 1.0, "r1")
    assert ended.finished_at >= ended.created_at


def test_progress_after_the_end_changes_nothing(workspace):
    create_job(workspace, "j1", "compare", "{}")
    finish_job(workspace, "j1", "cancelled", fraction=0.3)
    update_job(workspace, "j1", "Fitting", 0.9, "")
    assert read_job(workspace, "j1").fraction == 0.3


def test_what_a_dead_process_left_running_is_marked_interrupted(workspace):
    create_job(workspace, "j1", "compare", "{}")
    create_job(workspace, "j2", "plan", "{}")
    finish_job(workspace, "j2", "done", fraction=1.0)
    assert interrupt_unfinished(workspace) == 1
    assert [(job.job_id, job.status) for job in list_jobs(workspace)] == [("j2", "done"), ("j1", "interrupted")]
    assert "Start it again" in read_job(workspace, "j1").message


def test_a_job_nobody_knows_is_none(workspace):
    assert read_job(workspace, "nothing") is None
