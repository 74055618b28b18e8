"""One function per command: call the workflow the page calls, say what came of it."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from core.base.errors import FileFormatError
from core.base.progress import Progress
from core.command.comparing import names_of
from core.command.files import gathered, text_of
from core.command.writing import write
from core.report.numbers import BLANK, number
from core.report.tables_forecast import forecast_export
from core.report.tables_plan import plan_export
from core.workflows import (
    cleaning,
    forecasting,
    home,
    importing,
    planning,
    recovery,
    segmenting,
    simulating,
    supply_orders,
    warming,
)
from core.workflows import sample as sample_workflow
from core.workflows.importing import Decision, Difference, ReadOptions, TablePreview
from core.workflows.privacy import without_customers
from core.workflows.workspace import Workspace, default_path

Answer = tuple[Any, list[str]]


def import_files(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Import files or folders of files, all or none."""
    files, left_out = gathered(chosen.files)
    options = ReadOptions(
        encoding=chosen.encoding, sheet=chosen.sheet, decimal=chosen.decimal, date_order=chosen.date_order,
        start_date=chosen.start_date, layout=chosen.layout, counter=chosen.counter, packs=chosen.packs,
        epoch=chosen.epoch, delimiter={"tab": "\t"}.get(chosen.delimiter, chosen.delimiter), quote=chosen.quote,
        escape=chosen.escape, header_line=chosen.header_line,
    )  # fmt: skip
    looks = importing.preview(workspace, files, chosen.role, options, progress.part(0.0, 0.4))
    # the bytes are no longer needed, and may be as many as all the tables
    del files
    decisions = [_decision(look, chosen) for look in looks if not look.used_in]
    lent = [f"{look.label}: {look.note}" for look in looks if look.used_in]
    if chosen.dry_run:
        return _told(importing.differences(workspace, decisions, chosen.on_conflict), lent)
    del looks
    result = importing.import_tables(workspace, _given_away(decisions), chosen.on_conflict, progress.part(0.4, 1.0))
    summaries = []
    for summary in result.files:
        wanted = ("file", "role", "platform", "records", "loaded", "quarantined", "skus", "first_period", "last_period")
        summaries.append({name: getattr(summary, name) for name in wanted} | _repeated(summary))
    notes = [*left_out, *lent, *result.notes]
    lines = [_import_line(each) for each in summaries] + notes
    return {"files": summaries, "notes": notes}, lines


def _given_away(decisions: list[Decision]) -> tuple[Decision, ...]:
    """The decisions, of which the caller keeps none: their tables are freed as soon as they are stored."""
    given = tuple(decisions)
    decisions.clear()
    return given


def _told(found: Sequence[Difference], notes: list[str]) -> Answer:
    """What importing would do, without doing it."""
    lines = [
        f"{each.file}: already loaded." if each.loaded_before else f"{each.file} ({each.role}): {each.sentence()}."
        for each in found
    ]
    refused = ["Choose --on-conflict replace, add or skip for what would change."] if _refused(found) else []
    return {"files": [asdict(each) for each in found], "notes": notes}, [*lines, *refused, *notes]


def _refused(found: Sequence[Difference]) -> bool:
    return any(each.refused for each in found)


def _repeated(summary: Any) -> dict[str, Any]:
    if summary.already_loaded_at:
        return {"already_loaded_at": str(summary.already_loaded_at)}
    counts = {"skipped": summary.skipped, "changes": summary.changes, "replaced": summary.replaced}
    return {name: count for name, count in counts.items() if count}


def _decision(look: TablePreview, chosen: Namespace) -> Decision:
    if look.recognition is None:
        raise FileFormatError(f"{look.label}: {look.problem}")
    mapping = look.recognition.to_mapping()
    if chosen.mapping is not None:
        mapping = importing.mapping_of(look, text_of(chosen.mapping))
    return Decision(look, without_customers(mapping) if chosen.customers == "drop" else mapping)


def _import_line(summary: dict[str, Any]) -> str:
    if "already_loaded_at" in summary:
        return f"{summary['file']}: already loaded on {summary['already_loaded_at'][:16]}; nothing was added."
    aside = f", {summary['quarantined']:,} set aside" if summary["quarantined"] else ""
    aside += f", {summary['skipped']:,} left out as stored already or known" if "skipped" in summary else ""
    aside += f", in the place of {summary['replaced']:,} earlier ones" if "replaced" in summary else ""
    return f"{summary['file']}: {summary['loaded']:,} rows as {summary['role']} ({summary['platform']}){aside}."


