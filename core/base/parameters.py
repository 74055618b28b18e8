"""Parameter metadata on dataclass fields, from which pages and the command line build their controls."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.base.errors import ParameterError


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """What a control needs to know about one setting."""

    name: str
    label: str
    default: Any
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""


def parameter(default: Any, label: str, **about: Any) -> Any:
    """A dataclass field with a label, unit, low, high, choices and help."""
    return field(default=default, metadata={"label": label, **about})


def parameters_of(cls: type) -> tuple[ParameterInfo, ...]:
    """The settings of a plug-in class in the order they are declared, its own before those it shares with others."""
    named = [entry for entry in dataclasses.fields(cls) if "label" in entry.metadata]
    named.sort(key=lambda entry: entry.name not in cls.__annotations__)
    return tuple(ParameterInfo(name=entry.name, default=entry.default, **entry.metadata) for entry in named)


def build(cls: type, values: Mapping[str, Any]) -> Any:
    """An instance of the plug-in with the given settings, each checked against its range.

    Raises:
        ParameterError: a name is unknown, or a value is outside its range or choices.
    """
    known = {info.name: info for info in parameters_of(cls)}
    for name, value in values.items():
        if name not in known:
            raise ParameterError(f"{cls.__name__} has no setting “{name}”. It has: {', '.join(known) or 'none'}.")
        check(known[name], value)
    return cls(**values)


def check(info: ParameterInfo, value: Any) -> None:
    """Raise ParameterError when the value is outside the declared range or choices."""
    if info.choices and value not in info.choices:
        raise ParameterError(f"{info.label} must be one of {', '.join(info.choices)}; “{value}” was given.")
    below = info.low is not None and value < info.low
    above = info.high is not None and value > info.high
    if below or above:
        raise ParameterError.outside(info.label, value, low=info.low, high=info.high, unit=info.unit)
