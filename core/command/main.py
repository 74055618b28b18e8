"""Runs a command: 0 on success, 2 on a user's mistake (one sentence on standard error), 1 on a defect."""

import json
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import Any, Final

from core.base.errors import DemandError
from core.base.progress import Progress, Step
from core.command import actions, comparing, deciding, joining, keeping, overriding, parser, privacy, settling
from core.workflows.workspace import Workspace, open_workspace

Action = Callable[[Workspace, Namespace, Progress], tuple[Any, list[str]]]
ACTIONS: Final[dict[str, Action]] = {
    "import": actions.import_files,
    "clean": actions.clean,
    "compare": comparing.compare,
    "tune": comparing.tune,
    "forecast": actions.forecast,
    "plan": actions.plan,
    "simulate": actions.simulate,
    "segment": actions.segment,
    "status": actions.status,
    "export": actions.export,
    "uploads": settling.uploads,
    "remove": settling.remove,
    "settings": settling.settings,
    "fit": joining.fit,
    "coverage": joining.coverage,
    "links": joining.links,
    "link": joining.link,
    "orders": joining.orders,
    "correct": deciding.correct,
    "stock-outs": deciding.stock_out_demand,
    "like": deciding.like,
    "pin": deciding.pin,
    "override": overriding.override,
    "export-anonymous": privacy.export_anonymous,
    "forget-person": privacy.forget_person,
    "rotate-key": privacy.rotate_key,
    "backup": keeping.backup,
    "audit": keeping.actions_done,
    "sample": actions.sample,
}
WITHOUT_STORE: Final[dict[str, Callable[[Namespace, Progress], tuple[Any, list[str]]]]] = {
    "restore": keeping.restore,
    "rebuild": keeping.rebuild,
    "delete": keeping.delete,
    "warm": actions.warm,
}
"""Commands that must work where the workspace cannot be opened: it is damaged, or the app has it open."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command given on the command line; the exit status."""
    chosen = parser.build().parse_args(arguments)
    progress = Progress(_Bar()) if sys.stderr.isatty() else Progress()
    try:
        if chosen.command in WITHOUT_STORE:
            result, lines = WITHOUT_STORE[chosen.command](chosen, progress)
        else:
            result, lines = ACTIONS[chosen.command](open_workspace(chosen.workspace), chosen, progress)
    except DemandError as mistake:
        print(_cleared(str(mistake)), file=sys.stderr)
        return 2
    if chosen.json:
        print(_cleared(json.dumps(result, ensure_ascii=False, default=str, indent=1)))
    else:
        print(_cleared("\n".join(lines)))
    return 0


def _cleared(text: str) -> str:
    return f"\r\x1b[K{text}" if sys.stderr.isatty() and sys.stdout.isatty() else text


class _Bar:
    """A one-line progress bar on the terminal."""

    def __init__(self) -> None:
        self._shown = 0.0

    def __call__(self, step: Step) -> None:
        """Draw the step, at most ten times a second."""
        now = time.monotonic()
        if now - self._shown < 0.1:
            return
        self._shown = now
        filled = round(step.fraction * 24)
        line = f"\r\x1b[K[{'#' * filled}{'.' * (24 - filled)}] {step.fraction:4.0%}  {step.stage}"
        sys.stderr.write((f"{line}, {step.detail}" if step.detail else line)[:110])
        sys.stderr.flush()
