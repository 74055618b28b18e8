"""The Segments page in figures and tables, and its exports."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.base.language import _, ngettext
from core.report import tables_segments
from core.report.export import Sheet
from core.report.numbers import number, percent
from core.workflows.segmenting import SegmentResult
from pages.ui import cards, downloads, tables
from pages.ui.cards import Card


def show_cards(result: SegmentResult) -> None:
    """SKUs, what A makes, what is even and what is intermittent, and the groups."""
    table, found = result.table, result.grouping.segmentation
    total = float(result.amounts.sum())
    a_share = float(result.amounts[(table["abc"] == "A").to_numpy()].sum()) / total if total > 0 else None
    seldom = int(table["demand_class"].isin(["intermittent", "lumpy"]).sum())
    separation = found.silhouettes.get(found.n_groups)
    of_all = ngettext("of {total} SKU", "of {total} SKUs", len(table)).format(total=number(len(table)))
    cards.row(
        [
            Card(
                _("A items"),
                number(int((table["abc"] == "A").sum())),
                _("SKUs that make most of the money; check their forecasts first."),
                note=_("{share} of {unit}").format(
                    share=percent(a_share), unit=tables_segments.basis_label(result.basis)
                ),
            ),
            Card(
                _("Even sellers (X)"),
                number(int((table["xyz"] == "X").sum())),
                _("Weekly units vary by at most half their mean: little safety stock protects them."),
                note=of_all,
            ),
            Card(
                _("Sell now and then"),
                number(seldom),
                _("Intermittent or lumpy demand: more than 1.32 periods per sale on average."),
                note=of_all,
            ),
            Card(
                _("Groups"),
                number(found.n_groups),
                _("Mean silhouette of {value}; 1 = clearly apart, 0 = overlapping.").format(value=number(separation, 2))
                if found.n_groups > 1
                else found.remark,
                note=_("as suggested")
                if found.n_groups == found.suggested
                else _("suggested: {k}").format(k=number(found.suggested)),
            ),
        ],
        columns=4,
    )
    if result.basis == "units" and table["revenue"].isna().all():
        st.caption(_("The files name no prices, so ABC ranks by units."))


def show_groups(result: SegmentResult) -> None:
    """One line per group: how many, how much, and what sets it apart; or why there is one group only."""
    found = result.grouping.segmentation
    if found.remark:
        st.info(found.remark, icon=":material/info:")
    if found.n_groups == 1:
        return
    table = tables_segments.groups(result)
    share = str(table.columns[2])
    tables.show(
        table.assign(**{share: 100 * table[share]}),
        alt=_("Groups of SKUs that sell alike"),
        key="segments-groups",
        rows=10,
        columns={
            share: st.column_config.ProgressColumn(format="%.1f %%", min_value=0, max_value=100, width="small"),
            table.columns[0]: st.column_config.TextColumn(width="small"),
            table.columns[1]: st.column_config.NumberColumn(format="localized", width="small"),
            table.columns[3]: st.column_config.TextColumn(width="large"),
        },
    )
    if dropped := found.features.dropped:
        labels = tables_segments.feature_labels()
        names = ", ".join(labels[name] for name in dropped)
        st.caption(_("Left out because they do not vary or are not known here: {names}.").format(names=names))


def show_skus(result: SegmentResult) -> None:
    """Every SKU with its group and classes; filters stand in the address."""
    with st.container(horizontal=True):
        groups = _chosen_groups(result)
        classes = st.pills(
            _("ABC"), tables_segments.ABC, selection_mode="multi", key="abc", bind="query-params"
        )  # fmt: skip
    shown = result.table
    if groups:
        shown = shown[shown["group"].isin(groups)]
    if classes:
        shown = shown[shown["abc"].isin(classes)]
    if shown.empty:
        st.info(_("No SKU has this group and class together. Choose fewer filters."))
        return
    tables.show(tables_segments.segments(shown), alt=_("SKUs with their groups and classes"), key="segments-skus")
    every = len(result.table)
    told = ngettext("{shown} of {total} SKU", "{shown} of {total} SKUs", every)
    st.caption(told.format(shown=number(len(shown)), total=number(every)))


def _chosen_groups(result: SegmentResult) -> list[str]:
    """The groups to show, none = all; with one group there is nothing to choose."""
    if len(result.grouping.names) == 1:
        return []
    return st.multiselect(
        _("Group"), [str(name) for name in result.grouping.names], key="group", bind="query-params",
        placeholder=_("All groups"), width=330,
    )  # fmt: skip


def exports(result: SegmentResult, figures: Callable[[], Mapping[str, Any]]) -> None:
    """Groups, classes and features as files."""

    def workbook() -> dict[str, Sheet]:
        groups = tables_segments.groups(result)
        return {
            _("SKUs"): Sheet(tables_segments.segments(result.table)),
            _("Groups"): Sheet(groups, percent=(str(groups.columns[2]),)),
            _("Features"): Sheet(tables_segments.features(result.table)),
        }

    downloads.offer(
        "segments",
        csv=lambda: tables_segments.segments(result.table),
        xlsx=workbook,
        figures=figures,
        title=_("Segments"),
    )
