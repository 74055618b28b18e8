"""How plausible a text is under an encoding, by the classes of characters that languages really use.

Nearly every byte string decodes in several East Asian encodings; the wrong one gives rare characters, the right one
gives the few hundred that make up most of any text (Da, J., "Modern Chinese Character Frequency List", 2004), and
kana in Japanese. Western text has single accented letters among plain ones.
"""

import re
from collections.abc import Callable
from typing import Final

from core.ingest.synonyms import is_known

_SHARED: Final = (
    "的一是不了在人有我他中上大和地到以要就出可也你生能而子那得下自之年作用道行所家事成方多去法如都同面起看定"
    "天分好小部其些主理心她本前但因只想日"
    "者意力它把十第公此已工使情明性知全三又正外高由很最重物手向文政美相被利什二等或己制身果加西斯月合回特代信"
    "表化老世位次度任常先海通教原提立及比"
    "水名真走各入口平系活打女四神何安少才反受目太量再感建做接必件管期市直德命山金指克至形社便空治展科司五基眼"
    "非白却界光放像且思王完式色路南品住告"
    "求程北死交取拉格望共清今切院候巴亚尼里卡伊普布林森英俄古帝奥吉索莫哥拿黎土星商店型存售退款支付元箱包袋瓶"
    "盒升米蕉牛奶茶衣服鞋裙帽新男童京街客"
    "姓址折扣促否消"
)
_SIMPLIFIED: Final = frozenset(
    _SHARED + "这个们来为国说时会对于着过发后种经么学当没动还进样开从实军无与长机民业将两间问关点应战头体见产给员论处义"
    "几认条气题尔更别变总电数报结务场计资"
    "统区队决马书则听达强难权设术领确传师观让识带导争运兰罗维诺萨丹洛鲁圣阿坚岛联买属东门乌约语编码价订单额称"
    "规铺颜号库销仓供购货状态类牌苹饭裤脑"
    "线器红蓝黑绿黄旧广州深圳县楼户话备注优惠"
)
_TRADITIONAL: Final = frozenset(
    _SHARED + "這個們來為國說時會對於著過發後裡種經麼學當沒動還進樣開從實軍無與長機民業將兩間問關點應戰頭體見產給員論處"
    "義幾認條氣題爾更別變總電數報結務場計"
    "資統區隊決馬書則聽達強難權設術領確傳師觀讓識帶導爭運亞蘭羅維諾薩丹洛魯聖阿堅島聯買屬東門烏約語編碼價訂單"
    "額稱規鋪顏號庫銷倉供購貨狀態類牌蘋飯"
    "褲腦線器紅藍黑綠黃舊廣台臺灣香港雄縣樓戶話備註優惠"
)
_KANJI: Final = frozenset(
    "日一人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千"
    "水半男西電校語土木聞食車何南万毎白天母火右読"
    "商品番号数量価格注文日付合計金額在庫販売店舗仕入先単位色型税込送料発送受付顧客氏名住所備考売上個枚箱袋本"
    "缶円青赤黒新古京都市区県町"
)
_HANGUL: Final = frozenset(
    "의이다가는에을로고하지한은를도서기사자인정시부어나아대수일해제라리과스주전보들상그장원동조성구생있만여오"
    "비등공무진선용화명문개안소물경마세계모"
    "으현유우실연면교신와본적체방중회간천내것위발미분단업장품번호량가격문판매재고날짜"
)
_CHINESE_MARKS: Final = frozenset("，。、；：？！“”‘’（）《》【】—…·～￥％＃＋－／０１２３４５６７８９　「」『』")
_CURRENCY_AND_SIGNS: Final = frozenset("€£¥§°±²³µ½¼¾×÷«»“”‘’–—…™®©ª·•¿¡\u00a0")
_FOREIGN_RUN: Final = re.compile(r"[^\x00-\x7f]+")
_RUSSIAN: Final = re.compile(r"[А-ЯЁ]?[а-яё]+|[А-ЯЁ]{2,}")
_MAX_RUN: Final = 3000  # foreign stretches that are weighed
_UNLIKELY: Final = -0.5
_POSSIBLE: Final = 0.35

Weight = Callable[[str], float]


def plausibility(text: str, encoding: str) -> float:
    """How well a decoded text reads, from about -0.5 (garbage) to 1, and more where header names make sense.

    Args:
        text: a sample decoded under the encoding, the header first.
        encoding: one of those compared in `core.ingest.encoding`.

    Example:
        >>> round(plausibility("Größe,Menge", "cp1252"), 1), round(plausibility("ÈÕÆÚ,SKU", "cp1252"), 1)
        (1.0, -0.5)
    """
    whole = {"cp1252": _western, "cp1251": _russian}
    weights = whole[encoding](text) if encoding in whole else _eastern(text, _WEIGHTS[encoding])
    if not weights:
        return 0.0
    known = any(is_known(cell) for cell in _foreign_headers(text))
    return sum(weights) / len(weights) + (0.5 if known else 0.0)


