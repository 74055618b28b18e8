"""The plan in figures, per supplier and per line."""

import pandas as pd
import streamlit as st

from core.base.language import _
from core.report import tables_plan
from core.report.numbers import money, number
from core.workflows import planning
from core.workflows.planning import PlanRun
from pages.ui import cards, downloads, tables
from pages.ui.cards import Card


def show_cards(plan: PlanRun, currency: str) -> None:
    """Lines, units and money to order, and suppliers whose minimum is not reached."""
    lines = plan.lines
    chosen = lines[lines["order_units"] > 0]
    below = [each for each in plan.suppliers if each.below_minimum]
    unpriced = int(chosen["unit_cost"].isna().sum())
    value_help = _("At unit cost.")
    if unpriced:
        value_help = _("At unit cost; {lines} lines have none and are left out.").format(lines=number(unpriced))
    cards.row(
        [
            Card(
                _("Lines to order"),
                number(len(chosen)),
                _("SKUs at a location to order today."),
                note=_("of {total}").format(total=number(len(lines))),
            ),
            Card(_("Units to order"), number(chosen["order_units"].sum()), _("After minimum orders and whole packs.")),
            Card(_("Order value"), money(plan.manifest["total_value"], currency), value_help),
            Card(
                _("Below minimum"),
                number(len(below)),
                _("Suppliers that ask for a larger order value than today's."),
                note=", ".join(each.supplier for each in below[:2]) if below else _reached(plan),
            ),
        ],
        columns=4,
    )


def _reached(plan: PlanRun) -> str:
    """What is known of the minimums when none is missed."""
    if any(each.minimum_unknown for each in plan.suppliers):
        return _("not known of all")
    return _("all reached") if any(each.minimum for each in plan.suppliers) else _("no minimum is known")


def show_suppliers(plan: PlanRun, currency: str) -> None:
    """Orders added up per supplier."""
    table = tables_plan.supplier_table(plan.suppliers, currency)
    if table.empty:
        return
    st.subheader(_("From whom"))
    tables.show(table, alt=_("Orders per supplier"), key="plan-suppliers", rows=6)


def filtered(plan: PlanRun) -> pd.DataFrame:
    """The lines the filters leave, those to order first by value; the index is their place in the plan."""
    lines = plan.lines
    with st.container(horizontal=True, vertical_alignment="bottom"):
        supplier = _pick(lines, "supplier", _("Supplier"), _("All suppliers"))
        location = _pick(lines, "location", _("Location"), _("All locations"))
        only = st.toggle(_("Only lines to order"), value=True, key="plan-only", persist_state="session")
    # a line that could not be planned needs the planner as much as one to order
    mask = (lines["order_units"] > 0) | lines["order_units"].isna() | (not only)
    for name, value in (("supplier", supplier), ("location", location)):
        mask &= (lines[name] == value) | (value is None)
    return lines[mask].sort_values(["order_value", "order_units", "margin_at_risk"], ascending=False)


def _pick(lines: pd.DataFrame, column: str, label: str, every: str) -> str | None:
    values = sorted({str(value) for value in lines[column].unique() if str(value)})
    if len(values) < 2:
        return None
    return st.selectbox(
        label, values, index=None, placeholder=every, key=f"plan-{column}", width=240, persist_state="session"
    )


def choose_line(plan: PlanRun, chosen: pd.DataFrame, currency: str) -> int | None:
    """The table of lines; the place in the plan of the one chosen, at first that of the address or the first one."""
    wanted = _wanted(plan)
    if chosen.empty:
        st.info(_("Nothing to order for this choice; switch off “Only lines to order” to see every line."))
        return wanted
    places = chosen.index.tolist()
    row = tables.choose(
        tables_plan.plan_table(chosen, currency),
        alt=_("Lines of the order plan"),
        key="plan-lines",
        rows=10,
        columns={_("SKU"): st.column_config.TextColumn(pinned=True)},
    )
    if row is not None:
        return int(places[row])
    return wanted if wanted is not None else int(places[0])


def _wanted(plan: PlanRun) -> int | None:
    """The line named in the address, as links from other pages do."""
    sku, location = st.query_params.get("sku"), st.query_params.get("location")
    if sku is None:
        return None
    mask = (plan.lines["sku"] == sku) & ((plan.lines["location"] == location) | (location is None))
    found = plan.lines.index[mask]
    return int(found[0]) if len(found) else None


def exports(plan: PlanRun, currency: str) -> None:
    """The whole plan as the command line writes it, and a workbook with a sheet per supplier."""
    rule = _(planning.policy_labels().get(str(plan.manifest["request"]["policy"]), ""))
    downloads.offer(
        "stockcast-order-plan",
        csv=lambda: tables_plan.plan_export(plan.lines, plan.steps),
        xlsx=lambda: tables_plan.workbook(
            plan.lines, plan.steps, tables_plan.assumptions(plan.manifest, rule, currency)
        ),
    )
