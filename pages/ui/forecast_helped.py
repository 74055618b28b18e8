"""Did the changes by hand help: the error of the naive forecast, without them and with them."""

import numpy as np
import streamlit as st

from core.base.language import _, ngettext
from core.charts import overrides as charts
from core.report import tables_overrides
from core.report.numbers import day, number
from core.workflows import overrides, value_added
from core.workflows.value_added import Outcome
from pages.ui import chart, session, tables


def show() -> None:
    """The stair-step and the record per reason and person; before anything is known, when it will be."""
    found = value_added.outcome(session.workspace())
    if not (found.judged or found.waiting or found.unknown):
        return
    st.subheader(_("Did the changes help?"))
    if not found.judged:
        st.info(_waiting(found), icon=":material/hourglass:")
        return
    _steps(found)
    directions = {"up": _("upwards"), "down": _("downwards")}
    heads, names = (_("Reason"), _("Direction")), overrides.reasons() | directions
    table = tables_overrides.records(found.by_reason(), heads, names)
    tables.show(table, alt=_("Changes and whether they helped, per reason"), key="helped-reasons")
    if len(found.by_person()) > 1:
        table = tables_overrides.records(found.by_person(), (_("Who"),), {})
        tables.show(table, alt=_("Changes and whether they helped, per person"), key="helped-persons")


def _waiting(found: Outcome) -> str:
    if found.known_on is None:
        return _(
            "The items changed were out of stock or not on sale all the time, so nobody knows what would have sold."
        )
    return _(
        "That is known once sales up to {day} are imported: then the first week or month that was changed is over."
    ).format(day=day(found.known_on))


def _steps(found: Outcome) -> None:
    steps = found.steps
    before, after = _("Before the change"), _("After the change")
    named = [(_("Naive"), steps.naive), (before, steps.before), (after, steps.after)]
    if np.isnan(steps.before):
        st.caption(_("Nothing sold in the weeks that were changed, so that errors have no share to be told as."))
    else:
        figure = charts.stairs(named, dark=session.dark())
        alt = _("Error of the naive forecast, without the changes and with them")
        chart.show(figure, key="helped-steps", alt=alt, file_name="changes-helped")
    helped = sum(each.helped for each in found.judged)
    text = ngettext("{helped} of {n} change helped.", "{helped} of {n} changes helped.", len(found.judged))
    parts = [text.format(helped=number(helped), n=number(len(found.judged)))]
    parts.append(_("Errors are those of whole weeks (months) that are over; naive is what sold a season before."))
    if left := len(found.judged) - steps.judged:
        parts.append(_("The steps leave {n} out: nothing had sold a season before.").format(n=number(left)))
    if found.waiting:
        text = ngettext("{n} is not over yet.", "{n} are not over yet.", found.waiting)
        parts.append(text.format(n=number(found.waiting)))
    if found.unknown:
        parts.append(_("{n} cannot be judged: out of stock, or not on sale.").format(n=number(found.unknown)))
    chart.caption(" ".join(parts))
