"""Drivers a comparison or a forecast may look at: all but those switched off."""

from collections.abc import Collection

import streamlit as st

from core.base.language import _
from core.workflows import planned_drivers
from pages.ui import session
from pages.ui.text import literal


def choose(key: str, off: Collection[str] = ()) -> tuple[str, ...]:
    """The drivers switched off; nothing is shown where the data has none.

    Args:
        key: of the control.
        off: those switched off until the reader says otherwise.
    """
    labels = planned_drivers.switches(session.workspace())
    if not labels:
        return ()
    if not set(st.session_state.get(key) or ()) <= set(labels):
        # a driver that was chosen is gone with its file
        del st.session_state[key]
    used = st.pills(
        _("Drivers used"), list(labels), selection_mode="multi", format_func=labels.__getitem__, key=key, wrap=True,
        default=[name for name in labels if name not in off],
        help=_("Switch off what you do not trust, such as a doubtful column of your file; no method looks at it then."),
    )  # fmt: skip
    return tuple(name for name in labels if name not in used)


def all_off(off: Collection[str]) -> bool:
    """Whether nothing the present data says besides sales was looked at."""
    return bool(off) and set(planned_drivers.switches(session.workspace())) <= set(off)


def told(off: Collection[str]) -> str:
    """What was switched off, as a sentence to add; "" for nothing."""
    labels = planned_drivers.switches(session.workspace())
    named = ", ".join(labels.get(name, name) for name in off)
    return " " + _("Drivers switched off: {drivers}.").format(drivers=literal(named, 300)) if named else ""
