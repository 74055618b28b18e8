"""The secret under which customers are hashed: made once, kept outside the store, checked before it is used.

The key is one or more secrets of 32 bytes. Pseudonyms are hashed under each in turn, so that a new secret can be put on
top of the former ones although nobody knows the plain numbers any more.
"""

import hashlib
import hmac
import json
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from core.base.errors import StoreError
from core.store.connection import fsync_folder
from core.store.sql import Cursor, load

VARIABLE: Final = "STOCKCAST_KEY"
"""Environment variable that holds the key in hexadecimal where no file may."""
LENGTH: Final = 32
_SETTING: Final = "customer_key_check"


def read(path: Path) -> bytes:
    """The key: from the environment if it is given there, otherwise from its file, which is made when there is none.

    Args:
        path: the key's file beside the store.

    Raises:
        StoreError: the variable or the file holds no key, or others than its owner may read the file.
    """
    if from_environment():
        return _from_text(os.environ[VARIABLE])
    if not path.exists():
        write(path, fresh())
    _refuse_readable(path)
    key = path.read_bytes()
    if not key or len(key) % LENGTH:
        raise StoreError(f"{path.name} should hold secrets of {LENGTH} bytes; it has {len(key):,}. Put back its copy.")
    return key


def _from_text(text: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if not key or len(key) % LENGTH:
        # the value itself stays unsaid: it is a secret
        raise StoreError(
            f"{VARIABLE} must hold {2 * LENGTH} hexadecimal digits, or a multiple of that; {len(text.strip()):,} "
            "characters were found that are none. Correct it or unset it."
        )
    return key


def _refuse_readable(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise StoreError(
            f"{path.name} may be read by its owner only; its rights are {mode:04o}. Set them to 0600, and change the "
            "key if somebody else could have read it (python -m core rotate-key)."
        )


def write(path: Path, key: bytes) -> None:
    """Put a key in its file, readable by its owner only; a crash leaves the former file or the new one, never half."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    fsync_folder(path.parent)


def fresh() -> bytes:
    """A new secret."""
    return secrets.token_bytes(LENGTH)


def from_environment() -> bool:
    """Whether the key is given by the environment, so that no file holds it."""
    return VARIABLE in os.environ


def check_value(key: bytes) -> str:
    """What tells one key from another without telling anything about it: 64 bits, hexadecimal."""
    # HMAC pads short keys with zeros, so that secrets that end in zeros would look alike
    return hmac.digest(hashlib.sha256(key).digest(), b"stockcast customer key", hashlib.sha256).hex()[:16]


def parts_missing(key: bytes, check: str) -> list[bytes] | None:
    """Secrets of a key that came after the one with this check value; None when it is no beginning of the key."""
    ends = range(LENGTH, len(key) + 1, LENGTH)
    reached = next((end for end in ends if check_value(key[:end]) == check), None)
    if reached is None:
        return None
    return [key[start : start + LENGTH] for start in range(reached, len(key), LENGTH)]


def stored_check(cursor: Cursor) -> str:
    """Check value of the key that the store's pseudonyms were made with; "" when there are none yet."""
    stored = dict(cursor.execute(load("settings")).fetchall())
    return str(json.loads(stored[_SETTING])) if _SETTING in stored else ""


def store_check(cursor: Cursor, check: str) -> None:
    """Remember the check value of the key in use."""
    cursor.execute(load("setting_write"), {"name": _SETTING, "value": json.dumps(check)})
