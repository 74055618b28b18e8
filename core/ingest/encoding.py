"""Bytes → UTF-8 text: byte order mark, strict UTF-8, then a proposal with a note, or a question; the user overrides."""

import codecs
import re
from typing import Final, NamedTuple

from core.base.errors import FileFormatError, MappingError
from core.ingest import encoding_scores

NAMES: Final = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift_jis", "cp1252", "cp1250", "cp1251",
    "latin-1", "euc_kr", "euc_jp",
)  # fmt: skip
"""Encodings offered to the user; others that Python knows are obeyed too."""
_PROPOSED: Final = ("gb18030", "big5", "shift_jis", "cp1252")
_RIVALS: Final = (*_PROPOSED, "cp1251", "euc_kr", "euc_jp")
"""Encodings compared; those that are never proposed can still cast doubt on one that is."""
_SUPERSETS: Final = {"big5": "cp950", "shift_jis": "cp932", "gbk": "gb18030", "gb2312": "gb18030", "euc_kr": "cp949"}
"""What Windows writes under these names, tried where the standard itself does not fit."""
_RARE: Final = rb"[\xc6-\xcb\xd2-\xd4][\xa1-\xbf]"
"""Letters hardly any language uses in UTF-8, and common Chinese ones in GB18030."""
_SAMPLED: Final = 2**18
_CLEAR: Final = 0.4  # score below which no reading is plausible
_LEAD: Final = 0.15  # distance at which one reading is clearly the better one


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
        MappingError: two encodings fit about equally well; the user must choose.
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
        text = _text(data, wanted)
    except LookupError:
        raise FileFormatError(f"There is no text encoding “{wanted[:40]}”. Use one of {', '.join(NAMES)}.") from None
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise FileFormatError(
            f"The file is not {wanted[:40]}: the first bad byte is at {_place(data, at)}. Choose another encoding."
        ) from None
    return Decoded(text.removeprefix("\ufeff").encode("utf-8", "replace"), wanted)


def _text(data: bytes, name: str) -> str:
    """Bytes decoded strictly, by the standard of that name or by the set that Windows writes under it."""
    if not _is_for_text(name):
        raise LookupError(name)
    wider = _SUPERSETS.get(name.lower().replace("-", "_"))
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        if wider is None:
            raise
        return data.decode(wider)


def _is_for_text(name: str) -> bool:
    """Whether Python decodes text by this name; its byte-to-byte codecs (zip, hex) and its escapes are none."""
    try:
        known = codecs.lookup(name).name
        return isinstance(b"a".decode(name), str) and "escape" not in known and known not in {"idna", "punycode"}
    except UnicodeError:
        # UTF-16 cannot read a single byte
        return True
    except ValueError:
        return False


def _found(data: bytes) -> Decoded:
    # a mark is a statement by the program that wrote the file, not a guess
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _chosen(data, "utf-16")
    _refuse_bare_utf16(data)
    body = data.removeprefix(codecs.BOM_UTF8)
    if body.isascii():
        return Decoded(body, "utf-8")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return _guessed(data, error.start + len(data) - len(body))
    _ask_about_chance(body)
    return Decoded(body, "utf-8")


def _ask_about_chance(body: bytes) -> None:
    """Some Chinese characters happen to be UTF-8 too: “元” is then read as a Cyrillic letter that nobody writes."""
    # one letter of three bytes, as all Chinese in UTF-8 is, settles it
    if re.search(rb"[\xe0-\xf4]", body) or not (rare := re.findall(_RARE, body[: 2**24])):
        return
    if 2 * len(rare) >= len(re.findall(rb"[\xc2-\xdf]", body[: 2**24])):
        found, other = rare[0].decode(), rare[0].decode("gb18030")
        raise MappingError(
            f"“{found}” in UTF-8 can be “{other}” in gb18030 (first at {_place(body, body.find(rare[0]))}). "
            f"Choose the encoding (option encoding)."
        )


def _refuse_bare_utf16(data: bytes) -> None:
    """Every second byte zero: UTF-16 without its mark, which other programs read as garbage."""
    # ASCII in UTF-16 has a zero in every second byte, always on the same side
    head = data[:4096]
    zeros = max(head[0::2].count(0), head[1::2].count(0))
    if zeros > len(head) // 8 and min(head[0::2].count(0), head[1::2].count(0)) < zeros // 8:
        raise FileFormatError(
            "This looks like UTF-16. Choose the encoding or save as CSV UTF-8. (Option encoding: utf-16-le, utf-16-be.)"
        )


