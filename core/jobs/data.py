"""Jobs that change the data: importing, taking an upload back, cleaning and its undoing, the sample shop."""

from collections.abc import Mapping, Sequence
from datetime import date

from core.base.progress import Progress
from core.compute.executor import shared_worker
from core.jobs.runner import JobRunner, fingerprint
from core.workflows import (
    adjustments,
    cleaning,
    datasets,
    importing,
    planned_drivers,
    recovery,
    sample,
    settings,
    stock_outs,
)
from core.workflows.adjustments import Adjustment
from core.workflows.cleaning import Recipe
from core.workflows.importing import Decision, OnConflict
from core.workflows.workspace import Workspace

IMPORT = "import"
REMOVAL = "removal"
SAMPLE = "sample"
CLEANING = "cleaning"
RECOVERY = "recovery"
MARKING = "marking"


def start_import(
    runner: JobRunner, workspace: Workspace, decisions: Sequence[Decision], on_conflict: OnConflict
) -> str:
    """Import all tables or none; the last partial result is the ImportResult."""

    def work(progress: Progress) -> None:
        result = importing.import_tables(workspace, decisions, on_conflict, progress)
        progress.unstoppable().report("Imported", 1.0, partial=result)

    # with how each is read, or a second user's import of the same file would be taken for the first one's
    files = [
        [each.preview.content_hash, each.preview.member, each.mapping.role, fingerprint(repr(each.mapping))]
        for each in decisions
    ]
    return runner.start(IMPORT, work, {"files": files, "on_conflict": on_conflict})


def start_removal(runner: JobRunner, workspace: Workspace, upload_id: str) -> str:
    """Take an upload back wholly."""

    def work(progress: Progress) -> None:
        importing.remove(workspace, upload_id, progress)

    return runner.start(REMOVAL, work, {"upload_id": upload_id})


def start_sample(runner: JobRunner, workspace: Workspace) -> str:
    """Load the sample shop and prepare its comparison, forecast and plan; the run is the plan's."""

    def work(progress: Progress) -> str:
        return sample.prepare(workspace, progress, shared_worker())

    return runner.start(SAMPLE, work, {})


def start_marking(runner: JobRunner, workspace: Workspace, wanted: Mapping[str, bool]) -> str:
    """Say which drivers are known ahead: driver → whether it is."""

    def work(progress: Progress) -> None:
        planned_drivers.mark(workspace, wanted, progress)

    return runner.start(MARKING, work, {"drivers": dict(wanted)})


def start_recovery(runner: JobRunner, workspace: Workspace) -> str:
    """Make lost loads again from the kept uploads; the last partial result is the ImportResult."""

    def work(progress: Progress) -> None:
        result = recovery.rebuild(workspace, progress)
        progress.unstoppable().report("Rebuilt", 1.0, partial=result)

    return runner.start(RECOVERY, work, {})


def start_cleaning(runner: JobRunner, workspace: Workspace, recipe: Recipe) -> str:
    """Put a recipe in force."""

    def work(progress: Progress) -> None:
        cleaning.apply(workspace, recipe, progress)

    return runner.start(CLEANING, work, {"recipe": recipe.recipe_id})


def start_rebuild(runner: JobRunner, workspace: Workspace) -> str:
    """Make the clean demand anew after the shop's calendar changed."""

    def work(progress: Progress) -> None:
        datasets.rebuild(workspace, progress)

    # with what it changed to, or a second user's change during the work would be taken for the first one's
    wanted = fingerprint(repr((settings.read(workspace), settings.rates(workspace))))
    return runner.start(CLEANING, work, {"reason": "calendar", "settings": wanted})


def start_undo(runner: JobRunner, workspace: Workspace) -> str:
    """Bring back the recipe before the one in force."""

    def work(progress: Progress) -> None:
        cleaning.undo(workspace, progress)

    return runner.start(CLEANING, work, {"recipe": "former"})


def start_stock_out_switch(runner: JobRunner, workspace: Workspace, *, estimate: bool) -> str:
    """Estimate the demand of all stock-outs, or of none, but for the SKUs chosen otherwise."""

    def work(progress: Progress) -> None:
        stock_outs.switch(workspace, estimate=estimate, progress=progress)

    return runner.start(CLEANING, work, {"estimate_stock_outs": estimate})


def start_stock_out_choices(runner: JobRunner, workspace: Workspace, wanted: Mapping[tuple[str, str], str]) -> str:
    """Treat the stock-outs of some SKUs differently from what the rule says."""

    def work(progress: Progress) -> None:
        stock_outs.choose_all(workspace, wanted, progress)

    return runner.start(CLEANING, work, {"stock_outs_of": [[*key, choice] for key, choice in wanted.items()]})


def start_adjustment(runner: JobRunner, workspace: Workspace, wanted: Adjustment) -> str:
    """Set the demand of one period by hand."""

    def work(progress: Progress) -> None:
        adjustments.adjust_all(workspace, [wanted], progress)

    asked = [wanted.sku, wanted.location, str(wanted.period), wanted.units, fingerprint(wanted.reason)]
    return runner.start(CLEANING, work, {"corrected": asked})


def start_adjustment_removal(runner: JobRunner, workspace: Workspace, sku: str, location: str, period: date) -> str:
    """Take a correction by hand back."""

    def work(progress: Progress) -> None:
        adjustments.remove_adjustment(workspace, sku, location, period, progress)

    return runner.start(CLEANING, work, {"correction_removed": [sku, location, str(period)]})
