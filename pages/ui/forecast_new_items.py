"""New items: forecast like another one until they have a history of their own."""

import streamlit as st

from core.base.language import _
from core.report.numbers import number
from core.workflows import like_items
from pages.ui import messages, session, tables
from pages.ui.text import literal

LEAST_TIMES, MOST_TIMES = 0.01, 100.0
MOST = 200
"""Most SKUs offered; those with the least history come first."""


def show() -> None:
    """SKUs with little history, the ones most like them, and the choice with its multiplier."""
    with st.expander(_("New items and what they will sell like"), icon=":material/fiber_new:"):
        st.caption(
            _(
                "An item with little or no history is forecast like the one named here, times a multiplier, until its "
                "own history has grown. The next forecast takes it in; no history is changed."
            )
        )
        if st.toggle(_("Show items with little history"), key="new-items-open"):
            with messages.shown():
                _choice()


def _choice() -> None:
    workspace = session.workspace()
    found = like_items.candidates(workspace)
    if found.empty:
        st.info(_("Every item has enough history of its own."))
        return
    found = found.head(MOST)
    labels = {
        str(row.sku): _("{sku} ({n} periods known)").format(
            sku=_named(str(row.sku), str(row.product_name)), n=number(row.periods)
        )
        for row in found.itertuples()
    }
    sku = str(st.selectbox(_("New item"), list(labels), format_func=labels.__getitem__, key="new-item", width=420))
    present, factor, reason = _kept(sku)
    offered = like_items.proposals(workspace, sku)
    likes = {
        str(row.like_sku): f"{_named(str(row.like_sku), str(row.product_name))}: {row.reason}"
        for row in offered.itertuples()
    }
    likes = ({present: present} if present and present not in likes else {}) | likes
    if not likes:
        st.info(_("Nothing in the shop is like it yet."))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        like = st.selectbox(
            _("Sells like"),
            list(likes),
            list(likes).index(present) if present else 0,
            format_func=likes.__getitem__,
            key=f"new-like-{sku}",
            width=420,
        )
        times = st.number_input(
            _("Multiplier"), min(LEAST_TIMES, factor), max(MOST_TIMES, factor), factor, 0.1, key=f"new-times-{sku}",
            width=140,
        )  # fmt: skip
        if st.button(_("Keep"), key="new-keep", icon=":material/check:", type="primary"):
            like_items.choose(workspace, sku, str(like), float(times), reason if like == present else "")
            st.toast(_("{sku} is forecast like {like} from the next forecast on.").format(
                sku=literal(sku), like=literal(like)
            ))  # fmt: skip
        if present and st.button(_("Take back"), key="new-drop", icon=":material/undo:"):
            like_items.take_back(workspace, sku)
            st.rerun()
    _chosen()


def _named(sku: str, name: str) -> str:
    """A code with its name, where there is one."""
    return f"{sku} · {name}" if name else sku


def _kept(sku: str) -> tuple[str, float, str]:
    """What was chosen for a new item before: its like-item ("" = none), the multiplier and why."""
    table = like_items.like_items(session.workspace())
    for entry in table[table["sku"] == sku].itertuples():
        return str(entry.like_sku), float(entry.multiplier), str(entry.reason or "")
    return "", 1.0, ""


def _chosen() -> None:
    """What was chosen so far."""
    table = like_items.like_items(session.workspace())
    if not len(table):
        return
    names = {"sku": _("New item"), "like_sku": _("Sells like"), "multiplier": _("Multiplier"), "reason": _("Why")}
    shown = table[list(names)].rename(columns=names)
    one = {_("Multiplier"): st.column_config.NumberColumn(format="%.2f")}
    tables.show(shown, alt=_("New items and what they are forecast like"), key="new-items", columns=one)
