"""A thousand identifiers of made-up persons, files that hold them in every place files do, and a search for them."""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq

N = 200
FIRST = ("Anneliese", "Bartholomew", "Cassandra", "Dietlinde", "Evangeline", "Ferdinand", "Guinevere", "Hildegard")
FAMILY = ("Quibbleworth", "Rosenzweig", "Szczepanski", "Thistlewood", "Ullmannova", "Vandermeer", "Wojciechowska")


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up customer: five identifiers."""

    number: str
    name: str
    mail: str
    phone: str
    address: str

    @property
    def all(self) -> tuple[str, ...]:
        return (self.number, self.name, self.mail, self.phone, self.address)


def person(n: int) -> Person:
    family = f"{FAMILY[n % len(FAMILY)]}{chr(97 + n // 26)}{chr(97 + n % 26)}"
    name = f"{FIRST[n % len(FIRST)]} {family}"
    number = f"KD-{7_340_000 + 37 * n}"
    mail = f"{family}.{n}@Mail{n % 9}.example"
    phone = f"+49 171 {5_000_000 + 7919 * n}" if n % 2 else f"1{3 + n % 7}{800_000_000 + 7919 * n}"
    return Person(number, name, mail, phone, f"{100 + n} {family} Street, {10_000 + n} Kleinwinternheim")


PEOPLE = tuple(person(n) for n in range(N))
IDENTIFIERS = tuple(each for someone in PEOPLE for each in someone.all)


def cell(text: str) -> str:
    return f'"{text}"' if "," in text else text


def broken(n: int, one: Person) -> dict[int, str]:
    """Cells of a line of the shop's own table that hold what they should not, by column."""
    ways = {
        1: {1: one.name}, 3: {4: one.phone}, 5: {3: f"Gift for {one.mail}"}, 7: {0: one.mail}, 9: {2: one.mail},
        11: {5: one.name}, 13: {13: one.address},
    }  # fmt: skip
    return ways.get(n, {}) if n < 20 else ways.get(n % 40, {}) if n % 40 != 13 else {}


def own_sales() -> str:
    """A shop's own table; some lines are broken in the ways lines are broken."""
    rows = ["Order No,Date,Item code,Product,Qty,Price,Customer No,Customer,E-Mail,Telefon,Address,Remarks,Account rep"]
    for n, one in enumerate(PEOPLE):
        cells = [f"o{n}", f"2026-{1 + n % 3:02d}-{1 + n % 27:02d}", f"SKU-{n % 11}", "Wool hat", str(1 + n % 9)]
        cells += [f"{9 + n % 13}.50", one.number, one.name, one.mail, one.phone, cell(one.address)]
        cells += [f"call {one.name} {one.phone}", one.name]
        for column, text in broken(n, one).items():
            cells[column : column + 1] = [text]
        rows.append(",".join(cells))
    return "\n".join(rows) + "\n"


def shopify() -> str:
    """An order export of a known platform."""
    rows = [
        "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
        "Cancelled at,Billing Name,Billing Street,Billing Phone,Shipping Name,Notes,Note Attributes,Phone,Source"
    ]
    for n, one in enumerate(PEOPLE):
        rows.append(
            f"#{n},{one.mail},paid,2025-{1 + n % 12:02d}-11 10:00:00 +0100,1,Scarf,20.00,SC-{n % 5},,{one.name},"
            f"{cell(one.address)},{one.phone},{one.name},ring at {one.name},from {one.mail},{one.phone},web"
        )
        rows.append(f"#{n},{one.mail},,,1,Gloves,10.00,GL-{n % 3},,,,,,,,,")
    return "\n".join(rows) + "\n"


def purchases() -> str:
    """Purchase orders with the persons behind them."""
    rows = ["PO number,Supplier,SKU,Ordered on,Ordered units,Due date,Contact person,Contact e-mail,Notes"]
    rows += [
        f"PO-{n},Nord,SKU-{n % 11},2026-01-{1 + n % 27:02d},50,2026-02-{1 + n % 27:02d},{one.name},{one.mail},"
        f"{one.phone}"
        for n, one in enumerate(PEOPLE)
    ]
    return "\n".join(rows) + "\nPO-x,Nord,SKU-1," + PEOPLE[7].name + f",50,,{PEOPLE[7].name},{PEOPLE[7].mail},\n"


def taobao() -> bytes:
    """An order list in Chinese, as GB18030."""
    rows = [
        "订单编号,买家会员名,买家支付宝账号,买家实际支付金额,订单状态,收货人姓名,收货地址,联系电话,联系手机,订单创建时间,宝贝标题,宝贝总数量,买家留言"
    ]
    rows += [
        f"98{n:016d},{one.number},{one.mail},25.00,交易成功,{one.name},{cell(one.address)},{one.phone},{one.phone},"
        f"2025-06-{1 + n % 28:02d} 12:00:00,帽子{n % 4},1,请联系{one.name}"
        for n, one in enumerate(PEOPLE)
    ]
    return ("\n".join(rows) + "\n").encode("gb18030")


def write_files(folder: Path) -> list[Path]:
    """All files, one of them named after a customer."""
    folder.mkdir()
    files = {
        f"sales of {PEOPLE[0].mail}.csv": own_sales().encode(), "shopify_orders.csv": shopify().encode("utf-16"),
        "purchase_orders.csv": purchases().encode(), "orders_zh.csv": taobao(),
    }  # fmt: skip
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return sorted(folder.iterdir())


def variants(identifier: str) -> set[bytes]:
    """An identifier as it stands, and in the disguises that hide nothing."""
    spelled = {identifier, identifier.lower(), identifier.upper()}
    digits = "".join(char for char in identifier if char.isdigit())
    if identifier.startswith("+"):
        spelled.add(digits)
    plain = {text.encode() for text in spelled}
    hidden = {base64.b64encode(text).rstrip(b"=") for text in plain}
    hidden |= {text.decode().encode(coding) for text in plain for coding in ("utf-16-le", "utf-16-be")}
    for text in plain:
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, text)
            hidden |= {digest.hexdigest().encode(), digest.digest()}
    return plain | hidden


def found_in(content: bytes, identifiers: Iterable[str] = IDENTIFIERS) -> list[str]:
    """Identifiers that stand in some bytes, in whatever disguise.

    All windows of eight bytes are looked up at once; what begins like a disguise is compared in full.
    """
    begins: dict[int, list[tuple[bytes, str]]] = {}
    for identifier in identifiers:
        for text in variants(identifier):
            begins.setdefault(int.from_bytes(text[:8], "little"), []).append((text, identifier))
    data = np.frombuffer(content, np.uint8)
    found: set[str] = set()
    for shift in range(8):
        windows = data[shift : shift + (data.size - shift) // 8 * 8].view(np.uint64)
        for place in np.flatnonzero(np.isin(windows, np.array(list(begins), np.uint64))).tolist():
            start = shift + 8 * place
            found |= {who for text, who in begins[int(windows[place])] if content[start : start + len(text)] == text}
    return sorted(found)


def plainly(folder: Path) -> bytes:
    """What stores and kept uploads under a folder hold, uncompressed."""
    parts = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            parts.append(
                repr(pq.read_table(path).to_pydict()).encode() + repr(pq.read_metadata(path).metadata).encode()
            )
        elif path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as store:
                tables = [name for (name,) in store.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
                parts += [repr(store.table(name).fetchall()).encode() for name in tables]
    return b"\n".join(parts)


def raw(folder: Path) -> bytes:
    """Every byte of every file under a folder, names included."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"\n".join(part for path in files for part in (str(path).encode(), path.read_bytes()))
