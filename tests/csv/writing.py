"""Tables → files, by rules of our own: nothing of the program under test is used to write what it must read."""

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tests.csv.spellings import DATES, DateStyle, NumberStyle
from tests.csv.tables import Dice, Table

SCRIPTS = {
    "ascii": ("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "gb18030"),
    "western": ("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"),
    "simplified": ("utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"),
    "traditional": ("utf-8", "utf-8-sig", "utf-16", "big5"),
    "japanese": ("utf-8", "utf-8-sig", "utf-16", "shift_jis"),
    "mixed": ("utf-8", "utf-8-sig", "utf-16", "utf-16-be marked", "utf-16-le", "gb18030"),
    "polish": ("utf-8", "utf-8-sig", "cp1250"),
    "russian": ("utf-8", "utf-8-sig", "cp1251", "utf-16-be"),
    "korean": ("utf-8", "utf-8-sig", "euc_kr"),
}
"""Encodings that suit a script; those of UTF-16 without a mark are refused until they are named."""
MONEY = ("{}", "{}", "{}", "${}", "€ {}", "{} €", "¥{}", "{}元", "£{}", "US$ {}", "{} EUR", "￥{}", "R$ {}", "{} zł")
NEGATIVE = ("-{}", "-{}", "-{}", "{}-", "({})", "−{}", "- {}")
SPOILED = {
    "quantity": (
        "3万", "½", "5²", "1,2,3", "two", "12.5.3", "--4", "1 2", "#REF!", "3 pcs", "50%", "1e", "", "NA",
        "9" * 20,
    ),
    "sold_at": (
        "2024-02-30", "31/31/2024", "0000-00-00", "yesterday", "2024-01-01 24:61", "1/2", "May", "13", "", "null",
    ),
    "sku": ("", "  "),
    "unit_price": ("$5 €", "free", "#N/A!", "5%", "1.2.3,4"),
}  # fmt: skip
"""Cells that are no value of their field in any spelling: their row must be set aside."""


@dataclass(frozen=True)
class Dialect:
    """How a table is put into a file.

    Attributes:
        quoting: minimal, all, none (where safe), texts, single (' around every cell), backslash (before a quote mark
            inside), raw (quote marks inside cells as they are).
        spoiled: field whose first cell is replaced by nonsense; empty for none.
        padded: whether dates and numbers stand between spaces.
        declared: whether the first line is “sep=…”.
        trailing: whether each line ends with one separator more.
    """

    encoding: str
    delimiter: str
    quoting: str
    line_ends: tuple[str, ...]
    dates: str
    numbers: NumberStyle
    titles: tuple[str, ...] = ()
    total: str = ""
    blank_every: int = 0
    container: str = ""
    spoiled: tuple[str, str] = ("", "")
    padded: bool = False
    declared: bool = False
    trailing: bool = False


@dataclass(frozen=True)
class Written:
    """A file and the truth about it.

    Attributes:
        content: the bytes.
        truth: line of the file → true values of the row that begins there.
        set_aside: lines that are no sale and must not become one.
        answers: option → what the user would answer.
        clean: whether a careful reader needs no answer at all.
        cells: the texts of the body, as they stand in the file.
    """

    table: Table
    dialect: Dialect
    header: tuple[str, ...]
    content: bytes
    truth: dict[int, dict[str, object]]
    set_aside: frozenset[int]
    answers: dict[str, str]
    clean: bool
    cells: tuple[tuple[str, ...], ...] = ()


def make_dialect(dice: Dice, table: Table) -> Dialect:
    """A way of writing that suits the table's script."""
    decimal = dice.pick((".", ".", ","))
    other = "," if decimal == "." else "."
    numbers = NumberStyle(
        decimal, dice.pick(("", "", "", other, other, " ", "'", "\u00a0", "\u202f", "’")), dice.pick(NEGATIVE),
        dice.pick(MONEY), dice.chance(0.5), dice.chance(0.3),
    )  # fmt: skip
    end = dice.pick(("\n", "\n", "\r\n", "\r\n", "\r"))
    field = dice.pick([name for name in SPOILED if name in table.fields])
    return Dialect(
        encoding=dice.pick(SCRIPTS[table.script]),
        delimiter=dice.pick((",", ",", ";", "\t", "|")),
        quoting=dice.pick(("minimal", "minimal", "all", "none", "texts", "single", "backslash", "raw")),
        line_ends=("\n", "\r\n") if dice.chance(0.04) else (end,),
        dates=dice.pick(tuple(DATES)),
        numbers=numbers,
        titles=dice.pick(((), (), (), (), ("Sales report",), ("Shop: Äpfel & Co", "2024-01-01 to 2024-12-31", ""))),
        total=dice.pick(("", "", "", "", "TOTAL", "合计", "Grand total")),
        blank_every=dice.pick((0, 0, 0, 0, 3)),
        container=dice.pick(("", "", "", "", "", "", "", "gz", "zip")),
        spoiled=(field, dice.pick(SPOILED[field])) if dice.chance(0.1) and len(table.rows) > 2 else ("", ""),
        padded=dice.chance(0.06),
        declared=dice.chance(0.04),
        trailing=dice.chance(0.04),
    )


def write(table: Table, dialect: Dialect, header: tuple[str, ...]) -> Written:
    """The file; encodings that cannot hold its texts give way to UTF-8."""
    style = DATES[dialect.dates]
    cells = [_texts(row, dialect) for row in table.rows]
    if dialect.spoiled[0]:
        cells[0][table.fields.index(dialect.spoiled[0])] = dialect.spoiled[1]
    total = _total(table, dialect)
    body = [*cells, *([total] if total else [])]
    records, places = _records(dialect, header, body)
    content, encoding = _encoded("".join(records), dialect.encoding)
    lines = _begins(records)
    truth = {lines[places[i]]: _kept(row, style) for i, row in enumerate(table.rows)}
    aside = {lines[places[0]]} if dialect.spoiled[0] else set()
    truth = {line: row for line, row in truth.items() if line not in aside}
    aside |= {lines[places[len(cells)]]} if total else set()
    texts = [*dialect.titles, *header, *(cell for row in body for cell in row)]
    clean = _is_told(encoding, texts) and _is_dated_clearly(style, table) and _is_plain(dialect)
    return Written(
        table, dialect, header, _packed(content, dialect.container), truth, frozenset(aside),
        _answers(dialect, style, encoding), clean and _has_clear_numbers(table, cells), tuple(map(tuple, body)),
    )  # fmt: skip


def _answers(dialect: Dialect, style: DateStyle, encoding: str) -> dict[str, str]:
    return {
        "decimal": dialect.numbers.decimal, "date_order": style.order or "dmy",
        "encoding": encoding.split(maxsplit=1)[0],
        "delimiter": dialect.delimiter, "quote": "'" if dialect.quoting == "single" else '"',
        "escape": "\\" if dialect.quoting == "backslash" else "", "epoch": style.epoch or "1900", "counter": "as_is",
        "packs": "packs",
    }  # fmt: skip


def _texts(row: dict[str, object], dialect: Dialect) -> list[str]:
    numbers, pad = dialect.numbers, " " if dialect.padded else ""
    cells = []
    for name, value in row.items():
        if value is None:
            cells.append("")
        elif isinstance(value, datetime):
            cells.append(pad + DATES[dialect.dates].write(value) + pad)
        elif isinstance(value, Decimal):
            text = numbers.write(value, is_money=name in {"unit_price", "amount"}, is_share=name == "discount")
            cells.append(pad + text + pad)
        else:
            cells.append(str(value))
    return cells


def _kept(row: dict[str, object], style: DateStyle) -> dict[str, object]:
    return {name: style.keep(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _total(table: Table, dialect: Dialect) -> list[str]:
    """A last row of sums; one without a date or a SKU, as spreadsheets write it."""
    if not dialect.total or table.fields[0] == "quantity" or len(table.fields) < 4:
        return []
    total = sum((row["quantity"] for row in table.rows), Decimal(0))
    cells = [dialect.numbers.write(total) if name == "quantity" else "" for name in table.fields]
    return [dialect.total, *cells[1:]]


def _records(dialect: Dialect, header: tuple[str, ...], body: list[list[str]]) -> tuple[list[str], list[int]]:
    """Every record as text, and the place of each row of the body among them."""
    quoted = quoter(dialect, [list(header), *body])
    bare = [f"sep={dialect.delimiter}"] if dialect.declared else []
    bare += [title.replace(dialect.delimiter, " ") for title in dialect.titles]
    bare.append(quoted(list(header)))
    places = []
    for i, cells in enumerate(body):
        if dialect.blank_every and i % dialect.blank_every == 1:
            bare.append("")
        places.append(len(bare))
        bare.append(quoted(cells))
    ends = dialect.line_ends
    return [record + ends[i % len(ends)] for i, record in enumerate(bare)], places


def quoter(dialect: Dialect, rows: list[list[str]]) -> Callable[[list[str]], str]:
    """How a row is put on a line; manners of quoting that these rows do not allow give way to the usual one."""
    mark, manner = ("'" if dialect.quoting == "single" else '"'), dialect.quoting
    every = [cell for row in rows for cell in row]
    breaks = re.compile(f"[{re.escape(dialect.delimiter)}\r\n]")
    if manner == "none" and any(breaks.search(cell) or mark in cell for cell in every):
        manner = "minimal"
    if manner == "backslash" and not any(mark in cell for cell in every):
        manner = "all"
    if manner == "raw" and any(breaks.search(cell) or cell.startswith(mark) for cell in every):
        manner = "minimal"

    def enclosed(cell: str) -> str:
        special = bool(breaks.search(cell)) or mark in cell
        if manner == "backslash":
            escaped = cell.replace("\\", "\\\\").replace(mark, "\\" + mark)
            return f"{mark}{escaped}{mark}"
        if not (special or manner in {"all", "single"} or (manner == "texts" and not re.fullmatch(r"[\d.,-]*", cell))):
            return cell
        return mark + cell.replace(mark, mark * 2) + mark

    tail = dialect.delimiter if dialect.trailing else ""
    return lambda cells: dialect.delimiter.join(cells if manner in {"none", "raw"} else map(enclosed, cells)) + tail


def _begins(records: Iterable[str]) -> list[int]:
    """Line on which each record begins, counted as an editor counts them."""
    line, begins = 1, []
    for record in records:
        begins.append(line)
        line += len(re.findall(r"\r\n|\r|\n", record))
    return begins


def _encoded(text: str, encoding: str) -> tuple[bytes, str]:
    try:
        if encoding == "utf-16-be marked":
            return b"\xfe\xff" + text.encode("utf-16-be"), "utf-16"
        return text.encode(encoding), encoding
    except UnicodeEncodeError:
        return text.encode("utf-8"), "utf-8"


def _packed(content: bytes, container: str) -> bytes:
    if container == "gz":
        return gzip.compress(content, 1, mtime=0)
    if container == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("export/sales.csv", content)
        return buffer.getvalue()
    return content


def _is_told(encoding: str, texts: list[str]) -> bool:
    """Whether the bytes themselves say in which encoding they are."""
    bare = encoding in {"utf-16-le", "utf-16-be"}
    return encoding in {"utf-8", "utf-8-sig", "utf-16"} or (not bare and all(map(str.isascii, texts)))


def _is_plain(dialect: Dialect) -> bool:
    return not dialect.spoiled[0] and dialect.quoting not in {"single", "backslash"}


def _has_clear_numbers(table: Table, cells: list[list[str]]) -> bool:
    columns = dict(zip(table.fields, zip(*cells, strict=True), strict=True))
    numbers = [text for name in ("quantity", "unit_price", "amount", "discount") for text in columns.get(name, ())]
    open_ = any(re.fullmatch(r"\D*[1-9]\d{0,2}[.,]\d{3}\D*", text) for text in numbers)
    return not open_ or any(re.search(r"[.,]\d{1,2}\D*$", text) for text in numbers)


def _is_dated_clearly(style: DateStyle, table: Table) -> bool:
    return style.sure and (not style.order or max(row["sold_at"].day for row in table.rows) > 12)


def read_back(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Records of a text by the standard library's reader, with the line each begins on; blank ones are left out.

    Raises:
        csv.Error: a quote mark is not closed, or closed in the middle of a field.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found, line = [], 1
    for row in reader:
        if any(cell.strip() for cell in row):
            found.append((line, row))
        line = reader.line_num + 1
    return found
