"""Values, bytes and cells that could be read in two ways are asked about or set aside."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from core.base.errors import MappingError
from core.ingest.conversion import convert
from core.ingest.mapping import TableMapping
from core.ingest.reading import ReadOptions, read
from core.ingest.source import open_sources

LONG = TableMapping("sales", "own columns", "long", {0: "sold_at", 1: "sku", 2: "quantity", 3: "unit_price"})


def raw(content: bytes, **options: str):
    return read(open_sources("sales.csv", content)[0], ReadOptions(**options))


def loaded(text: str, mapping: TableMapping = LONG, **options: str):
    return convert(raw(text.encode(), **options), mapping, customer_key=b"k")


def reasons(found) -> list[tuple[int, str]]:
    return [(entry.line, entry.reason) for entry in found.quarantined]


def workbook(*rows: list) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_price_in_another_currency_is_set_aside() -> None:
    found = loaded("d,s,q,p\n2026-01-01,A,1,$5.00\n2026-01-01,B,1,€5.00\n2026-01-01,C,1,6.00\n2026-01-01,D,1,US$ 7\n")
    assert reasons(found) == [(3, "“€5.00” in column “p” is in another currency than most of it.")]


def test_a_currency_column_explains_different_signs() -> None:
    mapping = TableMapping("sales", "own columns", "long", LONG.fields | {4: "currency"})
    found = loaded("d,s,q,p,c\n2026-01-01,A,1,$5.00,USD\n2026-01-01,B,1,€5.00,EUR\n", mapping)
    assert found.quarantined == ()


def test_a_percentage_is_no_number_of_units() -> None:
    found = loaded("d,s,q,p\n2026-01-01,A,1,5\n2026-01-01,B,50%,5\n")
    assert reasons(found) == [(3, "“50%” in column “q” is a percentage.")]


def test_a_discount_may_be_given_in_percent() -> None:
    mapping = TableMapping("sales", "own columns", "long", {0: "sold_at", 1: "sku", 2: "quantity", 3: "discount"})
    found = loaded("d,s,q,p\n2026-01-01,A,1,12.5%\n", mapping)
    assert found.rows.column("discount").to_pylist() == [0.125]


def test_chinese_that_happens_to_be_utf_8_is_asked_about() -> None:
    content = "date,sku,qty\n2026-01-01,A,3元\n".encode("gb18030")
    with pytest.raises(MappingError, match=r"“Ԫ” in UTF-8 can be “元” in gb18030.*option encoding"):
        raw(content)
    assert raw(content, encoding="gb18030").columns.column(2).to_pylist() == ["3元"]


def test_european_letters_in_utf_8_raise_no_question() -> None:
    text = "date,sku,qty\n2026-01-01,Țară ș,3\n2026-01-02,Müller,4\n"
    assert raw(text.encode()).columns.column(1).to_pylist() == ["Țară ș", "Müller"]


def test_blank_lines_with_windows_ends_are_no_broken_rows() -> None:
    found = loaded("d,s,q,p\r\n2026-01-01,A,1,5\r\n\r\n2026-01-02,B,2,5\r\n")
    assert (found.records, found.rows.column("line").to_pylist()) == (2, [2, 4])


def test_a_decimal_comma_does_not_become_the_separator_because_of_a_broken_row() -> None:
    rows = [f"2026-01-{i % 28 + 1:02d};A{i};1;10,5" for i in range(150)]
    table = raw("\n".join(["date;sku;qty;price", *rows, "2026-01-01;A;1;10,5;x"]).encode())
    assert table.header == ("date", "sku", "qty", "price")
    assert [entry.line for entry in table.rejected] == [152]


@pytest.mark.parametrize("title", ["", "Report\n"])
def test_single_quotes_and_backslashes_are_seen_below_a_title(title: str) -> None:
    single = title + "'date','sku','qty'\n'2026-01-01','A,B','1'\n'2026-01-02','C','2'\n"
    assert raw(single.encode()).columns.column(1).to_pylist() == ["A,B", "C"]
    escaped = title + '"date","sku","qty"\n"2026-01-01","A \\"x\\", B","1"\n"2026-01-02","C","2"\n'
    assert raw(escaped.encode()).columns.column(1).to_pylist() == ['A "x", B', "C"]


def test_a_first_row_with_a_date_above_dates_is_no_header() -> None:
    lines = ["C1\tA\t2026-01-03", *(f"C{i}\tA\t2026-01-0{i}" for i in range(1, 9)), "who\tsku\twhen"]
    with pytest.raises(ValueError, match="the first row looks like data"):
        raw("\n".join(lines).encode())


def test_numbers_kept_as_text_in_a_workbook_decide_the_mark_of_all() -> None:
    content = workbook(["d", "s", "q", "p"], ["2026-01-01", "A", "1.234,5", 12.5], ["2026-01-02", "B", "1.500", 0.25])
    found = convert(raw(content), LONG, customer_key=b"k")
    assert found.rows.column("quantity").to_pylist() == [1234.5, 1500.0]
    assert found.rows.column("unit_price").to_pylist() == [12.5, 0.25]


def test_a_number_kept_as_text_in_a_workbook_that_fits_two_readings_asks() -> None:
    content = workbook(["d", "s", "q", "p"], ["2026-01-01", "A", "1.500", 12.5])
    with pytest.raises(MappingError, match=r"“1\.500” can be 1\.500 or 1500"):
        convert(raw(content), LONG, customer_key=b"k")
    for mark, units in ((".", 1.5), (",", 1500.0)):
        found = convert(raw(content, decimal=mark), LONG, customer_key=b"k")
        assert found.rows.select(["quantity", "unit_price"]).to_pylist() == [{"quantity": units, "unit_price": 12.5}]


def test_true_numbers_of_a_workbook_raise_no_question() -> None:
    content = workbook(["d", "s", "q", "p"], ["2026-01-01", "A", 1.125, 2.375])
    found = convert(raw(content), LONG, customer_key=b"k")
    assert found.rows.select(["quantity", "unit_price"]).to_pylist() == [{"quantity": 1.125, "unit_price": 2.375}]


def parquet(**columns: list) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def test_numbers_kept_as_text_in_parquet_decide_the_mark_of_all() -> None:
    content = parquet(d=["2026-01-01", "2026-01-02"], s=["A", "B"], q=["1.234,5", "1.500"], p=[12.5, 0.25])
    found = convert(raw(content), LONG, customer_key=b"k")
    assert found.rows.column("quantity").to_pylist() == [1234.5, 1500.0]
    assert found.rows.column("unit_price").to_pylist() == [12.5, 0.25]


def test_a_number_kept_as_text_in_parquet_that_fits_two_readings_asks() -> None:
    content = parquet(d=["2026-01-01"], s=["A"], q=["1.500"], p=[12.5])
    with pytest.raises(MappingError, match="decimal"):
        convert(raw(content), LONG, customer_key=b"k")
    found = convert(raw(content, decimal=","), LONG, customer_key=b"k")
    assert found.rows.select(["quantity", "unit_price"]).to_pylist() == [{"quantity": 1500.0, "unit_price": 12.5}]


def test_a_code_that_looks_like_a_number_in_parquet_raises_no_question() -> None:
    content = parquet(d=["2026-01-01"], s=["1.500"], q=[2], p=[1.125])
    found = convert(raw(content), LONG, customer_key=b"k")
    assert found.rows.select(["sku", "unit_price"]).to_pylist() == [{"sku": "1.500", "unit_price": 1.125}]


def test_whole_numbers_in_parquet_keep_all_their_digits(table) -> None:
    content = parquet(d=["2026-01-01"] * 3, s=[4006381333931.0, 123.0, None], q=[1.5, 2e10, 3.0])
    read = table(content, "sales.parquet")
    assert [column.to_pylist() for column in read.columns.columns[1:]] == [
        ["4006381333931", "123", ""], ["1.5", "20000000000", "3"],
    ]  # fmt: skip


GAPS = "sku,2024-01-01,2024-02-01,2024-03-01,2024-04-01\nA,,2,0,\nB,1,NA,3,4\nC,,,5,6\n"
TURNED = "date,A,B,C\n2024-03-01,0,3,5\n2024-01-01,,1,\n2024-02-01,2,NA,\n2024-04-01,,4,6\n"


@pytest.mark.parametrize("text", [GAPS, TURNED], ids=["a column per month", "a column per SKU"])
def test_empty_cells_beside_zeros_are_told_to_count_as_nothing_sold(load, text):
    found = load(text)
    assert found.rows.num_rows == 7
    assert found.notes == (
        "Empty cells after the first filled one of an item: 2, of 2 items. They count as nothing sold, as the zeros "
        "do. For an item that was no longer on sale, state in a products file until when it was.",
    )


def test_empty_cells_that_stand_for_the_zeros_are_nothing_to_speak_of(load):
    assert load(GAPS.replace(",0,", ",1,")).notes == ()
