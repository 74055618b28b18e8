"""The kept uploads that belong to a backup, with a list of hashes by which all of its files are checked."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from core.base.errors import StoreError
from core.store.connection import fsync_folder, plain_words
from core.store.kept import ENDING, is_whole

FOLDER: Final = "backups"
"""Folder beside the workspace in which the program puts the backups it makes itself."""
ENDING_OF_STORES: Final = ".duckdb"
"""Of the backups the program makes itself, whatever the workspace is called."""
MANIFEST: Final = "manifest.json"
_CHUNK: Final = 2**20


def folder_of(store: Path) -> Path:
    """Folder of the kept uploads that belong to a store file."""
    return store.with_name(store.stem + ".uploads")


def made_of(store_name: str = ".+") -> re.Pattern[str]:
    """What the names of backups begin with that the program makes itself of a store.

    Args:
        store_name: a regular expression for the store's name without its ending.
    """
    # The moment must follow the name at once: "shop-2-…" belongs to another shop than "shop-…".
    return re.compile(store_name + r"-\d{8}-\d{6}-\d{6}\.")


def made_here(store: Path) -> list[Path]:
    """Every file and folder of the backups that the program made itself of a store, unfinished ones too."""
    name = made_of(re.escape(store.stem))
    return [entry for entry in (store.parent / FOLDER).glob("*") if name.match(entry.name)]


def sweep(store: Path) -> None:
    """Remove what is left of backups whose making was cut short; only while none of the store is being made."""
    for entry in made_here(store):
        if entry.suffix == ".partial":
            entry.unlink(missing_ok=True)
        elif entry.is_dir() and not entry.with_suffix(ENDING_OF_STORES).exists():
            shutil.rmtree(entry)


def copy_uploads(source: Path, target: Path) -> int:
    """Copy kept uploads that the target lacks or has damaged, each wholly or not at all; returns how many there are.

    Raises:
        StoreError: the disk is full or fails.
    """
    files = list(_uploads(source))
    if files:
        target.mkdir(parents=True, exist_ok=True)
    for path in files:
        # One that is there and whole may be the newer: a person forgotten, a key changed.
        if not is_whole(target / path.name):
            draft = target / f"{path.stem}.partial"
            with plain_words(target):
                shutil.copyfile(path, draft)
                with draft.open("rb+") as file:
                    os.fsync(file.fileno())
                draft.replace(target / path.name)
    if files:
        fsync_folder(target)
    return len(files)


def write_manifest(store: Path, folder: Path) -> None:
    """Write the hashes of a backup's store file and kept uploads beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    hashes = {path.name: _sha256(path) for path in _uploads(folder)}
    text = json.dumps({"store": _sha256(store), "uploads": hashes}, indent=1)
    draft = folder / (MANIFEST + ".partial")
    with plain_words(folder), draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / MANIFEST)


def check(store: Path) -> None:
    """Check every file of a backup by its hash; a backup that came alone, without its folder, has none.

    Raises:
        StoreError: a file is missing, or is not the one that was backed up.
    """
    folder = folder_of(store)
    if not (folder / MANIFEST).is_file():
        return
    try:
        expected = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {folder / name: str(sum_) for name, sum_ in expected["uploads"].items()} | {store: expected["store"]}
    except (ValueError, KeyError, AttributeError) as damage:
        raise StoreError(f"The list of hashes in {folder.name} is damaged. Choose another backup.") from damage
    wrong = [path.name[:20] for path, expected_hash in files.items() if _differs(path, expected_hash)]
    if wrong:
        raise StoreError(
            f"{len(wrong):,} files of the backup {store.name} are damaged or missing, e.g. {wrong[0]}. "
            "Choose another backup; the workspace was left as it is."
        )


def _differs(path: Path, expected: str) -> bool:
    return not path.is_file() or _sha256(path) != expected


def _uploads(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob(f"*{ENDING}"))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
