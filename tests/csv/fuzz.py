"""Random bytes, plain and dressed up as files we know: refused or read, quickly, and nothing else."""

import gzip
import time
from collections import Counter

from core.base.errors import DemandError
from core.ingest.reading import read
from core.ingest.source import open_sources
from tests.csv.oracle import make_case
from tests.csv.tables import Dice

SECONDS = 2.0
"""Time any of these small files may take."""
PIECES = (
    b"date,sku,qty\n", b"2024-01-01,A,1\n", b'"', b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\0",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"PAR1",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"sep=;\n", b"'", b"\\", b"=1+1", b"<html>", b"{", b"%PDF-", b"1.500",
    b"\x80", b"\xc3", b"\xe4\xb8\xad", b"\xd6\xd0", b"a" * 300, b"," * 600,
)  # fmt: skip


def make_bytes(seed: int, number: int) -> bytes:
    """Noise, pieces of files put together at random, or a good file with noise in it."""
    dice = Dice(seed, number, 4)
    kind = dice.pick(("noise", "pieces", "pieces", "spliced", "gzip"))
    if kind == "noise":
        return dice.rng.bytes(dice.pick((1, 2, 7, 100, 5000)))
    if kind == "pieces":
        return b"".join(dice.pick(PIECES) for _ in range(dice.whole(1, 60)))
    good = make_case(seed, number).written.content
    at = dice.whole(0, len(good))
    spliced = good[:at] + dice.rng.bytes(dice.whole(0, 20)) + good[at + dice.whole(0, 20) :]
    return gzip.compress(spliced, 1, mtime=0) if kind == "gzip" else spliced


def judge_bytes(content: bytes) -> str:
    """read, refused, slow or unhandled with what happened."""
    begun = time.perf_counter()
    try:
        for source in open_sources("upload.csv", content):
            read(source)
        kind = "read"
    except DemandError as error:
        kind = "refused" if 0 < len(str(error)) <= 600 else f"unhandled: text of {len(str(error))} characters"
    except Exception as error:  # noqa: BLE001 - any other exception is what is searched for
        return f"unhandled: {type(error).__name__}: {error}"[:300]
    return f"slow: {time.perf_counter() - begun:.1f} s" if time.perf_counter() - begun > SECONDS else kind


def tally(seed: int, numbers: range) -> tuple[Counter, list[tuple[int, str]]]:
    """Verdicts of many, and each that is neither read nor refused in time."""
    kinds, remarkable = Counter(), []
    for number in numbers:
        kind = judge_bytes(make_bytes(seed, number))
        kinds[kind.split(":", 1)[0]] += 1
        if kind not in {"read", "refused"}:
            remarkable.append((number, kind))
    return kinds, remarkable
