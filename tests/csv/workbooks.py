"""The same oracle for workbooks: typed cells, texts that look like numbers, titles, other sheets; and broken ones."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook

from core.ingest.parsing import parse
from tests.csv.oracle import HEADERS, Case, Verdict, judge
from tests.csv.spellings import DATES, NumberStyle
from tests.csv.tables import Dice, Table, make_table
from tests.csv.writing import Dialect, Written

SECONDS = 10.0
"""A broken workbook must be settled within this time."""
_UNHOLDABLE = re.compile(r"[\x00-\x08\x0b-\x1f]")


def make_workbook(seed: int, number: int) -> Case:
    """A workbook and the truth about it."""
    dice = Dice(seed, number, 2)
    table = _holdable(make_table(dice))
    # one column is numbers to one program and texts to the next
    typed = {name: dice.chance(0.7) for name in table.fields}
    style = NumberStyle(dice.pick((".", ".", ",")), dice.pick(("", "", ",")))
    style = NumberStyle(style.decimal, "." if style.thousands and style.decimal == "," else style.thousands)
    dialect = Dialect(
        "excel", ",", "all", ("\n",), dice.pick(("iso", "iso seconds", "dmy", "english", "points")), style
    )
    recognised = dice.chance(0.5)
    header = tuple(dice.pick(HEADERS[name]) if recognised else f"h{i}" for i, name in enumerate(table.fields))
    book = Workbook()
    sheet = book.active
    first = _begin(dice, book, sheet)
    truth, aside = {}, set()
    _fill(sheet, first, list(header))
    line = first
    formula = dice.chance(0.1)
    for row in table.rows:
        line += 2 if dice.chance(0.03) else 1
        if formula and line == first + 2:
            # no program has computed it: its value is unknown, not nothing
            _fill(
                sheet, line, ["=1+1" if name == "quantity" else _cell(row[name], name, dialect, True) for name in row]
            )
            sheet.cell(line, table.fields.index("quantity") + 1).data_type = "f"
            aside.add(line)
            continue
        _fill(sheet, line, [_cell(value, name, dialect, typed[name]) for name, value in row.items()])
        truth[line] = {name: _kept(value, dialect, typed[name]) for name, value in row.items()}
    buffer = io.BytesIO()
    book.save(buffer)
    answers = {"decimal": style.decimal, "date_order": "dmy", "counter": "as_is", "packs": "packs", "epoch": "1900"}
    clean = typed["sold_at"] and all(
        typed[name] for name in ("quantity", "unit_price", "amount", "discount") if name in typed
    )
    written = Written(table, dialect, header, buffer.getvalue(), truth, frozenset(aside), answers, clean)
    return Case(written, recognised, told=False)


def _begin(dice: Dice, book: Workbook, sheet) -> int:
    """Titles, merged or not, and sheets that are not meant; the row of the header."""
    if dice.chance(0.2):
        book.create_sheet("Notes").append(["nothing here"])
    if dice.chance(0.15):
        book.create_sheet("old", 0).append(["date", "sku", "quantity"])
        book.worksheets[0].sheet_state = "hidden"
        book.active = 1
    if not dice.chance(0.25):
        return dice.pick((1, 1, 1, 3))
    sheet["A1"] = "Sales report"
    if dice.chance(0.5):
        sheet.merge_cells("A1:C1")
    return 3


def _holdable(table: Table) -> Table:
    """The table without characters that no workbook can hold."""
    rows = tuple(
        {name: _UNHOLDABLE.sub("", value) if isinstance(value, str) else value for name, value in row.items()}
        for row in table.rows
    )
    return Table(table.fields, rows, table.script)


def _cell(value: object, name: str, dialect: Dialect, typed: bool) -> object:
    if isinstance(value, datetime):
        return _kept(value, dialect, typed) if typed else DATES[dialect.dates].write(value)
    if isinstance(value, Decimal):
        return float(value) if typed else dialect.numbers.write(value)
    if (
        name == "sku"
        and typed
        and str(value).isdecimal()
        and str(value) == str(int(str(value)))
        and len(str(value)) < 16
    ):
        return int(str(value))
    return value


def _kept(value: object, dialect: Dialect, typed: bool) -> object:
    if not isinstance(value, datetime):
        return value
    return value if typed and dialect.dates == "iso seconds" else DATES["iso" if typed else dialect.dates].keep(value)


def _fill(sheet, line: int, cells: Sequence[object]) -> None:
    for column, value in enumerate(cells, start=1):
        cell = sheet.cell(line, column)
        cell.value = value
        if isinstance(value, str):
            # a text that begins with = is a text
            cell.data_type = "s"


def judge_workbooks(seed: int, numbers: range) -> tuple[Counter, Counter, list[tuple[int, str, Verdict]]]:
    """Verdicts of many workbooks: of all, of the clean ones, and each that is not plainly well."""
    kinds, clean, remarkable = Counter(), Counter(), []
    for number in numbers:
        case = make_workbook(seed, number)
        verdict = judge(case)
        kinds[verdict.kind] += 1
        clean[verdict.kind] += case.written.clean
        if verdict.kind not in {"right", "asked"}:
            remarkable.append((number, "recognised" if case.recognised else "mapped", verdict))
    return kinds, clean, remarkable


def make_broken(seed: int, number: int) -> bytes:
    """A workbook with bytes flipped, its end cut off, or its inner files changed."""
    dice = Dice(seed, number, 3)
    content = make_workbook(seed, number % 50).written.content
    how = dice.pick(("flip", "flip", "cut", "inside", "inside", "inside"))
    if how == "cut":
        return content[: dice.whole(4, len(content))]
    if how == "flip":
        data = bytearray(content)
        for _ in range(dice.pick((1, 3, 30))):
            data[dice.whole(0, len(data) - 1)] ^= 1 << dice.whole(0, 7)
        return bytes(data)
    return _changed_inside(dice, content)


def _changed_inside(dice: Dice, content: bytes) -> bytes:
    """One of the inner files changed, the archive itself sound."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = archive.namelist()
    chosen = dice.pick([name for name in names if name.endswith((".xml", ".rels"))])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in names:
            data = archive.read(name)
            target.writestr(name, _mangled(dice, data) if name == chosen else data)
    return buffer.getvalue()


def _mangled(dice: Dice, data: bytes) -> bytes:
    changes = (
        lambda: data[: dice.whole(0, len(data))],
        lambda: re.sub(rb'r="A(\d+)"', rb'r="XFD1048576"', data, count=1),
        lambda: re.sub(rb"<v>\d+</v>", b"<v>99999999999</v>", data),
        lambda: re.sub(rb't="\w+"', b't="e"', data),
        lambda: data.replace(b"<row", b"<row><row", 3),
        lambda: re.sub(rb's="\d+"', b's="4000000000"', data),
        lambda: b"",
        lambda: data.replace(b">", b"><!-- x -->", 5),
        lambda: data.replace(b'<?xml version="1.0"', b'<!DOCTYPE x [<!ENTITY e "eeee">]><?xml version="1.0"'),
        lambda: bytes(byte ^ (1 if dice.chance(0.01) else 0) for byte in data),
    )
    return dice.pick(changes)()


def judge_broken(seed: int, numbers: range) -> Counter:
    """What came of broken workbooks: read or refused in one sentence; anything else raises here."""
    kinds: Counter = Counter()
    for look in parse([(f"{number}.xlsx", make_broken(seed, number)) for number in numbers]):
        told = 0 < len(look.problem) <= 300 and "\n" not in look.problem
        kinds["read" if look.table is not None else "refused" if told else "unhandled"] += 1
    return kinds
