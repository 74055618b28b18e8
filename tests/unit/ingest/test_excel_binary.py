"""Error cells of XLS and XLSB, in workbooks written byte by byte after Microsoft's descriptions of both."""

import io
import struct
import zipfile

import pytest

from core.ingest.excel_binary import errors_of_xls, errors_of_xlsb

NA, REF = 0x2A, 0x17
HEAD = ["order_date", "sku", "quantity", "unit_price"]
ROWS = [[f"2026-01-{day:02d}", "A", 3.0 + day, 9.5] for day in range(1, 21)]
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def record(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def old_cell(row, column, value):
    place = struct.pack("<HHH", row, column, 15)
    if isinstance(value, str):
        return record(0x204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    if isinstance(value, bytes):
        return record(0x205, place + value + b"\x01")
    if isinstance(value, tuple):
        result = bytes([2, 0, value[0], 0, 0, 0, 255, 255])
        return record(0x06, place + result + struct.pack("<HIH", 0, 0, 3) + bytes([0x1C, value[0], 0]))
    return record(0x203, place + struct.pack("<d", value))


def old_sheet(rows):
    cells = [old_cell(i, j, value) for i, row in enumerate(rows) for j, value in enumerate(row)]
    size = record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, 4, 0))
    return beginning(0x10) + size + b"".join(cells) + record(0x0A, b"")


def beginning(kind):
    return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 6))


def xls(*sheets):
    """A workbook whose sectors stand in the file from the last to the first."""
    parts = [old_sheet(rows) for rows in sheets]
    names = [f"S{number}".encode() for number in range(len(parts))]
    at = len(beginning(5)) + len(parts) * 14 + 4
    stream = beginning(5)
    for name, part in zip(names, parts, strict=True):
        stream += record(0x85, struct.pack("<IBBBB", at, 0, 0, len(name), 0) + name)
        at += len(part)
    stream = (stream + record(0x0A, b"") + b"".join(parts)).ljust(4096, b"\0")
    pieces = [stream[i : i + 512].ljust(512, b"\0") for i in range(0, len(stream), 512)]
    last = 1 + len(pieces)
    followers = [0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *range(2, last)]
    followers += [0xFFFFFFFF] * (128 - len(followers))
    folder = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, last, len(stream))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return head + struct.pack("<128I", *followers) + folder.ljust(512, b"\0") + b"".join(reversed(pieces))


def entry(name, kind, child, first, size):
    text = name.encode("utf-16-le") + b"\0\0"
    family = struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return text.ljust(64, b"\0") + family + bytes(36) + struct.pack("<IQ", first, size)


def binary(kind, body=b""):
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size = len(body)
    while size >= 128:
        head, size = head + bytes([size & 127 | 128]), size >> 7
    return head + bytes([size]) + body


def long_text(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def new_cell(column, value):
    place = struct.pack("<II", column, 0)
    if isinstance(value, str):
        return binary(6, place + long_text(value))
    if isinstance(value, bytes):
        return binary(3, place + value)
    if isinstance(value, tuple):
        return binary(11, place + bytes([value[0], 0, 0, 2, 0, 0, 0, 0x1C, value[0], 0, 0, 0, 0]))
    return binary(5, place + struct.pack("<d", value))


def new_sheet(rows):
    lines = [
        binary(0, struct.pack("<IIHBBBI", i, 0, 300, 0, 0, 0, 0))
        + b"".join(new_cell(j, value) for j, value in enumerate(row))
        for i, row in enumerate(rows)
    ]
    size = binary(148, struct.pack("<IIII", 0, len(rows) - 1, 0, 3))
    return binary(129) + size + binary(145) + b"".join(lines) + binary(146) + binary(130)


def xlsb(*sheets):
    numbers = range(1, len(sheets) + 1)
    named = [binary(156, struct.pack("<II", 0, n) + long_text(f"rId{n}") + long_text(f"S{n - 1}")) for n in numbers]
    relation = f'<Relationship Id="rId{{n}}" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet{{n}}.bin"/>'
    related = "".join(relation.format(n=n) for n in numbers)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.bin", binary(131) + binary(143) + b"".join(named) + binary(144) + binary(132))
        archive.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{PACKAGE}">{related}</Relationships>')
        for n, rows in zip(numbers, sheets, strict=True):
            archive.writestr(f"xl/worksheets/sheet{n}.bin", new_sheet(rows))
    return buffer.getvalue()


def faulty():
    """A table with an error as a value in C3 and one as the result of a formula in D5."""
    rows = [HEAD, *map(list, ROWS)]
    rows[2][2], rows[4][3] = bytes([NA]), (REF,)
    return rows


BOOKS = pytest.mark.parametrize(("write", "name"), [(xls, "book.xls"), (xlsb, "book.xlsb")])


@BOOKS
def test_errors_are_no_empty_cells(table, load, write, name):
    raw = table(write(faulty()), name)
    assert "2 error cells are kept as text, first #N/A in C3." in raw.notes
    found = load(write(faulty()), name)
    assert (found.rows.num_rows, [each.line for each in found.quarantined]) == (18, [3, 5])
    assert found.quarantined[1].reason == "“#REF!” in column “unit_price” is not a number."


@BOOKS
def test_errors_are_looked_for_in_the_sheet_that_is_read(table, write, name):
    book = write([HEAD, *ROWS], faulty())
    assert not any("error" in note for note in table(book, name).notes)
    assert any("first #N/A in C3" in note for note in table(book, name, sheet="S1").notes)


def test_records_cut_off_or_spoilt_anywhere_end_the_search_and_nothing_else():
    book, sheet = xls(faulty()), new_sheet(faulty())
    for at in range(0, len(book), 23):
        assert len(errors_of_xls(book[:at], 0)) <= 2
        errors_of_xls(book[:at] + b"\xff\x01\x02\x03" + book[at + 4 :], 0)
    for at in range(0, len(sheet), 5):
        assert len(errors_of_xlsb(sheet[:at])) <= 2
        errors_of_xlsb(sheet[:at] + b"\xff\x81" + sheet[at + 2 :])
