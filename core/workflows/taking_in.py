"""From the user's decision about a table to rows for the store and a file that is kept, persons left out of both."""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from core.ingest.conversion import Converted, convert
from core.ingest.mapping import Doubts, from_json
from core.ingest.privacy import Screened, censored, screened
from core.store import keys
from core.store.kept import KeptUpload
from core.store.people import customer_key
from core.store.uploads import Incoming, OnConflict, Upload
from core.store.workspace import Workspace
from core.workflows.looking import Decision, TablePreview, raw_table

_AS_THEN: Final[tuple[Doubts, ...]] = ("set aside", "passed over")


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A table ready for the store.

    Attributes:
        kept: what is written beside the store; its key is that of the first of `items`.
        items: its rows, and rows of other roles found in the same table.
        screened: what was done about persons.
        converted: what the conversion told.
    """

    kept: KeptUpload
    items: tuple[Incoming, ...]
    screened: Screened
    converted: Converted


@dataclass(frozen=True, slots=True)
class Moment:
    """When and how the tables of one action are loaded."""

    mode: OnConflict
    at: datetime


def take(workspace: Workspace, decision: Decision, moment: Moment) -> Taken:
    """Screen and convert the table of a decision.

    Raises:
        MappingError: it cannot be imported by its mapping.
    """
    key = customer_key(workspace)
    clean = screened(raw_table(decision), decision.mapping, key)
    look = decision.preview
    upload = Upload(
        content_hash=look.content_hash,
        file_name=censored(look.file_name),
        member=censored(look.member),
        role=clean.mapping.role,
        platform=clean.mapping.platform,
        mapping_json=clean.mapping.to_json(clean.table.header),
        records=clean.table.records,
        reading=_reading(clean, look, key),
    )
    done = convert(clean.table, clean.mapping, customer_key=None)
    kept_upload = KeptUpload(upload, moment.mode, moment.at, clean.table, keys.check_value(key))
    return Taken(kept_upload, incoming(upload, done), clean, done)


def again(item: KeptUpload, upload_id: str, rows: int = 0) -> list[Incoming]:
    """What a kept upload brings of one load, as at its first import: whatever is doubted since then, it was imported.

    Args:
        item: the kept upload.
        upload_id: key of the load; rows of other roles in the same table have their own.
        rows: rows that are known of the load; where fewer come out, some are set aside today that were not then.

    Raises:
        MappingError: the table cannot be read any more.
    """
    mapping = from_json(item.upload.mapping_json, item.table.header)
    found: list[Incoming] = []
    for doubts in _AS_THEN:
        done = convert(item.table, replace(mapping, doubts=doubts), customer_key=None)
        found = [each for each in incoming(item.upload, done) if each.upload.upload_id == upload_id]
        if sum(each.rows.num_rows for each in found) >= rows:
            break
    return found


def incoming(upload: Upload, done: Converted) -> tuple[Incoming, ...]:
    """The tables that a converted table gives: its own, and one for each other role found in it."""
    own = Incoming(replace(upload, records=done.records), done.rows, done.quarantined)
    beside = [
        Incoming(replace(upload, role=side.role, records=side.records), side.rows, side.quarantined)
        for side in done.also
    ]
    return (own, *beside)


def _reading(clean: Screened, look: TablePreview, key: bytes) -> str:
    """What made the table out of the file's bytes and is not part of the mapping, as JSON; "" for nothing special."""
    given = {name: value for name, value in asdict(clean.table.options).items() if value}
    chosen: dict[str, Any] = {
        name: value for name, value in given.items() if getattr(clean.mapping, name, None) != value
    }
    if clean.table.dialect.sheet:
        chosen["sheet"] = clean.table.dialect.sheet
    if look.partners:
        chosen["partners"] = sorted(look.partners)
    if censored(look.member) != look.member:
        # Members named after persons look the same once they are masked.
        chosen["member"] = hmac.new(key, look.member.encode(), hashlib.sha256).hexdigest()
    return json.dumps(chosen, ensure_ascii=False, sort_keys=True) if chosen else ""