def _guessed(data: bytes, at: int) -> Decoded:
    """The encoding that reads clearly best, with a note, because it is a guess.

    Args:
        data: the file's bytes, not UTF-8.
        at: offset of the first byte that is not UTF-8.

    Raises:
        FileFormatError: the file is UTF-8 but for a damaged place, or nothing fits.
        MappingError: two encodings fit about equally well.
    """
    place = _place(data, at)
    if _mostly_utf8(data):
        raise FileFormatError(
            f"The file is UTF-8, but a byte at {place} is not. Correct that line, or choose the encoding."
        )
    ranked = _ranked(data, at)
    for i, (name, score) in enumerate(ranked):
        if score < _CLEAR or name not in _PROPOSED:
            break
        if any(score - other < _LEAD for _, other in ranked[i + 1 :]):
            break
        try:
            text = _text(data, name)
        except UnicodeDecodeError:
            # the sample fitted, a later line does not: the next best may
            continue
        note = f"Not UTF-8 (first bad byte: {place}). Proposed: {name}. Check the preview."
        return Decoded(text.encode(), name, note)
    raise _question(place, [name for name, _ in ranked])


def _question(place: str, names: list[str]) -> FileFormatError | MappingError:
    if not names:
        return FileFormatError(
            f"Not UTF-8 (first bad byte: {place}), nor GB18030, Big5, Shift-JIS or cp1252. Choose the encoding."
        )
    fitting = " or ".join(names[:3])
    return MappingError(
        f"Not UTF-8 (first bad byte: {place}). It may be {fitting}, and none reads clearly best. "
        f"Choose the encoding (option encoding)."
    )


def _mostly_utf8(data: bytes) -> bool:
    """Whether far more letters are proper UTF-8 than bytes are not, so that only a place is damaged."""
    text = data[: 2**22].decode("utf-8", "replace")
    broken = text.count("\ufffd")
    proper = sum(1 for char in text[:_SAMPLED] if ord(char) > 127 and char != "\ufffd")
    return proper >= 3 and proper > 2 * broken


def _ranked(data: bytes, at: int) -> list[tuple[str, float]]:
    """Encodings that can read the sample, with their score, best first."""
    scored = []
    for name in _RIVALS:
        text = _decoded_sample(data, at, name)
        if text is not None:
            scored.append((name, encoding_scores.plausibility(text, name)))
    # sorting is stable, so that equals keep the order of the list above
    return sorted(scored, key=lambda item: -item[1])


def _decoded_sample(data: bytes, at: int, name: str) -> str | None:
    """The header and the lines from the first foreign byte on, decoded; None where they do not decode."""
    start = data.rfind(b"\n", 0, at) + 1
    lines = data[start : start + _SAMPLED]
    if start + _SAMPLED < len(data):
        lines = lines[: lines.rfind(b"\n") + 1] or lines
    head = data[: data.find(b"\n") + 1][:4096] if start else b""
    try:
        return _text(head + lines, name)
    except UnicodeDecodeError:
        return None


def encoding_candidates(data: bytes) -> list[tuple[str, str]]:
    """Encodings the bytes may be in, best first, each with what the first foreign line would then say.

    Args:
        data: the file's bytes.

    Returns:
        Up to three pairs of encoding and line (at most 120 characters); none for text that is UTF-8 or marked.
    """
    try:
        data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
        first = 0
    except UnicodeDecodeError as error:
        first = error.start
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return []
    names = ["utf-16-le", "utf-16-be"] if b"\0" in data[:4096] else []
    if not names and first:
        names = [name for name, _ in _ranked(data, first)]
    elif not names and data[:1] > b"\x7f":
        names = [name for name, _ in _ranked(data, 0)]
    # a Latin reading of everything is the last resort, so that there is always something to choose
    names += [name for name in ("cp1252", "cp1250", "latin-1") if names and name not in names]
    return [(name, line) for name in names if (line := _line(data, first, name)) is not None][:3]


def _line(data: bytes, at: int, name: str) -> str | None:
    """The line around a byte, decoded; None where it does not decode."""
    if name.startswith("utf-16"):
        text = data[:400].decode(name, "replace")
        return text.splitlines()[0][:120] if text else None
    start = max(data.rfind(b"\n", 0, at) + 1, at - 400)
    try:
        text = _text(data[start : start + 800].split(b"\n", 1)[0], name)
    except UnicodeDecodeError:
        return None
    return text.strip()[:120]


def _place(data: bytes, at: int) -> str:
    line = data.count(b"\n", 0, at) + 1
    return f"line {line:,}, column {at - data.rfind(bytes([10]), 0, at):,}"
