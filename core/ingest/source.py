"""Uploaded bytes → the tables in them: archives are opened, anything that is no table is refused by its first bytes."""

import gzip
import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass, replace
from typing import Final, Literal

from core.base.errors import FileFormatError
from core.ingest import magic

MAX_UPLOAD: Final = 200 * 2**20
"""Bytes a file sent by a browser may have."""
MAX_ON_DISK: Final = 2 * 2**30
"""Bytes a file that lies on this machine may have."""
MAX_EXPANDED: Final = 2**30
"""Bytes an archive or workbook may expand to."""
MAX_RATIO: Final = 100
"""Times its size an archive or workbook may expand."""
_UNSUSPICIOUS: Final = 10 * 2**20  # below this the ratio does not matter: small repetitive files pack very well
_EXCEL_NAMES: Final = (".xlsx", ".xls", ".xlsm", ".xlsb")

_DOCUMENTS: Final = {
    "META-INF/manifest.xml": "LibreOffice document",
    "Index/Document.iwa": "Numbers or Pages document",
    "word/document.xml": "Word document",
    "ppt/presentation.xml": "PowerPoint document",
}
"""How a part of a document is named that is an archive within, and what the document is."""

Kind = Literal["text", "excel", "parquet"]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One table file out of an upload.

    Attributes:
        file_name: name of the uploaded file, a label only.
        member: name inside a zip archive, empty otherwise.
        content_hash: SHA-256 of the uploaded bytes, hexadecimal.
        kind: what `data` is.
        data: the bytes of the table file itself.
    """

    file_name: str
    member: str
    content_hash: str
    kind: Kind
    data: bytes

    @property
    def label(self) -> str:
        """Name for messages, at most 120 characters."""
        return (self.member or self.file_name)[-120:]


def open_sources(name: str, content: bytes, limit: int = 0, content_hash: str = "") -> list[Source]:
    """The table files in an upload; a zip archive with several members gives several.

    Args:
        name: file name the user gave; decides nothing but the wording of messages.
        content: the uploaded bytes.
        limit: bytes it may have; 0 for what a browser may send.
        content_hash: SHA-256 of the bytes where it is known already.

    Raises:
        FileFormatError: the upload is empty, too large, or no table.
    """
    allowed = limit or MAX_UPLOAD
    if len(content) > allowed:
        raise FileFormatError(
            f"“{name[-120:]}” has {len(content) / 2**20:,.0f} MB; the limit is {allowed // 2**20:,} MB. Split it."
        )
    blank = Source(name, "", content_hash or hashlib.sha256(content).hexdigest(), "text", content)
    if _is_archive(content):
        return _members(blank)
    return [_single(blank)]


def _is_archive(content: bytes) -> bool:
    """Whether the bytes are a zip archive that is not itself a workbook."""
    return content.startswith(magic.ZIP) and not _is_workbook(content)


def _archive(content: bytes, label: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise FileFormatError(f"“{label}” is damaged or cut off: its table of contents cannot be read.") from None


def _is_workbook(content: bytes) -> bool:
    names = _archive(content, "The archive").namelist()
    return any(entry.startswith("xl/") for entry in names)


def _check_expansion(archive: zipfile.ZipFile, packed: int, label: str) -> None:
    """Refuse a bomb by the archive's own table of contents, before anything is unpacked."""
    expanded = sum(entry.file_size for entry in archive.infolist())
    ratio = expanded / max(packed, 1)
    if expanded > MAX_EXPANDED or (expanded > _UNSUSPICIOUS and ratio > MAX_RATIO):
        raise FileFormatError(
            f"“{label}” expands to {expanded / 2**20:,.0f} MB (limit {MAX_EXPANDED // 2**20:,} MB, {MAX_RATIO}:1). "
            f"Upload the table itself as CSV."
        )


def _members(upload: Source) -> list[Source]:
    archive = _archive(upload.data, upload.label)
    _check_expansion(archive, len(upload.data), upload.label)
    _refuse_documents(archive, upload.label)
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_clutter(entry.filename)]
    if not entries:
        raise FileFormatError(f"“{upload.label}” holds no files.")
    found = []
    for entry in entries:
        if entry.flag_bits & 1:
            raise FileFormatError(f"“{entry.filename[-120:]}” is protected by a password. Upload it without.")
        inner = replace(upload, member=entry.filename, data=_unpack(archive, entry))
        if _is_archive(inner.data):
            raise FileFormatError(f"“{inner.label}” is an archive inside an archive. Upload it by itself.")
        found.append(_single(inner))
    return found