def _foreign_headers(text: str) -> list[str]:
    """Column names with foreign characters in the first line."""
    header = re.split(r"[\r\n]", text, maxsplit=1)[0]
    return [cell.strip(" \"'") for cell in re.split(r"[,;\t|]", header) if not cell.isascii()]


def _eastern(text: str, weight: Weight) -> list[float]:
    """Weights of foreign characters, each by its class in the encoding."""
    weights: list[float] = []
    for match in list(_FOREIGN_RUN.finditer(text))[:_MAX_RUN]:
        # one foreign character inside a Latin word is an accent read wrongly
        alone = len(match[0]) == 1 and any(char.islower() and char.isascii() for char in _beside(text, match))
        weights += [_UNLIKELY] if alone else [weight(char) for char in match[0]]
    return weights


def _beside(text: str, match: re.Match[str]) -> str:
    """The characters before and after a stretch."""
    return text[max(match.start() - 1, 0) : match.start()] + text[match.end() : match.end() + 1]


def _western(text: str) -> list[float]:
    """Weights of foreign characters in a Latin text: letters lean on letters, signs on digits and blanks."""
    weights: list[float] = []
    for match in list(_FOREIGN_RUN.finditer(text))[:_MAX_RUN]:
        run = match[0]
        beside = _beside(text, match)
        touches = any(char.isalpha() for char in beside)
        before = text[max(match.start() - 2, 0) : match.start()]
        shouted = len(before) == 2 and before.isupper() and before.isalpha()
        for char in run:
            if char.isalpha() and char not in "ªº":
                # three accented letters on end are no word, nor is a capital after a small letter or “SKUÿ”
                mixed = (char.isupper() and beside[:1].islower()) or (char.islower() and shouted and char != "ß")
                fits = touches and len(run) < 3 and not mixed
                weights.append(1.0 if fits else _UNLIKELY)
            else:
                fits = char in _CURRENCY_AND_SIGNS and not touches and len(run) < 3
                weights.append(0.8 if fits else _UNLIKELY)
    return weights


def _gb18030(char: str) -> float:
    """Simplified Chinese."""
    if char in _SIMPLIFIED or char in _CHINESE_MARKS:
        return 1.0
    code = char.encode("gb18030", "replace")
    # GB 2312's first level: 3,755 characters that nearly all written text consists of
    return _POSSIBLE if len(code) == 2 and 0xB0 <= code[0] <= 0xD7 and code[1] >= 0xA1 else _UNLIKELY


def _big5(char: str) -> float:
    """Traditional Chinese."""
    if char in _TRADITIONAL or char in _CHINESE_MARKS:
        return 1.0
    code = char.encode("cp950", "replace")
    # Big5's first level: 5,401 characters in order of strokes
    return _POSSIBLE if len(code) == 2 and 0xA4 <= code[0] <= 0xC6 else _UNLIKELY


def _shift_jis(char: str) -> float:
    """Japanese."""
    if "\u3041" <= char <= "\u30fc" or char in _KANJI or char in _CHINESE_MARKS:
        return 1.0
    if "\uff61" <= char <= "\uff9f":
        # half-width kana: real in old tills, but also what any other bytes decode to
        return 0.2
    code = char.encode("cp932", "replace")
    return _POSSIBLE if len(code) == 2 and 0x88 <= code[0] <= 0x98 else _UNLIKELY


def _russian(text: str) -> list[float]:
    """Weights of stretches that should be Russian words; small letters before capitals are another encoding."""
    fits = [
        _RUSSIAN.fullmatch(match[0]) and len(match[0]) > 1 and not any(char.isalpha() for char in _beside(text, match))
        for match in list(_FOREIGN_RUN.finditer(text))[:_MAX_RUN]
    ]
    return [0.9 if fit else _UNLIKELY for fit in fits]


def _euc_kr(char: str) -> float:
    """Korean."""
    if char in _HANGUL:
        return 1.0
    return _POSSIBLE if "\uac00" <= char <= "\ud7a3" else _UNLIKELY


_WEIGHTS: Final[dict[str, Weight]] = {
    "gb18030": _gb18030, "big5": _big5, "shift_jis": _shift_jis, "euc_kr": _euc_kr,
    "euc_jp": _shift_jis,
}  # fmt: skip
