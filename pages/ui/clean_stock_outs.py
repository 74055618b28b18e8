"""Stock-outs: which are known, what was lost in them and whether it counts, and which are only suspected."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.base.language import _, ngettext
from core.jobs import data
from core.report import tables_clean
from core.report.numbers import number, percent
from core.workflows import cleaning, stock_outs
from core.workflows.cleaning import CleanReport
from pages.ui import cards, clean_history, clean_jobs, clean_sections, links, session, tables
from pages.ui.cards import Card
from pages.ui.text import literal


@st.cache_data(max_entries=2, show_spinner=False)
def _losses(version: str) -> pd.DataFrame:  # noqa: ARG001 - the key of the cache
    return stock_outs.losses(session.workspace())


def show(version: str, report: CleanReport, *, disabled: bool) -> None:
    """The known ones with the choice to estimate what was lost, then the suspected ones."""
    st.subheader(_("Known stock-outs"))
    with st.spinner(_("Estimating what was lost")):
        table = _losses(version)
    if table.empty:
        st.info(_("No period is known as out of stock. Stock levels or stock movements would show them."))
        links.to("pages/upload.py", _("Upload stock levels"), ":material/upload_file:")
    else:
        _known(version, report, table, disabled=disabled)
    _suspected(version)


def _known(version: str, report: CleanReport, table: pd.DataFrame, *, disabled: bool) -> None:
    _facts(report, table)
    st.caption(
        _("Forecasts never take an empty shelf for low demand: those periods count as unknown, or as estimated here.")
    )
    _switch(report, table, disabled=disabled)
    _choices(version, table, disabled=disabled)


def _facts(report: CleanReport, table: pd.DataFrame) -> None:
    total = float(report.after.sum())
    lost, counted = float(table["expected_units"].sum()), float(table["lost_units"].sum())
    cards.row(
        [
            Card(_("SKUs at a location"), number(len(table)), help=_("With at least one period out of stock.")),
            Card(_("Periods out of stock"), number(table["periods"].sum())),
            Card(_("Units sold in them"), number(table["sold_units"].sum())),
            Card(
                _("Lost, estimated"),
                number(lost),
                help=_("What would have been sold but for the empty shelf, {share} of clean demand.").format(
                    share=percent(lost / total if total > 0 else None, 1)
                ),
            ),
            Card(_("Counted in demand"), number(counted), help=_("Lost units that clean demand holds now.")),
        ],
        columns=5,
    )


def _switch(report: CleanReport, table: pd.DataFrame, *, disabled: bool) -> None:
    """The switch for all SKUs, with what it would put on or take off before it is applied."""
    now = stock_outs.estimates_in_force(session.workspace())
    wanted = st.toggle(
        _("Count the estimated demand of stock-outs"),
        now,
        key=f"clean-estimate-{report.recipe.recipe_id[:12]}",
        disabled=disabled,
        help=_("For all SKUs but those chosen otherwise below. Off: demand in a stock-out stays unknown."),
    )
    if wanted == now:
        return
    free = table[table["choice"] == stock_outs.AS_RULE]
    units = float((free["expected_units"] - free["lost_units"]).sum() if wanted else -free["lost_units"].sum())
    total = float(report.after.sum())
    share = abs(units) / total if total > 0 else 0.0
    text = _("{units} units would be added to clean demand, {share} of it.")
    text = text if wanted else _("{units} units would be taken off clean demand again, {share} of it.")
    told = literal(text.format(units=number(abs(units)), share=percent(share)), 300)
    if share > cleaning.LARGE_SHARE:
        st.warning(told, icon=":material/warning:", title=_("That is much. Look at the SKUs below first."))
    else:
        st.info(told, icon=":material/edit:")
    if st.button(_("Apply"), type="primary", icon=":material/check:", key="clean-estimate-apply", disabled=disabled):
        clean_jobs.follow(data.start_stock_out_switch(session.runner(), session.workspace(), estimate=wanted))


def _choices(version: str, table: pd.DataFrame, *, disabled: bool) -> None:
    """The SKUs with their losses; what is chosen for some of them is applied together."""
    labels = tables_clean.choices()
    edited = tables.edit(
        tables_clean.stock_outs(table),
        key=f"clean-choices-{version[:12]}",
        alt=_("SKUs with stock-outs and what is chosen for each"),
        editable=_editable(labels),
    )
    wanted = changed(table, edited, labels)
    if wanted:
        text = ngettext(
            "{n} SKU is changed and not applied yet.", "{n} SKUs are changed and not applied yet.", len(wanted)
        )
        st.info(text.format(n=len(wanted)), icon=":material/edit:")
    with st.container(horizontal=True):
        if st.button(
            _("Apply to these SKUs"), icon=":material/check:", key="clean-choices-apply",
            disabled=disabled or not wanted,
        ):  # fmt: skip
            clean_jobs.follow(data.start_stock_out_choices(session.runner(), session.workspace(), wanted))


def _editable(labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        _("Chosen"): st.column_config.SelectboxColumn(
            options=list(labels.values()), required=True, width="medium", help=_("Click to choose for this SKU.")
        )
    }


def changed(table: pd.DataFrame, edited: pd.DataFrame, labels: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """What is now chosen otherwise, by SKU and location."""
    keys = {label: key for key, label in labels.items()}
    rows = zip(table["sku"], table["location"], table["choice"], edited[_("Chosen")], strict=True)
    return {(sku, place): keys[label] for sku, place, choice, label in rows if keys[label] != choice}


def _suspected(version: str) -> None:
    """Stretches without a sale that chance hardly explains; a hint that changes nothing."""
    st.subheader(_("Suspected stock-outs"))
    told = clean_history.suspicions_of(version)
    if told.empty:
        st.caption(_("No stretch without sales is too long for chance."))
        return
    st.caption(
        _("Sales stopped for longer than the SKU's own pattern explains. A guess from sales alone, often wrong: "
          "nothing is changed by it unless the rule “Suspected stock-outs” is switched on.")
    )  # fmt: skip
    share = st.column_config.ProgressColumn(min_value=0, max_value=100, format="%.0f %%", width="medium")
    place = tables.choose(
        tables_clean.suspected(told),
        alt=_("Suspected stock-outs, the likeliest first"),
        key="clean-suspected",
        columns={_("Probability of an empty shelf"): share},
    )
    with st.container(horizontal=True):
        row = told.iloc[place or 0]
        clean_history.look_at(str(row["sku"]), str(row["location"]), "clean-suspected-look")
        clean_sections.link(
            clean_sections.RULES, _("See the rule"), ":material/arrow_forward:", key="clean-suspected-rule",
            view={clean_sections.RULE: "suspected_stock_outs"},
        )  # fmt: skip
