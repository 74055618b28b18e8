"""Messages between the app and its worker process: large arrays travel as they lie in memory, without a second copy."""

import io
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any, Final

BY_REFERENCE: Final = 5
"""Version of the format from which on large arrays stay outside of it."""
CHUNK: Final = 1 << 24
"""Bytes sent at a time."""


def send(line: Connection, message: Any) -> None:
    """Send a message; nothing is sent of one that cannot travel.

    Args:
        line: to the other process.
        message: plain values, arrays, and objects that the other process can import.
    """
    large: list[Any] = []
    head = io.BytesIO()
    ForkingPickler(head, BY_REFERENCE, True, large.append).dump(message)  # noqa: FBT003 - positions of the base class
    arrays = [buffer.raw() for buffer in large]
    line.send([array.nbytes for array in arrays])
    line.send_bytes(head.getbuffer())
    for array in arrays:
        for begin in range(0, array.nbytes, CHUNK):
            line.send_bytes(array[begin : begin + CHUNK])


def receive(line: Connection) -> Any:
    """The next message.

    Raises:
        EOFError: the other process hung up.
    """
    sizes, head = line.recv(), line.recv_bytes()
    large = [bytearray(size) for size in sizes]
    for array in large:
        filled = 0
        while filled < len(array):
            filled += line.recv_bytes_into(array, filled)
    return ForkingPickler.loads(head, buffers=large)
