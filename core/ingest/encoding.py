"""Bytes → UTF-8 text: byte order mark, strict UTF-8, plausible GB18030, cp1252; the user's choice overrides."""

import codecs
from typing import Final, NamedTuple

from core.base.errors import FileFormatError

_CHECKED: Final = 2**20  # bytes that decide whether a text is Chinese


class Decoded(NamedTuple):
    """Text as UTF-8 bytes, the encoding it was in, and a remark when that was a guess."""

    text: bytes
    encoding: str
    note: str = ""


def decode(data: bytes, wanted: str = "") -> Decoded:
    """The file's text.

    Args:
        data: the file's bytes, not empty.
        wanted: encoding chosen by the user; empty to find out.

    Raises:
        FileFormatError: the bytes are not text in any of the encodings tried.
    """
    decoded = _chosen(data, wanted) if wanted else _found(data)
    at = decoded.text.find(b"\0")
    if at >= 0:
        line = decoded.text.count(b"\n", 0, at) + 1
        raise FileFormatError(
            f"The file holds binary data at byte {at:,} (line {line:,}), so it is no text table. Export it as CSV."
        )
    return decoded


def _chosen(data: bytes, wanted: str) -> Decoded:
    try:
        text = data.decode(wanted)
    except LookupError:
        raise FileFormatError(
            f"There is no text encoding “{wanted[:40]}”. Use utf-8, utf-16, gb18030 or cp1252."
        ) from None
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise FileFormatError(
            f"The file is not {wanted}: the first bad byte is at {_place(data, at)}. Choose another encoding."
        ) from None
    return Decoded(text.removeprefix("\ufeff").encode("utf-8", "replace"), wanted)


def _found(data: bytes) -> Decoded:
    # a mark is a statement by the program that wrote the file, not a guess
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _chosen(data, "utf-16")
    _refuse_bare_utf16(data)
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return _guessed(data, _place(body, error.start))
    return Decoded(body, "utf-8")


def _refuse_bare_utf16(data: bytes) -> None:
    """Every second byte zero: UTF-16 without its mark, which other programs read as garbage."""
    # ASCII in UTF-16 has a zero in every second byte, always on the same side
    head = data[:4096]
    zeros = max(head[0::2].count(0), head[1::2].count(0))
    if zeros > len(head) // 8 and min(head[0::2].count(0), head[1::2].count(0)) < zeros // 8:
        raise FileFormatError("This looks like UTF-16. Choose the encoding or save as CSV UTF-8.")


def _guessed(data: bytes, place: str) -> Decoded:
    """GB18030 if it reads like Chinese, otherwise cp1252; either with a note, because it is a guess."""
    note = "Not UTF-8 (first bad byte: {place}). Read as {encoding}. Check the preview."
    for encoding in ("gb18030", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252" or is_chinese(text[:_CHECKED]):
            return Decoded(text.encode(), encoding, note.format(place=place, encoding=encoding))
    raise FileFormatError(f"Not UTF-8 (first bad byte: {place}), nor GB18030 or cp1252. Choose the encoding.")


def is_chinese(text: str) -> bool:
    """Whether text decoded as GB18030 reads like Chinese.

    Western accents followed by letters also decode as GB18030, but to rare characters; written Chinese uses the
    3,755 characters of GB 2312's first level (first byte B0–D7, second from A1) nearly always.
    """
    foreign = [char.encode("gb18030") for char in text if ord(char) > 127]
    hanzi = [code for code in foreign if len(code) == 2 and code[0] >= 0xB0]
    marks = sum(1 for code in foreign if len(code) == 2 and 0xA1 <= code[0] <= 0xA9 and code[1] >= 0xA1)
    common = sum(1 for code in hanzi if code[0] <= 0xD7 and code[1] >= 0xA1)
    return common >= 0.7 * max(len(hanzi), 1) and common + marks >= 0.7 * len(foreign)


def _place(data: bytes, at: int) -> str:
    line = data.count(b"\n", 0, at) + 1
    return f"line {line:,}, column {at - data.rfind(bytes([10]), 0, at):,}"
