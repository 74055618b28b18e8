"""The command by which a planner changes the forecast by hand, lists the changes and takes them back."""

from argparse import Namespace
from dataclasses import asdict
from typing import Any, Final

from core.base.errors import ParameterError
from core.base.progress import Progress
from core.command.deciding import Answer, day_of
from core.report.numbers import BLANK, number
from core.report.tables_overrides import asked
from core.workflows import overrides
from core.workflows.overrides import OverrideRequest, Stated
from core.workflows.scopes import CATEGORY, LOCATION, SKU, TOTAL, Scope
from core.workflows.workspace import Workspace

_SHORT: Final = 12


def override(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Change the forecast, or take a change back; then list all changes, newest first."""
    if chosen.take_back:
        overrides.take_back(workspace, _found(workspace, chosen.take_back), progress)
    elif not chosen.list:
        overrides.save(workspace, [_request(chosen)], "", progress)
    listed = overrides.listing(workspace)
    return [_record(each) for each in listed], [_line(each) for each in listed] or ["Nothing was changed by hand."]


def _request(chosen: Namespace) -> OverrideRequest:
    """The change asked for.

    Raises:
        ParameterError: its days or its scope are missing.
    """
    if not (chosen.first and chosen.last):
        raise ParameterError("The days of the change are expected: --from and --to, such as 2026-12-21. Give both.")
    kind, value = next((name, given) for name in overrides.KINDS if (given := getattr(chosen, name)) is not None)
    until = day_of(chosen.until) if chosen.until else None
    days = (day_of(chosen.first), day_of(chosen.last))
    return OverrideRequest(_scope(chosen), *days, kind, value, chosen.reason, chosen.comment, until)


def _scope(chosen: Namespace) -> Scope:
    if chosen.sku:
        return Scope(SKU, chosen.sku, chosen.location)
    if chosen.category and not chosen.location:
        return Scope(CATEGORY, chosen.category)
    if chosen.location and not (chosen.category or chosen.shop):
        return Scope(LOCATION, chosen.location)
    if chosen.shop and not chosen.location:
        return Scope(TOTAL)
    raise ParameterError(
        "One part of the shop is expected: --sku (with --location for one place), --category, --location or --shop."
    )


def _found(workspace: Workspace, start: str) -> str:
    """The one change whose key begins so.

    Raises:
        ParameterError: there is none, or there are several.
    """
    keys = [each.override.override_id for each in overrides.listing(workspace)]
    fitting = [key for key in keys if key.startswith(start)]
    if len(fitting) != 1:
        raise ParameterError(
            f"The beginning of one change's key is expected; {start[:64]!r} fits {len(fitting):,}. "
            "See python -m core override --list."
        )
    return fitting[0]


def _record(stated: Stated) -> dict[str, Any]:
    whole = asdict(stated)
    return {**whole.pop("override"), **whole}


def _line(stated: Stated) -> str:
    each = stated.override
    part = f"{each.level} {each.name}".strip() + (f" at {each.location}" if each.location else "")
    units = " → ".join(BLANK if value is None else number(value, 1) for value in (stated.before, stated.after))
    what = f"{asked(each.kind, each.value)}, {each.reason}"
    told = f"{each.override_id[:_SHORT]}  {part}, {each.first} to {each.last}: {what}"
    return f"{told}; {units} units; {stated.state}" + (f": {stated.why}" if stated.why else "")
