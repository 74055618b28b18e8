"""Hostile and broken files: refused within a second, in one sentence of at most 300 characters, without harm."""

import contextlib
import gzip
import io
import pickle
import time
import zipfile
from functools import cache

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.base.errors import DemandError
from core.ingest.parsing import parse
from core.ingest.reading import read
from core.ingest.source import open_sources

HEAD = "date,sku,quantity\n"
GOOD = HEAD + "".join(f"2026-01-{day:02d},A{day},{day}\n" for day in range(1, 29))


def archive_of(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def workbook():
    book = openpyxl.Workbook()
    for row in (["date", "sku", "quantity"], ["2026-01-02", "A", 1], ["2026-01-03", "A", 2]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet_with(edit):
    """A workbook whose sheet's XML was edited."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, edit(data) if entry.filename.endswith("sheet1.xml") else data)
    return out.getvalue()


def far_cell(xml):
    return xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def far_cell_in_disguise(xml):
    return xml.replace(b"</sheetData>", b'<row r="2"><c\tr="XFD1048576"><v>1</v></c></row></sheetData>')


def declaring(text):
    return lambda xml: (
        b'<?xml version="1.0"?>' + text + xml.replace(b"</sheetData>", b"<row><c><v>&c;</v></c></row></sheetData>")
    )


WIDE = ",".join(f"c{i}" for i in range(100_000))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OUTSIDE = b'<!DOCTYPE a [<!ENTITY c SYSTEM "file:///etc/hostname">]>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "lol">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
) + b"]>"  # fmt: skip


def parquet():
    buffer = io.BytesIO()
    pq.write_table(pa.table({"date": ["2026-01-02"] * 1000, "sku": ["A"] * 1000, "quantity": [1] * 1000}), buffer)
    return buffer.getvalue()


def named(name, piece, times=1):
    return lambda: archive_of(**{name: piece * times})


CASES = {
    "zip bomb": (named("a.csv", b"0", 500_000_000), "a.zip", r"expands to 477 MB \(limit 1,024 MB, 100:1\)"),
    "gzip bomb": (lambda: gzip.compress(b"0" * 200_000_000, 1), "a.csv.gz", r"expands to more than \d+ MB"),
    "zip bomb in a workbook": (named("xl/workbook.xml", b"<a/>", 50_000_000), "a.xlsx", "expands to 191 MB"),
    "zip in a zip": (named("b.zip", archive_of(**{"c.csv": GOOD})), "a.zip", "archive inside an archive"),
    "gzip in a gzip": (lambda: gzip.compress(gzip.compress(GOOD.encode())), "a.csv.gz", "packed more than once"),
    "far cell": (lambda: sheet_with(far_cell), "a.xlsx", "the sheet claims 17 billion cells"),
    "file read by XML": (lambda: sheet_with(declaring(OUTSIDE)), "a.xlsx", "declares a document type or entities"),
    "billion laughs": (lambda: sheet_with(declaring(LAUGHS)), "a.xlsx", "declares a document type or entities"),
    "100,000 columns": (lambda: WIDE, "a.csv", "100,000 columns"),
    "100,000 columns below": (lambda: HEAD + WIDE, "a.csv", "fields|unclear|columns"),
    "50 MB line": (lambda: "A" * 50_000_000, "a.csv", "Line 1 is longer than 1 MB"),
    "50 MB line below": (lambda: GOOD + "A" * 50_000_000, "a.csv", "Line 30 begins a row of more than 1 MB"),
    "50 MB in quotes": (lambda: GOOD + '"' + "A\n" * 25_000_000, "a.csv", "more than 1 MB|is not closed"),
    "NUL": (lambda: GOOD.replace("A5", "A\0"), "a.csv", r"binary data at byte \d+ \(line 6\)"),
    "csv as xlsx": (lambda: GOOD, "a.xlsx", "this is not an Excel workbook"),
    "web page as xls": (lambda: "<html><table><tr><td>1</table>", "a.xls", "not an Excel workbook|web page"),
    "protected": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "password"),
    "workbook cut off": (lambda: workbook()[:-200], "a.xlsx", "damaged or cut off"),
    "sheet cut off": (lambda: sheet_with(lambda xml: xml[:-120]), "a.xlsx", "damaged|cut off"),
    "parquet cut off": (lambda: parquet()[:-40], "a.parquet", "damaged or cut-off"),
    "parquet damaged": (lambda: parquet().replace(b"quantity", b"q\xff\xfe\xfd\x00\x01ty"), "a.parquet", "damaged"),
    "gzip cut off": (lambda: gzip.compress(GOOD.encode())[:-12], "a.csv.gz", "damaged or cut off"),
    "pickle": (lambda: pickle.dumps({"a": 1}), "a.csv", "a Python pickle"),
    "model by name": (lambda: GOOD, "a.keras", "is not a table"),
    "database": (lambda: b"\1" * 8 + b"DUCK" + b"\0" * 99, "a.csv", "a DuckDB database"),
    "name of 400 characters": (lambda: b"", "x" * 400 + ".csv", "the file is empty"),
}  # fmt: skip


@cache
def bytes_of(case):
    content = CASES[case][0]()
    return content if isinstance(content, bytes) else content.encode()


def here(name, content):
    for source in open_sources(name, content):
        read(source)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.replace(" ", "_"))
def test_it_is_refused_within_a_second_in_one_short_sentence(case):
    _build, name, says = CASES[case]
    content = bytes_of(case)
    start = time.process_time()
    with pytest.raises(DemandError, match=says) as error:
        here(name, content)
    assert time.process_time() - start < 1.0
    assert len(str(error.value)) <= 300


@pytest.mark.usefixtures("own_parser")
def test_the_parsing_process_refuses_them_all_and_says_the_same():
    contents = [(name, bytes_of(case)) for case, (_build, name, _says) in CASES.items()]
    for found, (_, _, says) in zip(parse(contents), CASES.values(), strict=True):
        assert found.table is None
        assert len(found.problem) <= 300
        with pytest.raises(DemandError, match=says):
            raise DemandError(found.problem)


@pytest.mark.usefixtures("own_parser")
def test_a_far_cell_that_hides_from_the_first_look_ends_only_the_parser():
    hidden, plain = parse([("a.xlsx", sheet_with(far_cell_in_disguise)), ("b.csv", GOOD.encode())])
    assert hidden.table is None
    assert "memory" in hidden.problem or "cells" in hidden.problem
    assert plain.table is not None


@pytest.mark.parametrize("name", ["qty", "", "x" * 300, "q\x07ty\u202e", "c0", "=1+1", '<img src="x">'])
def test_odd_headers_get_a_name_to_show_and_a_plain_one_to_work_with(name):
    written = '"' + name.replace('"', '""') + '"'
    (source,) = open_sources("a.csv", f"date,sku,{written},{written}\n2026-01-02,A,1,2\n".encode())
    table = read(source)
    assert table.columns.column_names == ["c0", "c1", "c2", "c3"]
    assert len(set(table.header)) == 4
    assert all(len(shown) <= 130 and shown.isprintable() for shown in table.header)


def test_the_limit_for_files_on_this_machine_is_another():
    content = GOOD.encode()
    assert parse([("a.csv", content)], limit=10)[0].problem == "“a.csv” has 0 MB; the limit is 0 MB. Split it."
    assert parse([("a.csv", content)], limit=len(content))[0].table is not None


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_workbook_is_read_or_refused_but_never_breaks(seed):
    data = bytearray(workbook())
    for step in range(3):
        data[(seed * 977 + step * 3001) % len(data)] = (seed * 53 + step * 7) % 256
    with contextlib.suppress(DemandError):
        here("a.xlsx", bytes(data))
