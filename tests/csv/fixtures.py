"""Files on which common CSV readers were seen to fail, built in code, each with the one verdict that is right for it.

A verdict is "right" (the rows are exactly those given), "asked" (an error that names the option to choose, and with
the answer the rows are right) or "refused" (one sentence). Nothing else may happen, least of all a silent misreading.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Verdict = Literal["right", "asked", "refused"]
Row = tuple[str, str, float, float]
HEADER: Final = "date,sku,qty,price"


@dataclass(frozen=True, slots=True)
class Fixture:
    """One file and what must become of it.

    Attributes:
        build: makes the bytes.
        verdict: what must happen without any option.
        rows: (day or moment, SKU, units, price) of each row loaded; empty for refused files.
        says: pattern of the question or refusal.
        answer: options that settle a question.
        aside: lines that are set aside.
    """

    build: Callable[[], bytes]
    verdict: Verdict
    rows: tuple[Row, ...] = ()
    says: str = ""
    answer: dict[str, Any] = field(default_factory=dict)
    aside: tuple[int, ...] = ()


PLAIN: Final[tuple[Row, ...]] = tuple(
    (f"2024-01-{i + 1:02d}", f"SKU{i:03d}", float(i % 5 + 1), 10.5 + i) for i in range(28)
)


def line(row: Row) -> str:
    day, sku, units, price = row
    return f"{day},{sku},{units:g},{price:.2f}"


def lines(rows: tuple[Row, ...] = PLAIN) -> list[str]:
    return [HEADER, *(line(row) for row in rows)]


def text(rows: tuple[Row, ...] = PLAIN, end: str = "\n") -> str:
    return end.join(lines(rows)) + end


def named(*skus: str) -> tuple[Row, ...]:
    """Plain rows with other SKUs in turn."""
    return tuple((day, skus[i % len(skus)], units, price) for i, (day, _, units, price) in enumerate(PLAIN))


def many(n: int) -> list[str]:
    """Header and n plain lines."""
    return [HEADER, *(line(PLAIN[i % len(PLAIN)]) for i in range(n))]


def joined(rows: list[str]) -> bytes:
    return ("\n".join(rows) + "\n").encode()


def replaced(at: int, content: str, n: int = 0) -> bytes:
    """Plain lines, of which the one with this number (from 1) is another."""
    rows = many(n) if n else lines()
    rows[at - 1] = content
    return joined(rows)


def dated(days: list[str], rows: tuple[Row, ...] = PLAIN) -> bytes:
    """Plain rows with these spellings of their dates."""
    return joined([HEADER, *(f"{day},{line(row).split(',', 1)[1]}" for day, row in zip(days, rows, strict=True))])


def priced(prices: list[str]) -> bytes:
    """The first plain rows with these spellings of their prices."""
    rows = [f'{row[0]},{row[1]},{row[2]:g},"{price}"' for row, price in zip(PLAIN, prices, strict=False)]
    return joined([HEADER, *rows])


def first(n: int, prices: list[float]) -> tuple[Row, ...]:
    return tuple((*row[:3], price) for row, price in zip(PLAIN[:n], prices, strict=True))


def _wider_at(k: int) -> bytes:
    rows = many(30_000)
    rows[k:] = [f"{row},extra" for row in rows[k:]]
    return joined(rows)


def _comma_in_text() -> bytes:
    rows = [f'{row[0]},"{row[1]}, blue",{row[2]:g},{row[3]:.2f}' for row in PLAIN]
    rows[9] = rows[9].replace('blue"', "blue")
    return joined([HEADER, *rows])


def _semicolons() -> bytes:
    body = [f"{day};{sku};{units:g};{price:.2f}".replace(".", ",") for day, sku, units, price in PLAIN]
    return joined([HEADER.replace(",", ";"), *body])


def _bad_byte_late() -> bytes:
    rows = many(40_000)
    rows[30_000] = "2024-01-05,SKU\x00,1,2.00"
    return joined(rows).replace(b"SKU\x00", b"SKU\xff")


def _late_text() -> bytes:
    return replaced(30_002, "2024-01-05,SKU001,a dozen,2.00", 40_000)


def _huge_cell() -> bytes:
    return (HEADER + "\n2024-01-01," + "A" * 50_000_000 + ",1,2\n").encode()


def _ragged() -> bytes:
    rows = [HEADER, *(line(PLAIN[i % 28]) for i in range(59))]
    for at in (7, 23, 41):
        rows[at] += ",surplus"
    return joined(rows)


def _us(row: Row) -> str:
    year, month, day = row[0].split("-")
    return f"{month}/{day}/{year}"


def _eu(row: Row) -> str:
    year, month, day = row[0].split("-")
    return f"{day}/{month}/{year}"


EARLY: Final = PLAIN[:12]
LATE_RESULT: Final = tuple(PLAIN[i % len(PLAIN)] for i in range(40_000) if i != 30_000)
LONG: Final = ("123456789012345678901", "12345678901234567890123")
SERIALS: Final = [str(45292 + i) for i in range(28)]

FIXTURES: Final[dict[str, Fixture]] = {
    "byte order mark": Fixture(lambda: b"\xef\xbb\xbf" + text().encode(), "right", PLAIN),
    "line breaks inside quotes": Fixture(
        lambda: text(named("S")).replace(",S,", ',"S\n1",').encode(), "right", named("S\n1")),
    "carriage returns only": Fixture(lambda: text(end="\r").encode(), "right", PLAIN),
    "Windows line ends": Fixture(lambda: text(end="\r\n").encode(), "right", PLAIN),
    "blank lines": Fixture(lambda: text().replace("\n2024-01-07", "\n\n\n2024-01-07").encode(), "right", PLAIN),
    "SKU with a hash": Fixture(lambda: text(named("#1", "#A2")).encode(), "right", named("#1", "#A2")),
    "UTF-16 with mark": Fixture(lambda: text(named("Köln")).encode("utf-16"), "right", named("Köln")),
    "GBK": Fixture(lambda: text(named("苹果", "牛奶")).encode("gbk"), "right", named("苹果", "牛奶")),
    "cp1252": Fixture(lambda: text(named("Größe", "café")).encode("cp1252"), "right", named("Größe", "café")),
    "Big5": Fixture(lambda: text(named("蘋果", "繁體商品")).encode("big5"), "right", named("蘋果", "繁體商品")),
    "Shift-JIS": Fixture(lambda: text(named("りんご", "カメラ本体")).encode("shift_jis"), "right",
        named("りんご", "カメラ本体")),
    "UTF-16 without mark": Fixture(lambda: text().encode("utf-16-le"), "asked", PLAIN,
        r"^This looks like UTF-16\. Choose the encoding or save as CSV UTF-8\.", {"encoding": "utf-16-le"}),
    "one bad byte at row 30,001": Fixture(_bad_byte_late, "asked", (),
        r"Not UTF-8 \(first bad byte: line 30,001, column 15\)\. It may be .* Choose the encoding", {}),
    "semicolons and decimal commas": Fixture(_semicolons, "right", PLAIN),
    "thousands or decimals": Fixture(lambda: priced(["1.500", "2.250"]), "asked", first(2, [1500.0, 2250.0]),
        r"“1\.500” can be 1\.500 or 1500\. Choose", {"decimal": ","}),
    "thousands marks in quotes": Fixture(lambda: priced(["1,234.50", "2,000.25"]), "right",
        first(2, [1234.5, 2000.25])),
    "brackets for minus": Fixture(lambda: priced(["($12.50)", "$3.25"]), "right", first(2, [-12.5, 3.25])),
    "percent among prices": Fixture(lambda: priced(["12.5%", "3.25"]), "right", first(2, [0, 3.25])[1:], "", {}, (2,)),
    "trailing minus": Fixture(lambda: priced(["4.50-", "3.25"]), "right", first(2, [-4.5, 3.25])),
    "ragged rows": Fixture(_ragged, "refused", (), r"^Line 8 has 5 fields, expected 4\. 3 of 59 rows do not fit"),
    "one unquoted comma": Fixture(lambda: replaced(2, "2024-01-01,SKU0,00,1,10.50"), "refused", (),
        r"^Line 2 has 5 fields, expected 4\."),
    "one unquoted comma among many rows": Fixture(lambda: replaced(2, "2024-01-01,SKU0,00,1,10.50", 1000), "right",
        tuple(PLAIN[i % 28] for i in range(1000) if i), "", {}, (2,)),
    "rows grow wider": Fixture(lambda: _wider_at(2040), "refused", (), r"^Line 2041 has 5 fields, expected 4\."),
    "semicolon in the last of three lines": Fixture(lambda: b"c0\nv0\na;b\n", "refused", (),
        r"header is unclear|one column|No header"),
    "title above the header": Fixture(lambda: b"Sales of January\n" + text().encode(), "right", PLAIN),
    "total below the rows": Fixture(lambda: text().encode() + b"TOTAL,,83,670.00\n", "right", PLAIN, "", {}, (30,)),
    "repeated header": Fixture(lambda: text().replace(HEADER, "date,sku,qty,qty").encode(), "right",
        tuple((*row[:3], float("nan")) for row in PLAIN)),
    "empty": Fixture(lambda: b"", "refused", (), "the file is empty"),
    "header only": Fixture((HEADER + "\n").encode, "refused", (), r"^No data rows under the header\."),
    "NUL inside a cell": Fixture(lambda: text().replace("SKU010", "SK\0U010").encode(), "refused", (),
        r"^The file holds binary data at byte \d+ \(line 12\)"),
    "month first, undecided": Fixture(lambda: dated([_us(row) for row in EARLY], EARLY), "asked", EARLY,
        "All dates fit day-first and month-first", {"date_order": "mdy"}),
    "day first, undecided": Fixture(lambda: dated([_eu(row) for row in EARLY], EARLY), "asked", EARLY,
        "All dates fit day-first and month-first", {"date_order": "dmy"}),
    "order proven late": Fixture(
        lambda: dated([_eu(row) for row in EARLY] * 2501 + ["28/01/2024"], EARLY * 2501 + (PLAIN[27],)), "right",
        EARLY * 2501 + (PLAIN[27],)),
    "orders mixed": Fixture(
        lambda: dated([_eu(row) for row in PLAIN[:20]] + [_us(row) for row in PLAIN[20:]]), "asked", PLAIN[:20],
        "fits only day-first .* only month-first", {"date_order": "dmy"}, tuple(range(22, 30))),
    "Excel day numbers": Fixture(lambda: dated(SERIALS), "right", PLAIN),
    "negative units": Fixture(lambda: replaced(5, "2024-01-04,SKU003,-4,13.50"), "right",
        (*PLAIN[:3], ("2024-01-04", "SKU003", -4.0, 13.5), *PLAIN[4:])),
    "leading zeros": Fixture(lambda: text(named("000012", "000345")).encode(), "right", named("000012", "000345")),
    "SKU like a power of ten": Fixture(lambda: text(named("1E5", "10E3")).encode(), "right", named("1E5", "10E3")),
    "23 digits": Fixture(lambda: text(named(*LONG)).encode(), "right", named(*LONG)),
    "words for nothing as SKU": Fixture(lambda: text(named("NA", "None", "null")).encode(), "right",
        named("NA", "None", "null")),
    "a word for a number at row 30,001": Fixture(_late_text, "right", LATE_RESULT, "", {}, (30_002,)),
    "unclosed quote": Fixture(lambda: replaced(12, '2024-01-11,"SKU010,1,20.50'), "refused", (),
        r"^Quote opened at line 12 is not closed\."),
    "unclosed quote among quoted commas": Fixture(_comma_in_text, "refused", (),
        r"line 11 goes on after its closing quote|^Quote opened at line 11 is not closed"),
    "unclosed quote late": Fixture(lambda: replaced(40_001, '2024-01-11,"SKU010,1,20.50', 50_000), "refused", (),
        r"^Quote opened at line 40,001 is not closed"),
    "moments with an offset": Fixture(lambda: dated([f"{row[0]}T09:30:00+02:00" for row in PLAIN]), "right",
        tuple((f"{row[0]} 09:30:00", *row[1:]) for row in PLAIN)),
    "a cell of 50 MB": Fixture(_huge_cell, "refused", (),
        "more than 1 MB"),
    "100,000 columns": Fixture(lambda: ",".join(f"c{i}" for i in range(100_000)).encode() + b"\n", "refused", (),
        r"100,000 columns; the limit is 20,000"),
}  # fmt: skip
