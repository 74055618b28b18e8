"""Each file that other readers misread gets its one right verdict, in this process and in the parsing one."""

import math
import time

import pytest

from core.base.errors import DemandError, FileFormatError, MappingError
from core.ingest.conversion import convert
from core.ingest.parsing import parse
from core.ingest.reading import read
from core.ingest.recognition import recognise
from core.ingest.source import open_sources
from core.ingest.tables import ReadOptions
from tests.csv.fixtures import FIXTURES, Fixture


def typed(content, **options):
    raw = read(open_sources("sales.csv", content)[0], ReadOptions(**options))
    return raw, convert(raw, recognise(raw, "sales.csv"), customer_key=b"k")


def rows_of(found):
    def day(moment):
        return moment.date().isoformat() if moment.time() == moment.min.time() else moment.isoformat(" ")

    return [
        (day(row["sold_at"]), row["sku"], row["quantity"], math.nan if row["unit_price"] is None else row["unit_price"])
        for row in found.rows.to_pylist()
    ]


def check_rows(fixture: Fixture, raw, found):
    assert [tuple(map(str, row)) for row in rows_of(found)] == [tuple(map(str, row)) for row in fixture.rows]
    assert tuple(each.line for each in found.quarantined) == fixture.aside
    assert found.records == found.rows.num_rows + len(found.quarantined) == raw.records


@pytest.mark.parametrize("name", FIXTURES, ids=lambda name: name.replace(" ", "_"))
def test_each_file_gets_its_verdict(name):
    fixture = FIXTURES[name]
    content = fixture.build()
    if fixture.verdict == "right":
        check_rows(fixture, *typed(content))
        return
    start = time.process_time()
    with pytest.raises((FileFormatError, MappingError), match=fixture.says) as error:
        typed(content)
    assert time.process_time() - start < 1.0
    assert len(str(error.value)) <= 300
    if fixture.answer:
        check_rows(fixture, *typed(content, **fixture.answer))


def test_there_are_as_many_as_the_readers_failures_seen():
    assert len(FIXTURES) >= 37


def test_the_parsing_process_reads_and_refuses_the_same():
    contents = {name: fixture.build() for name, fixture in FIXTURES.items()}
    parsed = parse(list(contents.items()))
    for each, (name, content) in zip(parsed, contents.items(), strict=True):
        own, problem = read_here(name, content)
        assert each.problem == problem
        assert (each.table is None) == (own is None)
        if own is not None and each.table is not None:
            assert each.table.columns.equals(own.columns)
            assert each.table.lines.tolist() == own.lines.tolist()
            assert each.table.header == own.header
            assert each.table.dialect == own.dialect
            assert each.table.rejected == own.rejected


def read_here(name: str, content: bytes):
    try:
        return read(open_sources(name, content)[0]), ""
    except DemandError as error:
        return None, str(error)
