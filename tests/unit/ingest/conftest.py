"""Short ways from a text to what it was taken for."""

import pytest

from core.ingest.conversion import convert
from core.ingest.reading import ReadOptions, read
from core.ingest.recognition import recognise
from core.ingest.source import open_sources


@pytest.fixture
def table():
    def make(text, name="sales.csv", **options):
        content = text if isinstance(text, bytes) else text.encode()
        return read(open_sources(name, content)[0], ReadOptions(**options))

    return make


@pytest.fixture
def load(table):
    def make(text, name="sales.csv", key=b"secret", **options):
        raw = table(text, name, **options)
        return convert(raw, recognise(raw, name), customer_key=key)

    return make
