"""Two forecasts side by side: what was asked differently, and by how much the answer changed."""

import streamlit as st

from core.base.language import _, ngettext
from core.charts import breakdown as charts
from core.report import tables_versions
from core.report.numbers import change, day, minute, number, percent
from core.workflows import comparing, forecasting, versions
from core.workflows.scopes import Scope
from core.workflows.versions import Versions
from core.workflows.viewing import Head, ScopeView
from pages.ui import cards, chart, forecast_scope, session, tables
from pages.ui.cards import Card


def _names() -> dict[str, str]:
    return forecasting.best_labels() | comparing.labels() | forecasting.reconciliation_labels()


def _label(head: Head) -> str:
    model = str(head.manifest.get("request", {}).get("model", ""))
    n = len(head.manifest.get("overrides", ()))
    changed = " · " + ngettext("{n} change by hand", "{n} changes by hand", n).format(n=number(n)) if n else ""
    stale = "" if head.current else " · " + _("older data")
    return f"{minute(head.created_at)} · {_names().get(model, model)}{changed}{stale}"


def show(head: Head, version: str, scope: Scope, view: ScopeView) -> None:
    """The forecast shown beside an earlier one of the workspace."""
    others = [each for each in versions.stored(session.workspace()) if each.run_id != head.run_id]
    if not others:
        st.info(_("This is the only forecast so far. The next one can be held against it here."))
        return
    labels = {each.run_id: _label(each) for each in others}
    chosen = st.selectbox(
        _("Hold it against"), list(labels), format_func=labels.__getitem__, key="forecast-version", width=420
    )
    other = next(each for each in others if each.run_id == chosen)
    with st.spinner(_("Reading the earlier forecast"), show_time=False):
        theirs = forecast_scope.view_of(other, version, scope)
        found = _pair((head.run_id, other.run_id, version), scope, (head, other), (view, theirs))
    _cards(found)
    means, band = (found.new, found.old), (found.new_low, found.new_high)
    figure = charts.two_versions(found.periods, means, band, dark=session.dark())
    chart.show(figure, key="forecast-versions", alt=_("An earlier forecast over the newer one"), file_name="versions")
    _tables(found)


@st.cache_resource(max_entries=32, show_spinner=False)
def _pair(
    key: tuple[str, str, str],  # noqa: ARG001 - the key of the cache
    scope: Scope,
    _heads: tuple[Head, Head],
    _views: tuple[ScopeView, ScopeView],
) -> Versions:
    return versions.side_by_side(session.workspace(), _heads, _views, scope)


def _cards(found: Versions) -> None:
    if not len(found.periods):
        return
    before, after = float(found.old.sum()), float(found.new.sum())
    share = "" if before <= 0 else change(found.change / before)
    span = _("{first} to {last}").format(first=day(found.periods[0]), last=day(found.periods[-1]))
    about = _("Expected units over the periods that both forecasts hold: {span}.").format(span=span)
    outside = (found.old < found.new_low) | (found.old > found.new_high)
    cards.row(
        [
            Card(_("Earlier forecast"), _("{n} units").format(n=number(before)), about),
            Card(_("Newer forecast"), _("{n} units").format(n=number(after)), about, change=share),
            Card(
                _("Periods that left the band"),
                percent(float(outside.mean())),
                _("Share of periods in which the earlier expectation lies outside the newer 80 % interval."),
            ),
        ],
        columns=3,
        least_width=200,
    )


def _tables(found: Versions) -> None:
    labels = _names()
    if found.differences:
        st.markdown(_("**What was asked differently**"))
        table = tables_versions.differences(found.differences, labels)
        tables.show(table, alt=_("What the two forecasts were asked differently"), key="forecast-asked")
    else:
        st.caption(_("Both were asked the same of the same data."))
    if len(found.movers):
        st.markdown(_("**Which series changed most**"))
        table = tables_versions.movers(found.movers, labels).round(1)
        tables.show(table, alt=_("Series by change of their forecast"), key="forecast-movers")
