"""Currencies as files write them and as the program does: ISO 4217 codes."""

from collections.abc import Iterable
from typing import Final

SIGNS: Final = (
    ("EUR", "€ euro euros 欧元"), ("GBP", "£ 英镑"), ("CNY", "¥ ￥ rmb 人民币 元 cn¥ cnh"), ("JPY", "¥ ￥ 円 日元 jp¥"),
    ("USD", "$ us$ 美元"), ("CAD", "$ c$ ca$"), ("AUD", "$ a$ au$"), ("HKD", "$ hk$ 港币 港元"), ("SGD", "$ s$"),
    ("NZD", "$ nz$"), ("MXN", "$ mx$"), ("TWD", "$ nt$ 新台币"), ("BRL", "r$"), ("INR", "₹ rs rs."), ("KRW", "₩ 韩元"),
    ("PLN", "zł zl"), ("CZK", "kč"), ("SEK", "kr kr."), ("NOK", "kr kr."), ("DKK", "kr kr."), ("TRY", "₺"),
    ("CHF", "fr fr. sfr"), ("THB", "฿"), ("VND", "₫ đ"), ("PHP", "₱"),
)  # fmt: skip
"""How files write currencies besides their ISO 4217 codes; some signs stand for several."""
_CODES: Final = {
    sign: tuple(code for code, signs in SIGNS if sign in signs.split())
    for sign in {sign for _code, signs in SIGNS for sign in signs.split()}
}


def codes(written: str) -> tuple[str, ...]:
    """ISO 4217 codes a text may stand for: a sign for several, an unknown text for itself in capitals.

    Example:
        >>> codes(" ¥"), codes("eur"), codes("€")
        (('CNY', 'JPY'), ('EUR',), ('EUR',))
    """
    plain = written.strip().lower()
    return _CODES.get(plain) or (plain.upper(),)


def common(written: Iterable[str], usual: str) -> str:
    """The one currency that all these texts may stand for, `usual` if it is among several; "" when there is none.

    Example:
        >>> common(["¥", "CNY"], "USD"), common(["$"], "USD"), common(["€", "$"], "USD")
        ('CNY', 'USD', '')
    """
    possible = [codes(text) for text in written if text.strip()]
    shared = [code for code in possible[0] if all(code in each for each in possible)] if possible else []
    return usual if usual in shared else next(iter(shared), "")
