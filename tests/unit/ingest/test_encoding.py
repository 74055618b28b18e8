"""Which encoding a text is in: proposed with a note where it is clear, asked where it is not, obeyed when chosen."""

import pytest

from core.base.errors import FileFormatError, MappingError
from core.ingest.encoding import decode, encoding_candidates

SHOP = {
    "gb18030": "日期,商品编码,商品名称,数量\n2024-01-02,A1,红富士苹果,3\n2024-01-02,A2,纯牛奶整箱,1\n",
    "gbk": "date,sku,qty\n2024-01-02,洗衣机,3\n2024-01-02,羽绒服女款,1\n",
    "big5": "日期,商品編號,商品名稱,數量\n2024-01-02,A1,蘋果汁,3\n2024-01-02,A2,電腦螢幕,1\n",
    "shift_jis": "日付,商品番号,商品名,数量\n2024-01-02,A1,りんごジュース,3\n2024-01-02,A2,電池（単三）,1\n",
    "cp1252": "Datum;Artikel;Menge\n02.01.2024;Größe L;3\n03.01.2024;Crème brûlée – 4 €;1\n",
}


@pytest.mark.parametrize("name", SHOP)
def test_a_shop_s_export_is_read_by_the_encoding_proposed(name):
    decoded = decode(SHOP[name].encode(name))
    assert decoded.text.decode() == SHOP[name]
    assert decoded.note.endswith("Check the preview.")
    assert decoded.encoding in {name, "gb18030"}


@pytest.mark.parametrize("name", ["cp1251", "euc_kr", "euc_jp"])
def test_what_is_never_proposed_is_asked_about(name):
    words = {"cp1251": "Яблоки красные", "euc_kr": "빨간 사과 주스", "euc_jp": "りんごジュース"}[name]
    with pytest.raises(MappingError, match=r"It may be .*Choose the encoding \(option encoding\)"):
        decode(f"date,sku,qty\n2024-01-02,{words},3\n".encode(name))


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "cp1250", "cp1251", "latin-1", "big5", "shift_jis", "gbk"])
def test_the_chosen_encoding_is_obeyed(name):
    word = {"cp1250": "žluť", "cp1251": "Привет", "latin-1": "café", "big5": "蘋果", "shift_jis": "カメラ"}.get(
        name, "A1"
    )
    text = f"date,sku\n2024-01-02,{word}\n"
    assert decode(text.encode(name), name).text.decode() == text


def test_a_mark_in_utf_16_is_no_text():
    assert decode("sku,qty\nÄ,1\n".encode("utf-16")).text.decode() == "sku,qty\nÄ,1\n"


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_asked_about(name):
    with pytest.raises(FileFormatError, match=r"^This looks like UTF-16\. Choose the encoding or save as CSV UTF-8\."):
        decode("sku,qty\nA,1\n".encode(name))


def test_one_damaged_place_in_utf_8_is_named_and_the_rest_is_not_read_as_something_else():
    data = ("sku,qty\n" + "Größe,1\nÄpfel,2\n" * 20).encode() + b"Gr\xfc\xdfe,3\n"
    with pytest.raises(FileFormatError, match=r"The file is UTF-8, but a byte at line 42, column 3 is not\."):
        decode(data)


@pytest.mark.parametrize("name", ["zip", "hex", "rot13", "unicode_escape", "no-such"])
def test_what_is_no_text_encoding_is_refused(name):
    with pytest.raises(FileFormatError, match="There is no text encoding"):
        decode(b"sku,qty\nA,1\n", name)


def test_bytes_that_do_not_fit_the_chosen_encoding_are_named():
    with pytest.raises(FileFormatError, match="The file is not utf-8: the first bad byte is at line 2, column 2"):
        decode(b"sku\nA\xe9\n", "utf-8")


def test_candidates_show_the_first_foreign_line_in_each_encoding():
    found = encoding_candidates("date,sku\n2024-01-02,苹果\n".encode("gb18030"))
    assert found[0] == ("gb18030", "2024-01-02,苹果")
    assert len(found) == 3


def test_candidates_of_bare_utf_16_are_its_two_orders():
    assert encoding_candidates("sku,qty\nA,1\n".encode("utf-16-le"))[0] == ("utf-16-le", "sku,qty")


@pytest.mark.parametrize("data", [b"sku,qty\n", "sku,Größe\n".encode(), "sku\n".encode("utf-16")])
def test_there_are_no_candidates_where_nothing_is_guessed(data):
    assert encoding_candidates(data) == []
