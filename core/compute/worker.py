"""The worker process: receives a function and its arguments, answers with progress and the result.

Started by ChildProcess as `python -m core.compute.worker FD`; messages travel over the inherited socket FD.
"""

import os
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Final

from core.base import language
from core.base.errors import DemandError
from core.base.progress import Progress
from core.compute import messages


class _Answer:
    """Sends whatever ends a call to the parent: the result, the user's mistake, or the traceback of a defect."""

    def __init__(self, send: Callable[[tuple[str, Any]], None]) -> None:
        self._send: Final = send

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        if isinstance(error, DemandError):
            self._send(("refused", error))
        elif error is not None:
            self._send(("defect", "".join(traceback.format_exception(error))))
        return True


def serve(line: Connection) -> None:
    """Answer calls until the parent hangs up; a call's work runs in a thread, so that "cancel" is heard."""
    sending = threading.Lock()

    def send(message: tuple[str, Any]) -> None:
        with sending:
            messages.send(line, message)

    cancelled = threading.Event()
    while True:
        try:
            message = messages.receive(line)
        except (EOFError, ConnectionError):
            # The parent is gone: work nobody waits for is dropped, not finished.
            os._exit(0)
        if message == "cancel":
            cancelled.set()
            continue
        tongue, function, args = message
        cancelled = threading.Event()
        progress = Progress(lambda step: send(("step", step)), cancelled)
        threading.Thread(target=_work, args=(send, tongue, function, args, progress), daemon=True).start()


def _work(
    send: Callable[[tuple[str, Any]], None],
    tongue: str,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    progress: Progress,
) -> None:
    with _Answer(send):
        language.use(tongue)
        send(("result", function(*args, progress=progress)))


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
