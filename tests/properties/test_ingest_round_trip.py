"""A table written in any dialect reads back equal, is refused, or asks: never silently wrong."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import DemandError
from core.ingest.conversion import convert
from core.ingest.reading import ReadOptions, read
from core.ingest.recognition import recognise
from core.ingest.scanning import scan, scan_slowly
from core.ingest.source import open_sources

KEPT_AS_TEXT = re.compile(r"'(\d+|-.*)", re.DOTALL)  # an apostrophe for spreadsheets' sake is taken off
SKUS = st.text("ABCxyz0189-_ .,;|\"'/%#\n", min_size=1, max_size=8).filter(
    lambda text: text.strip() and not KEPT_AS_TEXT.fullmatch(text)
)
NAMES = {
    # a tab at the edge of a cell is there for spreadsheets' sake and taken off, and so is an apostrophe before one
    "utf-8": st.text("abcäöüéßñ中文数量商品 ,;\t\"'", max_size=12)
    .map(lambda text: text.strip("\t"))
    .filter(lambda text: not text.startswith("'\t")),
    "utf-8-sig": st.text("abcäöüé中文数量 ,\"", max_size=12),
    "utf-16": st.text("abcäöüé中文数量 ;\"", max_size=12),
    "gb18030": st.text("abc中文数量商品名称苹果红色 ,;\"", max_size=12),
    "cp1252": st.lists(st.sampled_from(["Müller", "créée", "señor", "Größe", "a, b", '3"']), max_size=3).map(" ".join),
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    rows: list
    content: bytes
    options: ReadOptions


@st.composite
def files(draw):
    encoding = draw(st.sampled_from(sorted(NAMES)))
    decimal = draw(st.sampled_from([".", ","]))
    date_format, order = draw(
        st.sampled_from([("%Y-%m-%d", ""), ("%d.%m.%Y", ""), ("%Y%m%d", ""), ("%d/%m/%Y", "dmy"), ("%m/%d/%Y", "mdy")])
    )
    days = st.dates(date(2019, 1, 1), date(2027, 12, 31))
    cents = st.integers(-99_999_999, 99_999_999)
    row = st.tuples(days, SKUS, cents, NAMES[encoding])
    rows = draw(st.lists(row, min_size=1, max_size=12))
    buffer = io.StringIO(newline="")
    writer = csv.writer(
        buffer,
        delimiter=draw(st.sampled_from([",", ";", "\t", "|"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    writer.writerow(["date", "sku", "quantity", "product name"])
    places = draw(st.sampled_from([2, 3]))
    grouped = draw(st.booleans())
    for day, sku, amount, name in rows:
        number = f"{amount / 10**places:{',' if grouped else ''}.{places}f}"
        number = number.translate(str.maketrans(",.", ".,")) if decimal == "," else number
        writer.writerow([day.strftime(date_format), sku, number, name])
    told = draw(st.booleans())
    options = ReadOptions(date_order=order, decimal=decimal) if told else ReadOptions()
    expected = [(day, sku, amount / 10**places, name if name.strip() else None) for day, sku, amount, name in rows]
    return Written(expected, buffer.getvalue().encode(encoding), options)


@given(written=files())
def test_what_was_written_is_what_is_read(written):
    try:
        raw = read(open_sources("sales.csv", written.content)[0], written.options)
        found = convert(raw, recognise(raw, "sales.csv"), customer_key=b"k")
    except DemandError:
        return
    if found.quarantined:
        assert found.records == len(written.rows)
        return
    if any("Proposed" in note for note in raw.notes) and sum(byte > 127 for byte in written.content) <= 2:
        # one foreign letter in the whole file decides nothing: it is read with a remark
        return
    rows = [(r["sold_at"].date(), r["sku"], r["quantity"], r["product_name"]) for r in found.rows.to_pylist()]
    assert rows == written.rows


@given(rows=st.lists(st.lists(st.text('ab,"\n\r é', max_size=5), min_size=2, max_size=4), min_size=1, max_size=8))
def test_the_fast_scan_counts_what_the_slow_reader_counts(rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    text = buffer.getvalue().encode()
    fast = scan(text, ",")
    slow = list(scan_slowly(text, ","))
    assert fast is not None
    assert fast.widths.tolist() == [max(len(row), 1) for _, row in slow]
    assert fast.lines.tolist() == [line for line, _ in slow]
