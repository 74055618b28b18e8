import os
import threading
from multiprocessing.connection import Connection

import numpy as np
import pytest

from core.base import language
from core.base.errors import CancelledError, InsufficientHistoryError
from core.base.progress import Progress, silent
from core.compute.executor import ChildProcess, InProcess, WorkerError, shared_worker
from tests.unit.compute import worker_tasks as tasks


@pytest.fixture(scope="module")
def child():
    worker = ChildProcess(patience_seconds=0.3)
    yield worker
    worker.close()


def test_in_process_runs_here():
    assert InProcess().run(tasks.pid, progress=silent()) == os.getpid()


def test_in_process_does_not_begin_cancelled_work():
    cancelled = Progress()
    cancelled.cancelled.set()
    with pytest.raises(CancelledError):
        InProcess().run(tasks.pid, progress=cancelled)


def test_the_worker_computes_elsewhere_and_stays(child):
    first = child.run(tasks.pid, progress=silent())
    assert first != os.getpid()
    assert child.run(tasks.pid, progress=silent()) == first


def test_arrays_and_progress_come_back(child):
    steps = []
    a = np.arange(1_000_000.0)
    result = child.run(tasks.add, a, 1.0, progress=Progress(steps.append))
    np.testing.assert_array_equal(result, a + 1)
    (step,) = steps
    assert (step.stage, step.fraction) == ("Adding", 0.5)
    np.testing.assert_array_equal(step.partial, a)


def test_the_users_mistake_arrives_as_itself(child):
    with pytest.raises(InsufficientHistoryError, match="ETS needs at least 14 periods of history"):
        child.run(tasks.refuse, progress=silent())


def test_a_defect_arrives_with_its_traceback_and_the_worker_lives_on(child):
    before = child.run(tasks.pid, progress=silent())
    with pytest.raises(WorkerError, match=r"(?s)in break_down.*KeyError: 'nothing here'"):
        child.run(tasks.break_down, progress=silent())
    assert child.run(tasks.pid, progress=silent()) == before


def test_a_result_that_cannot_travel_is_a_defect(child):
    with pytest.raises(WorkerError, match="lambda"):
        child.run(tasks.unsendable, progress=silent())


def test_a_worker_that_dies_is_reported_and_replaced(child):
    with pytest.raises(WorkerError, match="ended with code 3 before it answered"):
        child.run(tasks.die, progress=silent())
    assert child.run(tasks.add, 1, 2, progress=silent()) == 3


def test_a_line_that_cannot_be_closed_does_not_hold_up_the_next_call(child, monkeypatch):
    def fail(_line):
        raise OSError("in use")

    monkeypatch.setattr(Connection, "close", fail)
    with pytest.raises(WorkerError, match="ended with code 3"):
        child.run(tasks.die, progress=silent())
    monkeypatch.undo()
    assert child.run(tasks.add, 1, 2, progress=silent()) == 3


def test_cancelled_work_stops_and_the_worker_stays(child):
    before = child.run(tasks.pid, progress=silent())
    progress = Progress()
    progress = Progress(lambda _step: progress.cancelled.set(), progress.cancelled)
    with pytest.raises(CancelledError, match="Nothing of this run was stored"):
        child.run(tasks.until_cancelled, progress=progress)
    assert child.run(tasks.pid, progress=silent()) == before


def test_work_that_ignores_the_cancellation_is_killed_and_the_next_call_works(child):
    before = child.run(tasks.pid, progress=silent())
    progress = Progress()
    progress = Progress(lambda _step: progress.cancelled.set(), progress.cancelled)
    with pytest.raises(CancelledError):
        child.run(tasks.deaf, progress=progress)
    assert child.run(tasks.pid, progress=silent()) != before


def test_a_listener_that_fails_does_not_mix_up_the_next_answer(child):
    def fail(_step):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        child.run(tasks.add, 40, 2, progress=Progress(fail))
    assert child.run(tasks.add, 1, 2, progress=silent()) == 3


def test_calls_from_several_threads_get_their_own_answers(child):
    results = {}

    def ask(number):
        results[number] = child.run(tasks.add, number, 100, progress=silent())

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: number + 100 for number in range(6)}


def test_the_worker_leaves_a_core_to_the_pages(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    worker = ChildProcess()
    limits = worker.run(tasks.environment, "OPENBLAS_NUM_THREADS", progress=silent())
    worker.close()
    assert limits == {"OPENBLAS_NUM_THREADS": str(max((os.cpu_count() or 2) - 1, 1))}


def test_the_worker_speaks_the_language_of_the_session(child):
    language.use("zh_CN")
    try:
        assert child.run(tasks.language, progress=silent()) == "zh_CN"
    finally:
        language.use("en")


def test_there_is_one_worker_per_app():
    assert shared_worker() is shared_worker()


def test_arrays_of_any_size_and_order_travel_and_may_be_written_to(child):
    sent = [np.zeros(0), np.arange(2_200_000.0), np.arange(6).reshape(2, 3).T, np.array(["a", None], dtype=object)]
    for array in sent:
        arrived = child.run(tasks.back, array, progress=silent())
        np.testing.assert_array_equal(arrived, array)
        arrived[...] = arrived
