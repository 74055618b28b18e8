"""What ran and with what."""

import streamlit as st

from core.base.language import _
from core.report import tables_runs
from core.workflows import history
from pages.ui import downloads, session, tables

RUNS = 100


def show_runs() -> None:
    """Runs, newest first; the one chosen with everything it was made with."""
    records = history.recent_runs(session.workspace(), RUNS)
    if not records:
        st.info(_("Nothing was computed yet. Comparisons, forecasts and plans will stand here."))
        return
    table = tables_runs.run_table(records)
    place = tables.choose(
        table,
        alt=_("Runs, newest first"),
        key="runs",
        rows=10,
        columns={_("When"): st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")},
    )
    if place is None:
        st.caption(_("Choose a row to see what the run was made with."))
    else:
        record = records[place]
        manifest = tables_runs.manifest_table(record.manifest)
        st.markdown(f"**{tables_runs.kind_labels().get(record.kind, record.kind)}** · {record.run_id}")
        tables.show(manifest, alt=_("Settings of the run"), key="run-manifest", rows=14)
    downloads.offer("stockcast-runs", csv=lambda: table)


def show_jobs() -> None:
    """Work in the background: how it stands, and what became of it."""
    runner = session.runner()
    for view in runner.active():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.progress(view.fraction, text=tables_runs.kind_labels().get(view.kind, view.kind))
            if st.button(_("Cancel"), key=f"cancel-{view.job_id}", icon=":material/stop_circle:"):
                runner.cancel(view.job_id)
    records = history.recent_jobs(session.workspace())
    if not records:
        st.info(_("Nothing ran in the background yet."))
        return
    tables.show(
        tables_runs.job_table(records),
        alt=_("Jobs, newest first"),
        key="jobs",
        rows=10,
        columns={
            _("When"): st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            _("Progress"): st.column_config.ProgressColumn(format="%.0f %%", min_value=0, max_value=100),
        },
    )
