"""Table → dialect → file → read back: right, asked, set aside or refused, but never wrong without a word."""

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from core.base.errors import FileFormatError, MappingError
from core.ingest.conversion import convert
from core.ingest.mapping import TableMapping
from core.ingest.reading import ReadOptions, read
from core.ingest.recognition import recognise
from core.ingest.source import open_sources
from tests.csv.tables import Dice, make_table
from tests.csv.writing import Written, make_dialect, write

KEY = b"oracle"
OPTIONS = ("encoding", "date_order", "decimal", "delimiter", "quote", "escape", "epoch", "counter", "packs")
TOLD = ("encoding", "date_order", "decimal", "epoch")
BAD = frozenset({"silently wrong", "unhandled"})
HEADERS = {
    "sold_at": ("Date", "order_date", "Order Date", "日期", "下单时间", "Datum"),
    "sku": ("SKU", "item_id", "Item Code", "商品编码", "Artikelnummer"),
    "quantity": ("Quantity", "qty", "Units Sold", "数量", "Menge"),
    "unit_price": ("Unit Price", "price", "单价"),
    "amount": ("Amount", "Revenue", "销售额"),
    "discount": ("Discount", "discount", "折扣"),
    "product_name": ("Product Name", "商品名称"),
    "location": ("Store", "Warehouse", "门店"),
    "order_id": ("Order ID", "Invoice No", "订单号"),
    "customer": ("Customer ID", "customer_id"),
    "category": ("Category", "类目"),
}
STRANGE_HEADERS = ("", "x", "Spalte", "a b", "col,1", 'q"q', "new\nline", "列", "x", "{0}", "=A1", "very " * 40)


@dataclass(frozen=True)
class Verdict:
    """What came of one file.

    Attributes:
        kind: right, asked, set aside, refused, noted (a proposed encoding was wrong, and said so), silently wrong,
            unhandled.
        asked: options asked for.
        detail: the sentence, or what differs.
    """

    kind: str
    asked: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True)
class Case:
    """One generated file and how it is to be read."""

    written: Written
    recognised: bool
    told: bool


def make_case(seed: int, number: int) -> Case:
    """The file of a number; the same seed and number give the same bytes."""
    dice = Dice(seed, number)
    table = make_table(dice)
    recognised = dice.chance(0.5)
    if recognised:
        header = tuple(dice.pick(HEADERS[name]) for name in table.fields)
    else:
        header = tuple(dice.pick(STRANGE_HEADERS) if dice.chance(0.3) else f"h{i}" for i in range(len(table.fields)))
        header = header if any(header) else ("h", *header[1:])
    return Case(write(table, make_dialect(dice, table), header), recognised, dice.chance(0.2))


def judge(case: Case) -> Verdict:
    """Read the file as a user would who answers truly whatever is asked."""
    written = case.written
    given = (
        {name: written.answers[name] for name in ("encoding", "date_order", "decimal", "epoch")} if case.told else {}
    )
    asked: list[str] = []
    for _ in range(len(OPTIONS) + 1):
        try:
            return _compared(case, given, tuple(asked))
        except (FileFormatError, MappingError) as error:
            named = [name for name in OPTIONS if re.search(rf"\b{name}\b", str(error)) and name not in given]
            if not named:
                return Verdict("refused", tuple(asked), str(error))
            asked += named
            given |= {name: written.answers[name] for name in named}
        except Exception as error:  # noqa: BLE001 - any other exception is what is searched for
            return Verdict("unhandled", tuple(asked), f"{type(error).__name__}: {error}"[:500])
    return Verdict("refused", tuple(asked), "asked without end")


def _compared(case: Case, given: dict[str, str], asked: tuple[str, ...]) -> Verdict:
    written = case.written
    table = read(open_sources("sales.csv", written.content)[0], ReadOptions(**given))
    if case.recognised:
        found = recognise(table, "file.csv")
        mapping = found.to_mapping()
        questions = " ".join(found.questions)
    elif len(table.header) < len(written.header):
        return Verdict("silently wrong", asked, f"{len(table.header)} columns of {len(written.header)}")
    else:
        mapping = TableMapping("sales", "own columns", "long", dict(enumerate(written.table.fields)))
        questions = "epoch"  # whoever maps by hand has been shown the dates
    mapping = replace(mapping, **{name: given[name] for name in given.keys() & {"counter", "packs", "epoch"}})
    loaded = convert(table, mapping, customer_key=KEY)
    differs = difference(written, loaded)
    if differs and written.answers["epoch"] == "1904" and not given.get("epoch") and "epoch" in questions:
        return _compared(case, given | {"epoch": "1904"}, (*asked, "epoch"))
    if differs.startswith("set aside"):
        return Verdict("set aside", asked, differs)
    if differs:
        noted = "encoding" not in given and any("Proposed" in note for note in table.notes)
        return Verdict("noted" if noted else "silently wrong", asked, differs)
    return Verdict("asked" if asked else "right", asked)


def difference(written: Written, loaded) -> str:
    """What was read other than it was written; empty when nothing."""
    if loaded.role != "sales":
        return f"role {loaded.role}"
    rows = {row["line"]: row for row in loaded.rows.to_pylist()}
    expected = len(written.truth) + len(written.set_aside)
    if loaded.records != expected:
        return f"records {loaded.records} of {expected}"
    if rows.keys() - written.truth.keys():
        line = min(rows.keys() - written.truth.keys())
        return f"line {line} became a sale: {rows[line]}"
    return _changed(written, rows) or _lost(written, rows, {each.line: each.reason for each in loaded.quarantined})


def _changed(written: Written, rows: dict[int, dict[str, object]]) -> str:
    people: dict[object, object] = {}
    for line, row in rows.items():
        for name, true in written.truth[line].items():
            # a person has one pseudonym, which is not the number itself
            same = (
                people.setdefault(true, row[name]) == row[name] != true
                if name == "customer"
                else is_same(true, row[name], name)
            )
            if not same:
                return f"line {line}: {name} {true!r} became {row[name]!r}"
    return ""


def _lost(written: Written, rows: dict[int, dict[str, object]], told: dict[int, str]) -> str:
    lost = written.truth.keys() - rows.keys()
    if lost - told.keys():
        return f"line {min(lost - told.keys())} vanished"
    return f"set aside {len(lost)} of {len(written.truth)}: {told[min(lost)]}" if lost else ""


def is_same(true: object, read_: object, name: str) -> bool:
    """Whether a value read is the true one."""
    if isinstance(true, Decimal):
        return isinstance(read_, float) and math.isclose(read_, float(true), rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(true, datetime):
        return isinstance(read_, datetime) and abs((read_ - true).total_seconds()) < 0.001
    if true is None or not str(true).strip():
        return read_ == ("main" if name == "location" else None)
    return read_ == true


def tally(seed: int, numbers: range) -> tuple[Counter, Counter, list[tuple[int, str, Verdict]]]:
    """Verdicts of many files: of all, of the clean ones, and each that is not plainly well."""
    kinds, clean, remarkable = Counter(), Counter(), []
    for number in numbers:
        case = make_case(seed, number)
        verdict = judge(case)
        mode = "recognised" if case.recognised else "mapped"
        kinds[verdict.kind] += 1
        if case.written.clean and not case.told:
            clean[verdict.kind] += 1
        if verdict.kind not in {"right", "asked"} or (case.written.clean and verdict.kind != "right"):
            remarkable.append((number, mode, verdict))
    return kinds, clean, remarkable
