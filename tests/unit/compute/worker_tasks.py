"""Functions that the worker process can import by name."""

import os
import time

from core.base.errors import InsufficientHistoryError
from core.base.language import current


def add(a, b, *, progress):
    progress.report("Adding", 0.5, partial=a)
    return a + b


def pid(*, progress):
    progress.check()
    return os.getpid()


def environment(*names, progress):
    progress.check()
    return {name: os.environ.get(name) for name in names}


def language(*, progress):
    progress.check()
    return current()


def refuse(*, progress):
    progress.check()
    raise InsufficientHistoryError.for_skus("ETS", 14, ["A-17"])


def break_down(*, progress):
    progress.check()
    return {}["nothing here"]


def unsendable(*, progress):
    progress.check()
    return lambda: None


def die(*, progress):
    progress.check()
    os._exit(3)


def until_cancelled(*, progress):
    while True:
        progress.report("Waiting", 0.1)
        time.sleep(0.01)


def deaf(*, progress):
    progress.report("Not listening", 0.1)
    time.sleep(30)


def back(value, *, progress):
    progress.check()
    return value
