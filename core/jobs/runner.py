"""Runs work in background threads and tells every page how far it has come."""

import contextvars
import hashlib
import json
import logging
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from core.base.errors import CancelledError, DemandError, NoDataError, StoreError
from core.base.language import _
from core.base.progress import Progress, Step
from core.ingest.privacy import censored
from core.store.connection import BusyError
from core.store.jobs import (
    JobRecord,
    create_job,
    finish_job,
    interrupt_unfinished,
    list_jobs,
    read_job,
    update_job,
)
from core.store.workspace import Workspace

log: Final = logging.getLogger("stockcast.jobs")
Work = Callable[[Progress], str | None]
_ETA_FROM: Final = 0.05
_SAVE_EVERY_SECONDS: Final = 1.0
_REMEMBERED: Final = 50
_LOGGED: Final = 80
"""Characters of a defect's own text that are logged; it may hold cells of a file."""


@dataclass(frozen=True, slots=True)
class JobView:
    """How a job stands at one moment.

    Attributes:
        job_id: its key.
        kind: what was asked.
        status: running, done, failed, cancelled or interrupted.
        stage: what it is doing, in words a planner reads.
        fraction: share of the work done, 0 to 1.
        detail: e.g. "120 of 600 SKUs".
        message: why it ended as it did; "" while running or done.
        elapsed_seconds: since it began, until now or its end.
        eta_seconds: expected seconds to go; None before 5 % are done and after the end.
        partial: results that were usable before the end, in the order they came; only in the process that ran it.
        request: what was asked.
        run_id: the run it stored, None if none.
    """

    job_id: str
    kind: str
    status: str
    stage: str
    fraction: float
    detail: str
    message: str
    elapsed_seconds: float
    eta_seconds: float | None
    partial: tuple[Any, ...]
    request: Mapping[str, Any]
    run_id: str | None

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self.status == "running"


@dataclass(slots=True)
class _Live:
    """A job of this process; changed only under the runner's lock."""

    job_id: str
    kind: str
    request: Mapping[str, Any]
    began: float
    status: str = "running"
    step: Step = field(default_factory=lambda: Step("", 0.0))
    message: str = ""
    run_id: str | None = None
    ended: float | None = None
    saved: float = 0.0
    partial: list[Any] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)

    def view(self) -> JobView:
        elapsed = (self.ended or time.monotonic()) - self.began
        fraction = self.step.fraction
        known = self.status == "running" and fraction >= _ETA_FROM
        return JobView(
            job_id=self.job_id,
            kind=self.kind,
            status=self.status,
            stage=self.step.stage,
            fraction=fraction,
            detail=self.step.detail,
            message=self.message,
            elapsed_seconds=elapsed,
            eta_seconds=elapsed * (1 - fraction) / fraction if known else None,
            partial=tuple(self.partial),
            request=self.request,
            run_id=self.run_id,
        )


class _Outcome:
    """Records how the work ended, whatever it raised; nothing escapes into a thread where nobody would see it."""

    def __init__(self, runner: "JobRunner", live: _Live) -> None:
        self._runner: Final = runner
        self._live: Final = live

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        if error is None:
            self._runner.end(self._live, "done", "")
        elif isinstance(error, CancelledError):
            self._runner.end(self._live, "cancelled", str(error))
        elif isinstance(error, DemandError):
            self._runner.end(self._live, "failed", str(error))
        else:
            number = uuid.uuid4().hex[:8]
            log.error("Job %s failed, log id %s: %s", self._live.kind, number, _defect(error))
            text = _("Unexpected error (log id {number}). The program's log holds the details.")
            self._runner.end(self._live, "failed", text.format(number=number))
        return True


def _defect(error: BaseException | None) -> str:
    """Where a defect arose and what it was, with no more of a file's cells than may stand in a log."""
    places = "".join(traceback.format_tb(error.__traceback__)) if error else ""
    return f"{type(error).__name__}: {censored(str(error))[:_LOGGED]}\n{places}"


