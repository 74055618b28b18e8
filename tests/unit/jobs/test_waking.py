import sys

from core.base.progress import silent
from core.compute.executor import shared_worker
from core.jobs import work


def kernels_read(*, progress):
    progress.check()
    modules = [module for name, module in sys.modules.items() if name.startswith("core.models.kernels.")]
    return sum(len(getattr(each, "signatures", ())) for module in modules for each in vars(module).values())


def test_the_worker_has_its_kernels_before_the_first_job():
    work.wake().join()
    worker = shared_worker()
    woken = worker.pid
    try:
        assert woken is not None
        assert worker.run(kernels_read, progress=silent()) > 5
        assert worker.pid == woken
    finally:
        worker.close()


def test_an_app_that_ends_meanwhile_is_not_a_defect(capfd):
    waking = work.wake()
    while shared_worker().pid is None and waking.is_alive():
        pass
    shared_worker().close()
    waking.join()
    assert "Traceback" not in capfd.readouterr().err
