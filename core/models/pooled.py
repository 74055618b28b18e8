"""Linear algebra of the regressions stays on one thread."""

from contextlib import AbstractContextManager
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """Keeps linear algebra on one thread: same bytes on every machine, and no waiting for a busy core.

    Only libraries already imported are held back, so import what computes before entering.
    """
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1)


def one_core() -> AbstractContextManager[Any]:
    """Keeps a learner's own threads to one in a thread that is itself one of several; touches no other thread."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1, user_api="openmp")