def _refuse_documents(archive: zipfile.ZipFile, label: str) -> None:
    """Documents that are archives within, of which no part is a table."""
    made = next((document for part, document in _DOCUMENTS.items() if part in archive.namelist()), "")
    if made:
        raise FileFormatError(f"“{label}” is a {made}, not a table. Save the sheet as .xlsx or CSV.")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(entry) as stream:
            data = stream.read(entry.file_size + 1)  # the contents table may lie: never read beyond what it says
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
        raise FileFormatError(f"“{entry.filename[-120:]}” in the archive is damaged or cut off.") from None
    return data


def _is_clutter(name: str) -> bool:
    """Files that archive programs add by themselves."""
    last = name.rsplit("/", 1)[-1]
    return name.startswith("__MACOSX/") or last.startswith(".") or last.lower() in {"thumbs.db", "desktop.ini"}


def _single(source: Source) -> Source:
    """The source with its kind, gzip undone; raises when it is no table."""
    if source.data.startswith(magic.GZIP):
        source = replace(source, data=_gunzip(source))
    # the name only words the message; the bytes decide
    data, name = source.data, (source.member or source.file_name).lower().removesuffix(".gz")
    if _is_blank(data):
        raise FileFormatError(f"“{source.label}”: the file is empty.")
    kind = magic.refusal(data[:512])
    is_excel = data.startswith(magic.EXCEL_OLD) or (data.startswith(magic.ZIP) and _is_workbook(data))
    if name.endswith(_EXCEL_NAMES) and not is_excel:
        raise FileFormatError(
            f"“{source.label}”: this is not an Excel workbook (starts with “{magic.shown(data)}”). "
            f"Give it its real ending or save it again as .xlsx or CSV."
        )
    if kind or name.endswith(magic.REFUSED_NAMES):
        raise FileFormatError(
            f"“{source.label}” is {kind or 'not a table'}, not a table. Upload CSV, Excel, Parquet, or a zip of these."
        )
    return _of_kind(source, name, is_excel=is_excel)


def _is_blank(data: bytes) -> bool:
    marks = b"\xef\xbb\xbf \t\r\n\xff\xfe"
    # the beginning decides nearly always, without a copy of the whole
    return not data[:4096].strip(marks) and not data.strip(marks)


def _of_kind(source: Source, name: str, *, is_excel: bool) -> Source:
    if is_excel:
        _check_workbook(source)
        return replace(source, kind="excel")
    if source.data.startswith(magic.PARQUET):
        return replace(source, kind="parquet")
    if name.endswith(".parquet"):
        raise FileFormatError(
            f"“{source.label}”: this is not a Parquet file (starts with “{magic.shown(source.data)}”)."
        )
    if source.data.startswith(magic.GZIP) or source.data.startswith(magic.ZIP):
        raise FileFormatError(f"“{source.label}” is packed more than once. Unpack it and upload the table.")
    return source


def _check_workbook(source: Source) -> None:
    if source.data.startswith(magic.ZIP):
        _check_expansion(_archive(source.data, source.label), len(source.data), source.label)
    elif "EncryptedPackage".encode("utf-16-le") in source.data:
        raise FileFormatError(f"“{source.label}” is protected by a password. Save it without one.")


def _gunzip(source: Source) -> bytes:
    # gzip states no trustworthy size: read up to the limit and one byte more
    limit = min(MAX_EXPANDED, max(_UNSUSPICIOUS, MAX_RATIO * len(source.data)))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(source.data)) as stream:
            data = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error):
        raise FileFormatError(f"“{source.label}” is damaged or cut off: it cannot be unpacked.") from None
    if len(data) > limit:
        raise FileFormatError(
            f"“{source.label}” expands to more than {limit // 2**20:,} MB "
            f"(limit {MAX_EXPANDED // 2**20:,} MB, {MAX_RATIO}:1). Split the file."
        )
    return data
