"""What a file is by its first bytes, never by its name."""

import re
from typing import Final

EXCEL_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
GZIP: Final = b"\x1f\x8b"
PARQUET: Final = b"PAR1"

REFUSED: Final[tuple[tuple[bytes, int, str], ...]] = (
    (b"\x89PNG", 0, "a PNG picture"),
    (b"\xff\xd8\xff", 0, "a JPEG picture"),
    (b"GIF8", 0, "a GIF picture"),
    (b"BM", 0, "a bitmap picture"),
    (b"%PDF", 0, "a PDF document"),
    (b"\x89HDF", 0, "an HDF5 file"),
    (b"DUCK", 8, "a DuckDB database"),
    (b"SQLite format 3\0", 0, "an SQLite database"),
    (b"ARROW1", 0, "an Arrow file"),
    (b"\x7fELF", 0, "a program"),
    (b"MZ\x90", 0, "a program"),
    (b"7z\xbc\xaf", 0, "a 7-Zip archive"),
    (b"Rar!", 0, "a RAR archive"),
    (b"BZh", 0, "a bzip2 archive"),
    (b"\xfd7zXZ", 0, "an xz archive"),
    (b"\x28\xb5\x2f\xfd", 0, "a zstd archive"),
    (b"{\\rtf", 0, "an RTF document"),
)
"""Beginning, its offset, and what such a file is."""

_PICKLE: Final = re.compile(rb"\x80[\x02-\x05][\x8c\x95\x58\x63\x28\x5d\x7d\x4b\x47\x71\x88\x89\x4e\x94]")
_MARKUP: Final = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|head|body|script|svg)", re.IGNORECASE)
_JSON: Final = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{])')
REFUSED_NAMES: Final = (".pkl", ".pickle", ".joblib", ".h5", ".hdf5", ".keras", ".duckdb", ".sqlite", ".exe", ".py")


def refusal(head: bytes) -> str:
    """What a file that is no table is, e.g. "a PNG picture"; empty for anything that may be a table.

    Args:
        head: the first few hundred bytes.
    """
    for beginning, offset, kind in REFUSED:
        if head[offset:].startswith(beginning):
            return kind
    # pickles run code when opened, so they are named before anything else looks at them
    if _PICKLE.match(head):
        return "a Python pickle"
    # exports of web shops are often web pages under the name .xls
    body = head.removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(body):
        return "a web page or XML document"
    return "a JSON document" if _JSON.match(body) else ""


def shown(head: bytes) -> str:
    """The first bytes, readable, for a message."""
    return "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in head[:12])
