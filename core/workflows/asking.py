"""Rules that move so much that they ask first: held back until the planner confirms them, and said so."""

from collections.abc import Sequence
from typing import Final

from core.base.language import _
from core.clean.contract import LARGE_SHARE
from core.clean.recipe import HeldBack, Recipe
from core.clean.registry import rule_class
from core.store.cleaning import Asking, RowCleaning
from core.store.workspace import Workspace

_recent: Final[dict[tuple[str, str], tuple[HeldBack, ...]]] = {}


def asking(recipe: Recipe) -> Asking:
    """Which rules of the recipe wait when they would move more than a fifth of all units."""
    return Asking(recipe.unconfirmed(), LARGE_SHARE)


def all_held(lines: RowCleaning, series: Sequence[HeldBack]) -> tuple[HeldBack, ...]:
    """The rules left out for moving too much unasked: of the lines first, then of the series."""
    return (*(HeldBack(outcome.rule, outcome.share or 0.0) for outcome in lines.held_back), *series)


def remember(workspace: Workspace, version: str, held: tuple[HeldBack, ...]) -> tuple[HeldBack, ...]:
    """Keep which rules were left out of a version of the data while it is the newest."""
    _recent.clear()
    _recent[str(workspace.path), version] = held
    return held


def remembered(workspace: Workspace, version: str) -> tuple[HeldBack, ...] | None:
    """The rules left out of a version made in this process; None when another made it."""
    return _recent.get((str(workspace.path), version))


def notes(held: Sequence[HeldBack]) -> tuple[str, ...]:
    """A sentence for each rule left out."""
    text = _(
        "“{rule}” would move {share:.0%} of all units, so it was left out. Look at it on the Clean page and confirm it."
    )
    return tuple(text.format(rule=_(rule_class(each.rule).label), share=each.share) for each in held)
