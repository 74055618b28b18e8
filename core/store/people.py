"""What the store holds about persons: pseudonyms of customers, the key they are made with, and how to forget one."""

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from core.base.errors import StoreError
from core.ingest.pseudonyms import HIDDEN, pseudonym, reference, rehashed
from core.store import keys, people_files, people_words
from core.store.rewriting import rewrite
from core.store.sql import Cursor, load
from core.store.workspace import Workspace

_RENAMINGS: Final = ("customers_renamed", "orders_renamed", "purchases_renamed", "documents_renamed")
_REMAINS: Final = "remains_of_persons"
"""Setting that stands as long as free blocks of the file may hold what was taken out of its tables."""
_TELLING: Final = 5
"""Characters from which a text is searched for in other texts; shorter ones stand in too many of them."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting a person took out of the workspace.

    Attributes:
        lines: sales lines that no longer name the customer.
        files: kept uploads that were written anew.
        quarantined: lines set aside whose content was removed.
        words: texts typed by users that were removed: comments, reasons, names, what the audit tells.
        searched: whether lines set aside and typed texts were searched; what is too short stands in too many of them.
        backups: backups beside the store that were made before and still hold what was taken out.
    """

    lines: int
    files: int
    quarantined: int
    words: int
    searched: bool
    backups: int = 0


def customer_key(workspace: Workspace) -> bytes:
    """The key that customers are hashed with, known to be the one the store's pseudonyms were made with.

    A change of the key that a crash cut short is brought to its end here.

    Raises:
        StoreError: there is no readable key, or it is another one than the store's.
    """
    key = workspace.key()
    with workspace.cursor() as cursor:
        check = keys.stored_check(cursor)
    if check == keys.check_value(key):
        return key
    newer = keys.parts_missing(key, check) if check else []
    if newer is None:
        raise StoreError(
            f"The key is not the one that the customers of {workspace.path.name} were hashed with, so that nobody "
            f"would be recognised again. Put back {workspace.beside('.key').name} or the former {keys.VARIABLE}; if "
            "it is lost for good: python -m core rotate-key --lost."
        )
    people_files.lift(workspace.uploads_folder, key)
    workspace.write(lambda cursor: _lift(cursor, newer, key))
    return key


def rotate_key(workspace: Workspace) -> int:
    """Change the key: every pseudonym is hashed again under a new secret; returns how many there were.

    Nobody knows the plain numbers any more, so the former secrets stay part of the key: a customer of the next file is
    hashed under all of them in turn and recognised. Whoever got hold of the former key only can guess nobody.

    Raises:
        StoreError: the key comes from the environment, or the store cannot be written.
        BusyError: the store was being read all the time; the key is changed, the file is written anew at the next
            start.
    """
    if keys.from_environment():
        raise StoreError(
            f"The key comes from {keys.VARIABLE}. Append {2 * keys.LENGTH} new hexadecimal digits to it, keep the "
            "former ones, and start again: the customers are hashed under the new part then."
        )
    key = customer_key(workspace)
    new = keys.fresh()
    keys.write(workspace.beside(".key"), key + new)
    workspace.on_step("key written")
    people_files.lift(workspace.uploads_folder, key + new)
    workspace.on_step("files rehashed")

    # The store comes last: its check value says that all is done.
    def work(cursor: Cursor) -> int:
        changed = _lift(cursor, [new], key + new)
        workspace.audited(cursor, "change key", f"{changed:,} customers hashed anew")
        return changed

    changed = workspace.write(work)
    _rewrite(workspace)
    return changed


def _lift(cursor: Cursor, newer: list[bytes], key: bytes) -> int:
    """Hash every pseudonym under the secrets that came since; returns how many there are."""
    names = [name for (name,) in cursor.execute(load("customers"), {"reference": HIDDEN}).fetchall()] if newer else []
    lifted = list(names)
    for secret in newer:
        lifted = [rehashed(name, secret) for name in lifted]
    cursor.register(
        "incoming", pa.table({"former": pa.array(names, pa.string()), "name": pa.array(lifted, pa.string())})
    )
    for question in _RENAMINGS if names else ():
        cursor.execute(load(question))
    cursor.unregister("incoming")
    if names:
        _note_remains(cursor)
    keys.store_check(cursor, keys.check_value(key))
    return len(names)


def accept_key(workspace: Workspace) -> None:
    """Go on under the present key although the store's pseudonyms were made with one that is lost.

    Customers of former files are strangers from now on: their returns are matched by order number only.

    Raises:
        StoreError: there is no readable key, or the store cannot be written.
    """
    key = workspace.key()

    def work(cursor: Cursor) -> None:
        keys.store_check(cursor, keys.check_value(key))
        workspace.audited(cursor, "accept key", "the former key is lost")

    workspace.write(work)


def forget(workspace: Workspace, identifier: str) -> Forgotten:
    """Take one person out of the workspace: out of its tables, its lines set aside, what users typed and free blocks.

    Args:
        workspace: the store.
        identifier: the customer number, mail address, telephone number or name as the shop's files had it.

    Raises:
        StoreError: no identifier was given, or the store cannot be written.
        BusyError: the store was being read all the time; the tables are clean, the file is written anew at the next
            start.
    """
    key = customer_key(workspace)
    name = pseudonym(identifier, key)
    if name is None:
        raise StoreError("Give the customer's number, mail address, telephone number or name as the files had it.")

    order, text = reference(identifier, key), identifier.strip().lower()
    searched = text if len(text) >= _TELLING else ""
    # files first: what is still in them could come back by a rebuild
    files = people_files.forget(workspace.uploads_folder, frozenset({name, order}), searched)
    workspace.on_step("forgotten in files")

    def work(cursor: Cursor) -> Forgotten:
        lines = _count(cursor, "person_lines", customer=name) + _count(cursor, "person_references", reference=order)
        told = _count(cursor, "person_quarantine", text=searched) if searched else 0
        words = people_words.forget(cursor, searched) if searched else 0
        _note_remains(cursor)
        # the audit tells that it was done, not to whom
        said = f"{lines:,} sales lines, {told:,} lines set aside, {words:,} texts, {files:,} files"
        workspace.audited(cursor, "forget person", said)
        return Forgotten(lines, files, told, words, bool(searched))

    done = workspace.write(work)
    _rewrite(workspace)
    return done


def finish(workspace: Workspace) -> bool:
    """Write the store's file anew if the program ended after persons were taken out of its tables; whether it had.

    Raises:
        BusyError: the store was being read all the time; the next start tries again.
        StoreError: the file could not be written anew.
    """
    with workspace.cursor() as cursor:
        due = any(name == _REMAINS for name, _value in cursor.execute(load("settings")).fetchall())
    if due:
        _rewrite(workspace)
    return due


def _note_remains(cursor: Cursor) -> None:
    """Remember, in the transaction that takes persons out of tables, that their blocks in the file still hold them."""
    cursor.execute(load("setting_write"), {"name": _REMAINS, "value": "true"})


def _rewrite(workspace: Workspace) -> None:
    rewrite(workspace)
    workspace.write(lambda cursor: cursor.execute(load("setting_remove"), {"name": _REMAINS}))


def _count(cursor: Cursor, question: str, **values: str) -> int:
    found = cursor.execute(load(question), values).fetchone()
    return int(found[0]) if found else 0