def clean(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Apply a recipe, or go back to the one before."""
    if chosen.undo:
        cleaning.undo(workspace, progress)
    elif chosen.recipe is not None:
        cleaning.apply(workspace, cleaning.Recipe.from_json(text_of(chosen.recipe)), progress)
    report = cleaning.report(workspace)
    scores = {each.label: each.score for each in report.quality.dimensions}
    rules = [
        {"rule": info.key, "label": info.label, "findings": report.effects.get(info.key, (0, 0.0))[0],
         "units_changed": report.effects.get(info.key, (0, 0.0))[1]}
        for info in report.rules
    ]  # fmt: skip
    lines = [f"{name}: {number(score)} of 100" for name, score in scores.items()]
    lines += [
        f"{each['label']}: {each['findings']:,} lines or periods, {each['units_changed']:+,.0f} units" for each in rules
    ]
    return {"quality": scores, "rules": rules, "notes": list(report.notes)}, lines + list(report.notes)


def forecast(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Forecast all series; write the table when asked for."""
    off = None if chosen.without is None else names_of(chosen.without)
    request = forecasting.ForecastRequest(chosen.model, chosen.horizon, chosen.seed, chosen.reconciliation, off)
    run = forecasting.forecast(workspace, request, progress)
    table = forecast_export(run.table)
    if chosen.out is not None:
        write(chosen.out, table, "Forecast")
    series = table[["sku", "location"]].drop_duplicates()
    lines = [
        f"{len(series):,} series forecast until {table['period'].max():%Y-%m-%d}; methods: {run.manifest['models']}.",
        *filter(None, [run.manifest["season"]]),
        *run.manifest["unplanned"],
    ]
    return {"run_id": run.run_id, "series": len(series), "models": run.manifest["models"], "rows": len(table)}, lines


def plan(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Plan today's orders; write the table when asked for."""
    options = planning.PlanOptions(chosen.service_level, chosen.policy, chosen.budget)
    run = planning.plan(workspace, options, progress)
    table = plan_export(run.lines, run.steps)
    if chosen.out is not None:
        write(chosen.out, table, "Order plan")
    ordered = run.lines[run.lines["order_units"] > 0]
    result = {
        "run_id": run.run_id, "lines": len(table), "to_order": len(ordered),
        "order_units": float(ordered["order_units"].sum()), "order_value": run.manifest["total_value"],
        "service_level": run.manifest["service_level"], "series_without_stock": run.manifest["series_without_stock"],
    }  # fmt: skip
    lines = [f"{len(ordered):,} of {len(table):,} lines to order, {number(result['order_units'])} units."]
    if result["series_without_stock"]:
        lines.append(
            f"The stock of {result['series_without_stock']:,} series is not known; their shelves are taken as empty."
        )
    missed = supply_orders.left_open(workspace)
    return result, [
        *lines,
        *filter(None, [planning.unplanned(run)]),
        *planning.stock_notes(run),
        *([missed.sentence()] if missed else []),
    ]


def simulate(workspace: Workspace, chosen: Namespace, _progress: Progress) -> Answer:
    """Play a scenario against the baseline."""
    scenario = simulating.Scenario("Scenario")
    if chosen.scenario is not None:
        scenario = simulating.Scenario.from_json(text_of(chosen.scenario))
    played = simulating.what_if(workspace, scenario, chosen.sku, chosen.location)
    before, after = simulating.measures(played.baseline), simulating.measures(played.scenario)
    result = {name: {"baseline": before[name], "scenario": after[name]} for name in before}
    lines = [f"{'measure':<22}{'baseline':>14}{scenario.name[:14]:>14}"]
    lines += [f"{name:<22}{number(before[name][0], 3):>14}{number(after[name][0], 3):>14}" for name in before]
    return _finite(result), [*lines, *filter(None, [simulating.not_played(played.case)])]


def segment(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Group the SKUs."""
    result = segmenting.segment_skus(workspace, segmenting.SegmentRequest(n_groups=chosen.groups), progress)
    if chosen.out is not None:
        write(chosen.out, result.table, "Segments")
    sizes = result.table["group"].value_counts().to_dict()
    groups = [
        {"group": str(name), "skus": int(sizes[name]), "description": text}
        for name, text in zip(result.grouping.names, result.grouping.descriptions, strict=True)
    ]
    found = result.grouping.segmentation
    lines = [
        f"{each['group']}: {each['skus']:,} SKU{'s' * (each['skus'] != 1)}, {each['description']}" for each in groups
    ]
    lines += [found.remark] if found.remark else []
    return {"suggested": found.suggested, "remark": found.remark, "groups": groups}, lines


def status(workspace: Workspace, _chosen: Namespace, _progress: Progress) -> Answer:
    """The key figures of the Home page."""
    record = _finite(home.status(workspace).record())
    lost = recovery.problems(workspace)
    lines = [f"{name}: {BLANK if value is None else value}" for name, value in record.items()]
    return record | {"problems": lost}, [*lost, *lines]


def export(workspace: Workspace, chosen: Namespace, _progress: Progress) -> Answer:
    """Write the clean demand."""
    table = cleaning.clean_demand(workspace)
    write(chosen.out, table, "Clean demand")
    return {"rows": len(table)}, [f"{len(table):,} rows written to {chosen.out}."]


def sample(workspace: Workspace, chosen: Namespace, progress: Progress) -> Answer:
    """Load the sample shop and prepare its forecast and plan."""
    if chosen.if_empty and (home.has_data(workspace) or importing.imported(workspace)):
        return {"prepared": False}, [f"The workspace {chosen.workspace or default_path()} has data already."]
    run_id = sample_workflow.prepare(workspace, progress)
    return {"prepared": True, "plan": run_id}, ["The sample shop is loaded; its forecast and order plan are ready."]


def warm(_chosen: Namespace, progress: Progress) -> Answer:
    """Compile the kernels."""
    seconds = warming.warm(progress)
    return {"seconds": seconds}, [f"Kernels compiled in {seconds:.1f} s."]


def _finite(value: Any) -> Any:
    """Plain values with NaN and infinity as None, which JSON can say."""
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value
