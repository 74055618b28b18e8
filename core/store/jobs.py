"""The rows of background jobs: what was asked, how far it came, how it ended; never an identifier of a person."""

from dataclasses import dataclass
from datetime import datetime

from core.base.language import _
from core.ingest.privacy import censored
from core.store.clock import now
from core.store.sql import Cursor, load
from core.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job as stored.

    Attributes:
        job_id: its key.
        kind: what was asked, e.g. "compare".
        status: running, done, failed, cancelled or interrupted.
        stage: what it was doing last, in words a planner reads.
        fraction: share of the work done, 0 to 1.
        detail: e.g. "120 of 600 SKUs".
        message: why it ended as it did; "" when done.
        request: what was asked, as JSON.
        run_id: the run it stored, None if none.
        created_at: UTC.
        finished_at: UTC; None while running.
    """

    job_id: str
    kind: str
    status: str
    stage: str
    fraction: float
    detail: str
    message: str
    request: str
    run_id: str | None
    created_at: datetime
    finished_at: datetime | None


def create_job(workspace: Workspace, job_id: str, kind: str, request: str) -> None:
    """Store that a job began."""
    values = {"job_id": job_id, "kind": kind, "request": censored(request), "created_at": now()}
    workspace.write(lambda cursor: cursor.execute(load("job_add"), values))


def update_job(workspace: Workspace, job_id: str, stage: str, fraction: float, detail: str) -> None:
    """Store how far a job has come.

    Raises:
        BusyError: another change is being written; progress is not worth waiting for.
    """
    with workspace.transaction(wait_seconds=0) as cursor:
        values = {"job_id": job_id, "stage": censored(stage), "fraction": fraction, "detail": censored(detail)}
        cursor.execute(load("job_progress"), values)


def finish_job(
    workspace: Workspace, job_id: str, status: str, *, fraction: float, message: str = "", run_id: str | None = None
) -> None:
    """Store how a job ended."""
    values = {
        "job_id": job_id,
        "status": status,
        "fraction": fraction,
        "message": censored(message),
        "run_id": run_id,
        "finished_at": now(),
    }
    workspace.write(lambda cursor: cursor.execute(load("job_finish"), values))


def read_job(workspace: Workspace, job_id: str) -> JobRecord | None:
    """One job, None if there is no such job."""
    with workspace.cursor() as cursor:
        row = cursor.execute(load("jobs"), {"job_id": job_id, "limit": 1}).fetchone()
    return None if row is None else JobRecord(*row)


def list_jobs(workspace: Workspace, limit: int = 100) -> list[JobRecord]:
    """Jobs, newest first."""
    with workspace.cursor() as cursor:
        return [JobRecord(*row) for row in cursor.execute(load("jobs"), {"job_id": None, "limit": limit}).fetchall()]


def interrupt_unfinished(workspace: Workspace) -> int:
    """Mark jobs that a process left running when it ended; returns how many there were."""
    values = {"message": _("The program was closed before this job was done. Start it again."), "finished_at": now()}

    def work(cursor: Cursor) -> int:
        row = cursor.execute(load("jobs_interrupt"), values).fetchone()
        return int(row[0]) if row else 0

    return workspace.write(work)
