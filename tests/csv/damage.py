"""Valid files, broken in one to three places: what is untouched is read as it was, and no record vanishes."""

import csv
import re
from collections.abc import Callable
from dataclasses import replace

from core.base.errors import FileFormatError, MappingError
from core.ingest.conversion import convert
from core.ingest.mapping import TableMapping
from core.ingest.reading import ReadOptions, read
from core.ingest.source import open_sources
from tests.csv.oracle import KEY, Verdict, is_same
from tests.csv.spellings import NumberStyle
from tests.csv.tables import Dice, make_table
from tests.csv.writing import Dialect, Written, read_back, write


def _place(dice: Dice, content: bytes, of: bytes = b"") -> int:
    """A random place, or that of a random one of some bytes; -1 when there is none."""
    places = (
        [match.start() for match in re.finditer(b"[" + re.escape(of) + b"]", content)] if of else range(len(content))
    )
    return int(dice.pick(places)) if len(places) else -1


def _without(content: bytes, at: int) -> bytes:
    return content[:at] + content[at + 1 :] if at >= 0 else content


def _with(content: bytes, at: int, what: bytes) -> bytes:
    return content[:at] + what + content[at:]


def _flipped(dice: Dice, content: bytes) -> bytes:
    at = _place(dice, content)
    return content[:at] + bytes([content[at] ^ 1 << dice.whole(0, 7)]) + content[at + 1 :]


def _swapped(dice: Dice, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    i, j = dice.whole(0, len(lines) - 1), dice.whole(0, len(lines) - 1)
    lines[i], lines[j] = lines[j], lines[i]
    return b"".join(lines)


def _repeated(dice: Dice, content: bytes, line: int | None = None) -> bytes:
    lines = content.splitlines(keepends=True)
    repeated = lines[dice.whole(0, len(lines) - 1) if line is None else line]
    lines.insert(dice.whole(1, len(lines)), repeated)
    return b"".join(lines)


DAMAGES: dict[str, Callable[[Dice, bytes, bytes], bytes]] = {
    "quote dropped": lambda dice, content, _mark: _without(content, _place(dice, content, b'"')),
    "quote inserted": lambda dice, content, _mark: _with(content, _place(dice, content), b'"'),
    "separator inserted": lambda dice, content, mark: _with(content, _place(dice, content), mark),
    "separator dropped": lambda dice, content, mark: _without(content, _place(dice, content, mark)),
    "cut off": lambda dice, content, _mark: content[: _place(dice, content)],
    "bit flipped": lambda dice, content, _mark: _flipped(dice, content),
    "lines swapped": lambda dice, content, _mark: _swapped(dice, content),
    "header repeated": lambda dice, content, _mark: _repeated(dice, content, 0),
    "line repeated": lambda dice, content, _mark: _repeated(dice, content),
    "line end dropped": lambda dice, content, _mark: _without(content, _place(dice, content, b"\n")),
    "line end inserted": lambda dice, content, _mark: _with(content, _place(dice, content), b"\n"),
    "bytes overwritten": lambda dice, content, _mark: _flipped(dice, _flipped(dice, _flipped(dice, content))),
}


def make_damaged(seed: int, number: int) -> tuple[Written, bytes, tuple[str, ...]]:
    """A file of plain ISO dates and numbers, its damaged bytes, and what was done to it."""
    dice = Dice(seed, number, 1)
    table = make_table(dice, most=dice.pick((40, 400)))
    dialect = Dialect(
        "utf-8",
        dice.pick((",", ";", "\t")),
        dice.pick(("minimal", "all", "texts")),
        (dice.pick(("\n", "\r\n")),),
        "iso",
        NumberStyle(),
    )
    written = write(table, dialect, tuple(f"h{i}" for i in range(len(table.fields))))
    done = tuple(dice.pick(tuple(DAMAGES)) for _ in range(dice.pick((1, 1, 1, 2, 3))))
    content = written.content
    for name in done:
        content = DAMAGES[name](dice, content, dialect.delimiter.encode()) or b"x"
    return written, content, done


def judge_damaged(written: Written, content: bytes) -> Verdict:
    """Whether the damaged file is refused, or read so that nothing but the damage is lost or changed."""
    mapping = TableMapping("sales", "own columns", "long", dict(enumerate(written.table.fields)), decimal=".")
    mapping = replace(mapping, counter="as_is")
    try:
        table = read(open_sources("sales.csv", content)[0], ReadOptions())
        if len(table.header) < len(written.header):
            # the preview shows another table, and no mapping of the old one fits it
            return Verdict("refused", (), "fewer columns")
        loaded = convert(table, mapping, customer_key=KEY)
    except (FileFormatError, MappingError) as error:
        return Verdict("refused", (), str(error))
    except Exception as error:  # noqa: BLE001 - any other exception is what is searched for
        return Verdict("unhandled", (), f"{type(error).__name__}: {error}"[:500])
    noted = any("Proposed" in note for note in table.notes)
    differs = _differs(written, content.decode(table.dialect.encoding), table, loaded)
    return Verdict(("noted" if noted else "silently wrong") if differs else "right", (), differs)


def _differs(written: Written, text: str, table, loaded) -> str:
    if table.dialect.delimiter != written.dialect.delimiter:
        return f"delimiter {table.dialect.delimiter!r}"
    if table.dialect.escape:
        # a quote mark put behind a backslash makes the file one of those that escape
        text = re.sub(r'\\([\\"])', lambda match: match[1].replace('"', '""'), text)
    try:
        records = read_back(text.removeprefix("\ufeff"), table.dialect.delimiter)
    except csv.Error as error:
        return f"loaded, but another reader says: {error}"
    above = [row for line, row in records if line < table.dialect.header_line]
    if any(len(row) > len(written.header) // 2 for row in above):
        return f"header taken from line {table.dialect.header_line}"
    body = dict(records[len(above) + 1 :])
    if loaded.records != len(body):
        return f"records {loaded.records} of {len(body)}"
    aside = {entry.line for entry in loaded.quarantined}
    rows = {row["line"]: row for row in loaded.rows.to_pylist()}
    if rows.keys() | aside != body.keys():
        return f"lines {sorted((rows.keys() | aside) ^ body.keys())[:5]}"
    true = dict(zip(written.cells, written.truth.values(), strict=True))
    return next((told for line, row in rows.items() if (told := _changed(written, body[line], row, true))), "")


def _changed(written: Written, cells: list[str], row: dict[str, object], true: dict) -> str:
    """What a loaded row says other than its cells do; empty when nothing."""
    values = true.get(tuple(cells)) or _by_hand(dict(zip(written.table.fields, cells, strict=False)))
    for name, value in values.items():
        if name != "customer" and not is_same(value, row[name], name):
            return f"line {row['line']}: {name} {value!r} became {row[name]!r}"
    return ""


def _by_hand(cells: dict[str, str]) -> dict[str, object]:
    """What a damaged row says where no doubt is possible: its texts."""
    return {name: text for name, text in cells.items() if name in {"sku", "product_name", "category", "order_id"}}