class JobRunner:
    """The jobs of one workspace: started, watched, cancelled; their rows outlive the process."""

    def __init__(self, workspace: Workspace) -> None:
        """A runner for a workspace; use for_workspace, so that all sessions share one."""
        self._workspace: Final = workspace
        self._lock: Final = threading.Lock()
        self._jobs: Final[dict[str, _Live]] = {}
        interrupt_unfinished(workspace)

    @classmethod
    def for_workspace(cls, workspace: Workspace) -> Self:
        """The one runner of a workspace in this process; jobs of an earlier process are marked interrupted."""
        with _registry_lock:
            known = _runners.get(workspace.path)
            if known is None or known[0] is not workspace:
                known = _runners[workspace.path] = (workspace, cls(workspace))
            return known[1]  # type: ignore[return-value] # the registry holds what `cls` made

    def start(self, kind: str, work: Work, request: Mapping[str, Any]) -> str:
        """Begin work in a thread of its own; the same kind and request already running is not begun twice.

        Args:
            kind: what is asked, e.g. "compare".
            work: called with a Progress; returns the key of the run it stored, or None.
            request: what is asked, as plain values; shown in the list of jobs.

        Returns:
            The job's key.

        Raises:
            StoreError: the machine has no room for another thread.
        """
        text = json.dumps(request, sort_keys=True, default=str, ensure_ascii=False)
        # Compared as JSON, so that a tuple and a list are the same request.
        plain = json.loads(text)
        with self._lock:
            for known in self._jobs.values():
                if (known.status, known.kind, known.request) == ("running", kind, plain):
                    return known.job_id
            live = _Live(uuid.uuid4().hex, kind, plain, time.monotonic())
            self._jobs[live.job_id] = live
            self._forget_old()
        # The thread sees the language of the session that asked.
        context = contextvars.copy_context()
        thread = threading.Thread(
            target=context.run, args=(self._run, live, work, text), name=f"job {kind}", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as full:
            # It would be at work for ever, and nothing could be restored or deleted meanwhile.
            with self._lock:
                del self._jobs[live.job_id]
            raise StoreError("The machine can begin no further work now. Wait a moment and try again.") from full
        return live.job_id

    def view(self, job_id: str) -> JobView:
        """How a job stands.

        Raises:
            NoDataError: there is no such job.
        """
        with self._lock:
            if job_id in self._jobs:
                return self._jobs[job_id].view()
        record = read_job(self._workspace, job_id)
        if record is None:
            raise NoDataError(f"There is no job {job_id[:12]} in this workspace. Reload the list of jobs.")
        return _stored_view(record)

    def active(self) -> list[JobView]:
        """Jobs at work, oldest first."""
        with self._lock:
            return [live.view() for live in self._jobs.values() if live.status == "running"]

    def recent(self, limit: int = 20) -> list[JobView]:
        """Jobs at work or ended, newest first, those of earlier processes included."""
        records = list_jobs(self._workspace, limit)
        with self._lock:
            return [
                self._jobs[record.job_id].view() if record.job_id in self._jobs else _stored_view(record)
                for record in records
            ]

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop at its next step; ended jobs are left as they are."""
        with self._lock:
            live = self._jobs.get(job_id)
        if live is not None:
            live.cancelled.set()

    def wait(self, job_id: str, timeout: float | None = None) -> JobView:
        """How a job stands once it has ended, or after timeout seconds."""
        with self._lock:
            live = self._jobs.get(job_id)
        if live is not None:
            live.finished.wait(timeout)
        return self.view(job_id)

    def _run(self, live: _Live, work: Work, request: str) -> None:
        with _Outcome(self, live):
            create_job(self._workspace, live.job_id, live.kind, request)
            progress = Progress(lambda step: self._listen(live, step), live.cancelled)
            progress.check()
            live.run_id = work(progress)

    def _listen(self, live: _Live, step: Step) -> None:
        moment = time.monotonic()
        # Many steps a second are cheap in memory and dear on disk.
        with self._lock:
            # a step reported by a thread that outlived the work must not unmake its end
            if live.status != "running":
                return
            live.step = step
            if step.partial is not None:
                live.partial.append(step.partial)
            due = moment - live.saved >= _SAVE_EVERY_SECONDS
            if due:
                live.saved = moment
        if due:
            self._save(live.job_id, step)

    def _save(self, job_id: str, step: Step) -> None:
        try:
            update_job(self._workspace, job_id, step.stage, step.fraction, step.detail)
        except BusyError:
            # An import is being written; the work shall not wait for it just to report progress.
            log.debug("Progress of job %s was not stored: another change is being written", job_id)

    def end(self, live: _Live, status: str, message: str) -> None:
        """Record how a job ended, in memory and in the store."""
        with self._lock:
            live.status, live.message, live.ended = status, message, time.monotonic()
            if status == "done":
                live.step = Step(live.step.stage, 1.0, live.step.detail)
            fraction = live.step.fraction
        try:
            finish_job(self._workspace, live.job_id, status, fraction=fraction, message=message, run_id=live.run_id)
        except DemandError as refused:
            log.warning("The end of job %s was not stored: %s", live.job_id, censored(str(refused)))
        finally:
            live.finished.set()

    def _forget_old(self) -> None:
        ended = [job_id for job_id, live in self._jobs.items() if live.status != "running"]
        for job_id in ended[: max(len(ended) - _REMEMBERED, 0)]:
            del self._jobs[job_id]


def fingerprint(content: str | bytes) -> str:
    """A short sign of what a request holds, by which two requests are told apart without storing either."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()[:12]


_runners: Final[dict[Path, tuple[Workspace, JobRunner]]] = {}
_registry_lock: Final = threading.Lock()


def _stored_view(record: JobRecord) -> JobView:
    end = record.finished_at or record.created_at
    return JobView(
        job_id=record.job_id,
        kind=record.kind,
        status=record.status,
        stage=record.stage,
        fraction=record.fraction,
        detail=record.detail,
        message=record.message,
        elapsed_seconds=(end - record.created_at).total_seconds(),
        eta_seconds=None,
        partial=(),
        request=json.loads(record.request),
        run_id=record.run_id,
    )
