"""The parsing process: what it sends back, and that nothing a file does to it harms the one that asked."""

import gzip
import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from core.base.errors import CancelledError
from core.base.progress import Progress
from core.ingest import parsing
from core.ingest.parsing import parse
from core.ingest.tables import ReadOptions

PLAIN = b"date,sku,quantity\n2026-01-02,A1,3\n2026-01-03,A1,4\n"
ROOT = Path(__file__).parents[3]


def archive_of(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def large(n=400_000):
    """A table that takes the parser a moment."""
    some = "".join(f"2026-01-02,{number},3\n" for number in range(20_000)).encode()
    return b"date,sku,quantity\n" + some * (n // 20_000)


def test_tables_come_back_with_everything_about_them():
    (found,) = parse([("sales.csv", b"Report\n" + PLAIN + b"2026-01-04,A2,5,x\n" + PLAIN[18:] * 60)])
    assert found.table is not None
    assert found.table.header == ("date", "sku", "quantity")
    assert found.table.lines.tolist()[:3] == [3, 4, 6]
    assert [(each.line, each.content) for each in found.table.rejected] == [(5, "2026-01-04,A2,5,x")]
    assert found.table.dialect.header_line == 2
    assert len(found.content_hash) == 64


def test_options_reach_the_parser():
    (found,) = parse([("a.csv", "date,sku\n2026-01-02,Привет\n".encode("cp1251"))], ReadOptions(encoding="cp1251"))
    assert found.table is not None
    assert found.table.columns.column(1).to_pylist() == ["Привет"]
    assert found.table.options.encoding == "cp1251"


def test_an_archive_gives_one_entry_for_each_table_in_it():
    found = parse([("both.zip", archive_of(a_csv=PLAIN, b_csv=gzip.compress(PLAIN)))])
    assert [(each.member, each.label, each.table is not None) for each in found] == [
        ("a.csv", "a.csv", True),
        ("b.csv", "b.csv", True),
    ]


def test_a_refused_file_does_not_keep_the_others_from_being_read():
    found = parse([("a.csv", b""), ("b.csv", PLAIN)])
    assert found[0].problem == "“a.csv”: the file is empty."
    assert found[1].table is not None


def test_a_doubtful_encoding_comes_with_candidates():
    (found,) = parse([("a.csv", "date,sku\n2026-01-02,Яблоки\n".encode("cp1251"))])
    assert found.table is None
    assert "Choose the encoding" in found.problem
    assert ("cp1251", "2026-01-02,Яблоки") in found.encodings


@pytest.mark.usefixtures("own_parser")
def test_one_process_serves_all_files(monkeypatch):
    started = []
    start = parsing._start
    monkeypatch.setattr(parsing, "_start", lambda: started.append(1) or start())
    parse([("a.csv", PLAIN), ("b.csv", PLAIN), ("c.csv", b"")])
    assert started == [1]


@pytest.mark.usefixtures("own_parser")
def test_the_parser_gets_nothing_of_the_environment(monkeypatch):
    started = {}
    real = subprocess.Popen

    def watched(command, **settings):
        started.update(settings, command=command)
        return real(command, **settings)

    monkeypatch.setenv("STOCKCAST_NAME", "hidden")
    monkeypatch.setattr(parsing.subprocess, "Popen", watched)
    parse([("a.csv", PLAIN)])
    assert "STOCKCAST_NAME" not in started["env"]
    assert started["command"][0] == sys.executable
    assert "shell" not in started


@pytest.mark.usefixtures("own_parser")
def test_too_much_memory_is_one_sentence_and_the_next_file_is_read(monkeypatch):
    monkeypatch.setattr(parsing, "MEMORY", 2**30)
    monkeypatch.setattr(parsing, "MEMORY_PER_BYTE", 0)
    packed = gzip.compress(large(), 1) * 40
    found = parse([("big.csv.gz", packed), ("b.csv", PLAIN)])
    assert found[0].table is None
    assert "memory" in found[0].problem
    assert found[1].table is not None


@pytest.mark.usefixtures("own_parser")
def test_a_parser_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(parsing, "TIMEOUT", 0.2)
    monkeypatch.setattr(parsing, "SECONDS_PER_BYTE", 0.0)
    (found,) = parse([("slow.csv", large(2_000_000))])
    assert found.problem == "“slow.csv” took longer than 0 s to read. Save it as CSV, in parts."


@pytest.mark.usefixtures("own_parser")
@pytest.mark.parametrize("name", ["SIGABRT", "SIGSEGV", "SIGKILL"])
def test_a_parser_that_dies_costs_one_sentence(monkeypatch, name):
    start = parsing._start
    processes = []

    def dying():
        process = start()
        if not processes:
            os.kill(process.pid, getattr(signal, name))
        processes.append(process)
        return process

    monkeypatch.setattr(parsing, "_start", dying)
    found = parse([("a.csv", PLAIN), ("b.csv", PLAIN)])
    assert "“a.csv” cannot be read within 4 GB of memory" in found[0].problem
    assert found[1].table is not None
    assert all(process.poll() is not None for process in processes)


@pytest.mark.usefixtures("own_parser")
@pytest.mark.parametrize(
    "answer", ["[1]", "no json", '{"member": 1}', '{"table": {}, "bytes": 99999999999999}', '{"table": {}, "bytes": 9}']
)
def test_a_parser_that_answers_nonsense_is_not_believed(monkeypatch, answer):
    def liar():
        script = f"import sys; sys.stdout.write({answer!r} + chr(10)); sys.stdout.flush(); sys.stdin.buffer.read(1)"
        return subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    monkeypatch.setattr(parsing, "_start", liar)
    (found,) = parse([("a.csv", PLAIN)])
    assert "“a.csv” cannot be read" in found.problem
    assert found.table is None


@pytest.mark.usefixtures("own_parser")
def test_cancelling_ends_the_parser():
    content = large()
    stop = threading.Event()
    progress = Progress(cancelled=stop)
    threading.Timer(0.3, stop.set).start()
    begun = time.perf_counter()
    with pytest.raises(CancelledError):
        parse([(f"{i}.csv", content) for i in range(50)], ReadOptions(), progress)
    assert time.perf_counter() - begun < 5.0


def test_progress_only_grows_and_names_the_file():
    steps = []
    parse([("a.csv", PLAIN), ("b.csv", PLAIN)], ReadOptions(), Progress(steps.append))
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    assert {"Reading a.csv", "Reading b.csv"} <= {step.stage for step in steps}


READING = """
import io, sys
from types import SimpleNamespace
from core.ingest import parsing_child, wire
told = io.BytesIO()
limits = {{"limit": 1000, "memory": 2**32, "seconds": 60}}
wire.send(told, {{"name": "a.csv", "bytes": {size}, "hash": "", "options": {{}}, **limits}})
sys.stdin = SimpleNamespace(buffer=io.BytesIO(told.getvalue() + {content}))
parsing_child.main()
print([name for name in {heavy} if name in sys.modules], file=sys.stderr)
"""


def test_the_parser_needs_no_heavy_library():
    heavy = ("pandas", "duckdb", "numba", "scipy", "openpyxl")
    script = READING.format(size=len(PLAIN), content=PLAIN, heavy=heavy)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    assert done.stderr.strip() == b"[]"
    assert b'"problem": ""' in done.stdout
