"""What to look at first: issues ranked by what they would change in the next order, and the way to settle each."""

from collections.abc import Sequence

import streamlit as st

from core.base.language import _, ngettext
from core.report import tables_clean
from core.report.numbers import money, number
from core.workflows import priorities
from core.workflows.cleaning import CleanReport
from core.workflows.priorities import Priority
from core.workflows.settings import Settings
from pages.ui import clean_sections, links, session, tables
from pages.ui.text import literal

MOST = 5


@st.cache_data(max_entries=4, show_spinner=False)
def found(version: str, settings: Settings) -> list[Priority]:  # noqa: ARG001 - the key of the cache
    """Issues with the most at stake first."""
    return priorities.fix_first(session.workspace())


def show(version: str) -> None:
    """The ranked issues, each with what is at stake and a way to settle it."""
    st.subheader(_("Fix these first"))
    with st.spinner(_("Weighing what each issue would change"), show_time=True):
        issues = found(version, session.settings())
    if not issues:
        text = _("Nothing that was checked would change the next order: rules, stock-outs, lead times, silent items.")
        st.success(text, icon=":material/check_circle:")
        return
    st.caption(
        _("Ranked by how far each moves the demand expected until the next delivery, by which orders are sized.")
    )
    for place, issue in enumerate(issues[:MOST], 1):
        _issue(place, issue)
    if issues[MOST:]:
        _others(issues[MOST:])


def _issue(place: int, issue: Priority) -> None:
    with st.container(border=True):
        what, stake, units, way = st.columns([6, 2, 2, 2.4], vertical_alignment="center")
        what.markdown(f"**{place}. {literal(issue.label)}**  \n{literal(issue.how, 300)}")
        amount = money(issue.money, session.settings().currency).replace("$", "\\$")
        stake.markdown(f"**{amount}**  \n:small[{_('at stake')}]")
        where = _("units, {n} SKU × location").format(n=number(issue.skus))
        units.markdown(f"**{number(issue.units)}**  \n:small[{where}]")
        with way:
            _way(issue)


def _way(issue: Priority) -> None:
    """The button or link to where the issue is settled."""
    if issue.page == priorities.UPLOAD:
        links.to("pages/upload.py", _("Upload files"), ":material/upload_file:")
        return
    section = clean_sections.CLOSER.get(issue.issue, clean_sections.RULES)
    texts = {
        clean_sections.STOCK_OUTS: _("See the stock-outs"),
        clean_sections.BY_HAND: _("See the corrections"),
        clean_sections.RULES: _("See the rule"),
    }
    view = {clean_sections.RULE: issue.rule}
    clean_sections.link(section, texts[section], ":material/arrow_forward:", key=f"clean-fix-{issue.issue}", view=view)


def _others(issues: Sequence[Priority]) -> None:
    text = ngettext("{n} more issue with less at stake", "{n} more issues with less at stake", len(issues))
    with st.expander(text.format(n=len(issues)), icon=":material/expand_more:", key="clean-more"):
        tables.show(
            tables_clean.fix_first(priorities.table(list(issues))),
            alt=_("Issues with less at stake"), key="clean-first-others",
        )  # fmt: skip


def show_states(report: CleanReport) -> None:
    """How much of the history is demand, and how much is silence of which kind."""
    st.subheader(_("What the history says"))
    tables.show(
        tables_clean.states(report.states),
        alt=_("Share of the SKU-periods in each state"),
        key="clean-states",
        columns={
            _("Share"): st.column_config.ProgressColumn(min_value=0, max_value=100, format="%.1f %%", width="medium"),
        },
    )


def show_found(report: CleanReport) -> None:
    """Everything that was found, items that are new, silent or discontinued among it."""
    found = tables_clean.issues(report.quality.issues)
    with st.expander(_("Everything that was found"), icon=":material/list:", key="clean-found"):
        share = st.column_config.NumberColumn(format="percent")
        tables.show(
            found, alt=_("Everything that was found"), key="clean-found-table", columns={_("Share of units"): share}
        )
