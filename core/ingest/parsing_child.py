"""The program that parses untrusted bytes, so that a hostile file can only end this process.

Standard input: for each file a line of JSON (name, bytes, options, limits) and the file. Standard output: a line when
it is ready; then for each file progress lines, a line with each table in it or its refusal, and a closing line.
"""

import resource
import sys
import traceback
from types import TracebackType
from typing import IO, Any, Final

from core.base.errors import DemandError
from core.base.progress import Progress, Step
from core.ingest import wire
from core.ingest.encoding import encoding_candidates
from core.ingest.reading import read
from core.ingest.source import Source, open_sources
from core.ingest.tables import ReadOptions

WORKBOOK_MEMORY: Final = 2 * 2**30
"""Bytes beyond the file that a workbook may need."""
_FEW: Final = 64  # open files


def main() -> int:
    """Answer requests until there are no more."""
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    _confine()
    sys.meta_path.insert(0, _NoPandas())
    sys.excepthook = _defect(outgoing)
    wire.send(outgoing, {"ready": True})
    while (received := wire.receive(incoming)) is not None:
        request, _ = received
        _allow(request["memory"], request["seconds"])
        try:
            _answer(request, incoming.read(request["bytes"]), outgoing)
        except MemoryError:
            # what is left of the memory need not suffice for another file
            amount = f"{request['memory'] / 2**30:.0f} GB"
            sentence = f"“{request['name'][-120:]}” needs more than {amount} of memory to read. Split it."
            wire.send(outgoing, {"done": True, "problem": sentence})
            return 0
        wire.send(outgoing, {"done": True})
    return 0


class _NoPandas:
    """Tells Arrow that pandas is not there: it would import it, for a third of a second, to ask what a list is not."""

    def find_spec(self, name: str, *_rest: object) -> None:
        """Refuse pandas; leave all other modules to the other finders."""
        if name == "pandas":
            raise ModuleNotFoundError("The parser does without pandas.", name=name)


def _confine() -> None:
    """No files may be written, no memory image is left behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FEW, _FEW))


def _allow(memory: int, seconds: int) -> None:
    """Memory in all, and seconds of one core from now on."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, resource.RLIM_INFINITY))
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _answer(request: dict[str, Any], content: bytes, out: IO[bytes]) -> None:
    """Send the tables of one file.

    Args:
        request: its name, hash, options and the bytes it may have.
        content: its bytes.
        out: where to.
    """
    try:
        sources = open_sources(request["name"], content, request["limit"], request["hash"])
    except DemandError as error:
        wire.send(out, {"member": "", "problem": str(error)})
        return
    options = ReadOptions(**request["options"])
    for i, source in enumerate(sources):
        told = Progress(_teller(out)).part(i / len(sources), (i + 1) / len(sources))
        _answer_source(source, options, told, out)


def _answer_source(source: Source, options: ReadOptions, told: Progress, out: IO[bytes]) -> None:
    """Send one table, or why there is none; with candidates where the encoding is a guess."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    # workbooks are the likeliest to claim more than they hold, so they get less
    if source.kind == "excel":
        limit = min(before[0], WORKBOOK_MEMORY + 2 * len(source.data))
        resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        table = read(source, options, told)
    except DemandError as error:
        found = encoding_candidates(source.data) if source.kind == "text" and not options.encoding else []
        wire.send(out, {"member": source.member, "problem": str(error), "encodings": found})
        return
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    doubtful = source.kind == "text" and table.dialect.encoding not in {"utf-8", "utf-16"} and not options.encoding
    found = encoding_candidates(source.data) if doubtful else []
    wire.send(out, {"member": source.member, "problem": "", "encodings": found}, table)


def _teller(out: IO[bytes]) -> Any:
    """A listener that passes steps on to the one that asked."""

    def tell(step: Step) -> None:
        wire.send(out, {"stage": step.stage, "fraction": step.fraction, "detail": step.detail})

    return tell


def _defect(out: IO[bytes]) -> Any:
    """What to do with a defect of our own: say where it is, never what the file holds."""

    def tell(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
        last = traceback.extract_tb(trace)[-1:]
        where = f"{kind.__name__} in {last[0].name}, line {last[0].lineno}" if last else kind.__name__
        sentence = f"The file could not be read because of a defect of this program ({where}). Please report it."
        wire.send(out, {"done": True, "problem": sentence})

    return tell


if __name__ == "__main__":
    sys.exit(main())
