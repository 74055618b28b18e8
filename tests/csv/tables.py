"""Made-up sales tables whose true values are known, with everything in them that has ever misled a reader."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

NASTY_IDS = (
    "000012", "0", "1E5", "10E3", "12345678901234567890123", "102900005115762", "4006381333931", "NA", "None", "null",
    "nan", "N/A", "TRUE", "-", "#1", "1.500", "1,5", "2024-01-01", "01/02/03", "=1+1", "+49", "-7", "@x", "0x1F",
    "1e-3", " lead", "trail ", "a,b", "a;b", "a|b", "a\tb", 'say "hi"', '"', "'quoted'", "O'Neil", "back\\slash",
    "{value}", "<b>x</b>", "two\nlines", "two\r\nlines", "(12)", "50%", "$5", "A.B/C:D", "TOTAL-1", "٣", "１２",
    "x" * 200,
)  # fmt: skip
TEXTS = {
    "ascii": (
        "Tea, green", "Mug; large", 'Screw 3"', "Bolt|nut", "Pen", "Lamp (LED)", "5% off", "N/A", "it's", "a\nb", "sku",
        "", "C:\\temp", "x\ty",
    ),
    "western": (
        "Müller", "créée", "señor", "Größe XL", "Café au lait", "Ænima", "naïve, très", "50 € Gutschein", "l’été",
    ),
    "simplified": (
        "苹果手机壳", "红色连衣裙 大码", "有机绿茶，500克", "儿童玩具汽车", "不锈钢保温杯", "蓝牙耳机（无线）",
        "洗发水", "牛肉干",
    ),
    "traditional": (
        "蘋果手機殼", "紅色連衣裙 大碼", "有機綠茶，500克", "兒童玩具汽車", "不鏽鋼保溫杯", "藍牙耳機（無線）",
        "洗髮精", "牛肉乾",
    ),
    "japanese": (
        "りんごジュース", "ワイヤレスイヤホン", "赤いドレス（大）", "子供のおもちゃ", "緑茶、500グラム", "シャンプー",
        "お弁当箱",
    ),
    "mixed": ("Müller 苹果", "🙂 smile", "Ünïcödé", "日本のお茶", "Привет", "عربي", "zero\u200bwidth", "e\u0301"),
    "polish": ("Łódź", "żółty ser", "kubek, duży", "śruba", "źródło", "ćma", "pączek", "koń"),
    "russian": ("чай зелёный", "кружка", "лампа, светодиодная", "детская игрушка", "мыло", "шампунь"),
    "korean": ("사과 주스", "빨간 드레스", "어린이 장난감", "녹차, 500그램", "샴푸", "도시락"),
}  # fmt: skip
FIRST = datetime.fromisoformat("2015-01-01")
STORES = ("main", "Berlin", "002", "shop 1", "NA", "W-7")


@dataclass(frozen=True)
class Table:
    """Fields in the order of the file, and one dict of true values per row; None is a cell that was not given.

    Numbers are Decimal, moments datetime, everything else text.
    """

    fields: tuple[str, ...]
    rows: tuple[dict[str, object], ...]
    script: str


class Dice:
    """A seeded generator with the few throws that are needed here."""

    def __init__(self, *seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def pick(self, choices):
        return choices[int(self.rng.integers(len(choices)))]

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def whole(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))


def make_table(dice: Dice, most: int = 40) -> Table:
    """A table of one row and more."""
    script = dice.pick(("ascii", "ascii", "ascii", *TEXTS))
    # a quantity is always there; the other columns come and go, in any order
    optional = ("unit_price", "amount", "discount", "product_name", "location", "order_id", "customer", "category")
    fields = ["sold_at", "sku", "quantity", *(name for name in optional if dice.chance(0.5))]
    dice.rng.shuffle(fields)
    grams, begin = dice.chance(0.25), FIRST + timedelta(days=dice.whole(0, 4700))
    span, nasty = dice.pick((1, 9, 60, 700)), dice.chance(0.3)
    skus = [_sku(dice, nasty=nasty) for _ in range(dice.whole(1, 12))]
    rows = []
    for i in range(dice.whole(1, most)):
        known = {
            "sold_at": begin + timedelta(days=dice.whole(0, span), seconds=dice.whole(0, 86_399)),
            "sku": dice.pick(skus),
            "quantity": _number(dice, 3 if grams else 0, share_below_zero=0.1),
            "unit_price": _number(dice, 2, share_below_zero=0.0),
            "amount": _number(dice, 2, share_below_zero=0.1),
            "discount": Decimal(dice.whole(0, 99)) / 100,
            "product_name": _text(dice, script),
            "location": dice.pick(STORES),
            "order_id": f"{dice.pick(('', '#', 'INV-', '00'))}{1000 + i}",
            "customer": f"C{dice.whole(10_000, 99_999)}",
            "category": _text(dice, script),
        }
        sparse = {name: None for name in ("unit_price", "amount") if dice.chance(0.05)}
        rows.append({name: (known | sparse)[name] for name in fields})
    return Table(tuple(fields), tuple(rows), script)


def _sku(dice: Dice, *, nasty: bool) -> str:
    if nasty and dice.chance(0.6):
        return str(dice.pick(NASTY_IDS))
    return f"{dice.pick(('SKU-', 'A', '00', 'B0', '69012'))}{dice.whole(100, 99_999)}"


def _text(dice: Dice, script: str) -> str:
    words = TEXTS[script] + (TEXTS["ascii"] if dice.chance(0.2) else ())
    return str(dice.pick(words))


def _number(dice: Dice, places: int, *, share_below_zero: float) -> Decimal:
    digits = dice.pick((1, 2, 3, 4, 5, 7))
    value = Decimal(dice.whole(0, 10**digits - 1)) / 10**places
    return -value if dice.chance(share_below_zero) else value
