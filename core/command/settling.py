"""The commands about what the shop settled: uploads and taking them back, settings and exchange rates."""

from argparse import Namespace
from dataclasses import asdict, replace
from typing import Any, Final

from core.base.errors import ParameterError, examples
from core.base.progress import Progress
from core.workflows import datasets, home, importing
from core.workflows import settings as settings_workflow
from core.workflows.settings import Settings
from core.workflows.workspace import Workspace

Answer = tuple[Any, list[str]]
_TRUTH: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_SHORT: Final = 12


def uploads(workspace: Workspace, _chosen: Namespace, _progress: Progress) -> Answer:
    """List what was imported, oldest first."""
    records = importing.imported(workspace)
    lines = [
        f"{each.upload_id[:_SHORT]}  {each.loaded_at:%Y-%m-%d %H:%M} UTC  {each.file_name}: {each.loaded:,} rows as "
        f"{each.role}" + (f", {each.quarantined:,} set aside" if each.quarantined else "")
        for each in records
    ]
    return [asdict(each) for each in records], lines or ["Nothing was imported yet."]


def remove(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Take one upload back wholly."""
    upload_id = _found(workspace, chosen.upload)
    importing.remove(workspace, upload_id, progress)
    return {"removed": upload_id}, ["The upload was taken back."]


def _found(workspace: Workspace, start: str) -> str:
    """The one upload whose key begins so, or whose file is named so.

    Raises:
        ParameterError: there is none, or there are several.
    """
    records = importing.imported(workspace)
    keys = [each.upload_id for each in records if each.upload_id.startswith(start) or each.file_name == start]
    if len(keys) != 1 or not start:
        raise ParameterError(
            f"One upload's file name or the beginning of its key is expected; {start[:64]!r} fits {len(keys):,}. "
            "See python -m core uploads."
        )
    return keys[0]


def settings(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Show the shop's settings, after changing those that are given."""
    current = settings_workflow.read(workspace)
    rates = settings_workflow.rates(workspace)
    if chosen.set or chosen.rate:
        wanted = replace(current, **dict(_setting(text) for text in chosen.set))
        rates = settings_workflow.rates_in(rates, current.currency, wanted.currency)
        rates |= dict(_rate(text) for text in chosen.rate)
        kept = {currency: rate for currency, rate in rates.items() if rate != 0}
        if settings_workflow.write(workspace, wanted, kept) and home.has_data(workspace):
            datasets.rebuild(workspace, progress)
        current, rates = settings_workflow.read(workspace), settings_workflow.rates(workspace)
    result = asdict(current)
    lines = [f"{name}: {value}" for name, value in result.items()]
    lines += [f"rate {currency}: {rate:g} {current.currency}" for currency, rate in rates.items()]
    return result | {"rates": rates}, lines


def _setting(text: str) -> tuple[str, Any]:
    """A setting and its value, from NAME=VALUE.

    Raises:
        ParameterError: there is no such setting, or the value is of another kind.
    """
    name, _sign, value = text.partition("=")
    present = asdict(Settings())
    if name not in present:
        raise ParameterError(f"A setting out of {', '.join(present)} is expected; {name[:60]!r} was given.")
    if isinstance(present[name], bool):
        if value.lower() not in _TRUTH:
            raise ParameterError(f"{name} is true or false; {value[:60]!r} was given.")
        return name, _TRUTH[value.lower()]
    if isinstance(present[name], str):
        return name, _choice(name, value)
    number = _number(name, value)
    if isinstance(present[name], float):
        return name, number
    if not number.is_integer():
        raise ParameterError(f"A whole number is expected for {name}; {value[:60]!r} was given.")
    return name, int(number)


def _choice(name: str, value: str) -> str:
    """One of the values on offer.

    Raises:
        ParameterError: it is none of them.
    """
    offered = {
        "currency": settings_workflow.CURRENCIES,
        "country": ("", *settings_workflow.countries()),
        "language": settings_workflow.languages(),
    }
    if value not in offered.get(name, (value,)):
        known = examples([each for each in offered[name] if each], 5)
        raise ParameterError(f"A known {name} is expected, such as {known}; {value[:60]!r} was given.")
    return value


def _rate(text: str) -> tuple[str, float]:
    """A currency and its rate, from EUR=1.08; 0 takes a rate back."""
    currency, _sign, value = text.partition("=")
    return currency.strip().upper(), _number(currency, value)


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError as wrong:
        raise ParameterError(f"A number is expected for {name[:60]}; {value[:60]!r} was given.") from wrong
