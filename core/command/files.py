"""The files named on the command line: each as it is, folders as the table files in them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.base.errors import FileFormatError, examples
from core.ingest.source import MAX_ON_DISK
from core.workflows.importing import UploadedFile

_TABLES: Final = frozenset(
    {".csv", ".tsv", ".tab", ".txt", ".psv", ".xlsx", ".xlsm", ".xlsb", ".xls", ".parquet", ".zip", ".gz"}
)
"""Endings of files that are taken from a folder."""


def gathered(names: Sequence[str]) -> tuple[list[UploadedFile], list[str]]:
    """The files to import, sorted within each folder, and a remark for each folder from which some were left out.

    Args:
        names: paths of files and folders.

    Raises:
        FileFormatError: a path does not exist, a folder holds no table, or a file is over the limit.
    """
    paths: list[Path] = []
    notes: list[str] = []
    for name in names:
        path = Path(name).expanduser()
        if not path.exists():
            raise FileFormatError(f"There is no file or folder {name}. Check the path.")
        if not path.is_dir():
            paths.append(path)
            continue
        inside, left_out = _in_folder(path)
        paths += inside
        notes += [f"Left out of {name}, no tables by their names: {examples(left_out)}."] if left_out else []
    return [UploadedFile(path.name, _bytes(path), on_disk=True) for path in paths], notes


def _in_folder(folder: Path) -> tuple[list[Path], list[str]]:
    """The table files of a folder, sorted, and the names of the others; hidden files count as neither."""
    files = sorted(entry for entry in folder.iterdir() if entry.is_file() and not entry.name.startswith("."))
    tables = [entry for entry in files if entry.suffix.lower() in _TABLES]
    if not tables:
        raise FileFormatError(
            f"There is no table file in the folder {folder}. Expected CSV, Excel, Parquet, ZIP or GZ."
        )
    return tables, [entry.name for entry in files if entry not in tables]


def text_of(path: Path) -> str:
    """The text of a file that a command reads.

    Raises:
        FileFormatError: there is no such file, or it is no text in UTF-8.
    """
    try:
        return content_of(path).decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise FileFormatError(f"{path.name} is no text in UTF-8. Save it so and try again.") from wrong


def content_of(path: Path) -> bytes:
    """The bytes of a file that a command reads.

    Raises:
        FileFormatError: there is no such file.
    """
    if not path.is_file():
        raise FileFormatError(f"There is no file {path}. Check the path.")
    return path.read_bytes()


def _bytes(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MAX_ON_DISK:
        raise FileFormatError(
            f"“{path.name[-120:]}” has {size / 2**20:,.0f} MB; the limit is {MAX_ON_DISK // 2**20:,} MB. Split it."
        )
    return path.read_bytes()
