"""Which part of the shop is looked at: all of it, a category, a location or a SKU; the choice stands in the address."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.base.language import _
from core.workflows import scopes, viewing
from core.workflows.scopes import Scope
from core.workflows.viewing import Choices, Head, ScopeView
from pages.ui import address, session, sku_picker
from pages.ui.sku_picker import Keys

EVERYWHERE = ""
SEEN = "forecast-address"
ADDRESS = ("level", "name", "sku", "location")
LEVEL, NAME, PLACE = "forecast-level", "forecast-name-{level}", "forecast-place"
WITHIN = "forecast-within"
KEYS = Keys(NAME.format(level=scopes.SKU), WITHIN, "forecast-words")


# The values are shared and never changed: a copy per visit would cost more than it protects.
@st.cache_resource(max_entries=2, show_spinner=False)
def choices_of(version: str, forecast: str = "") -> Choices:  # noqa: ARG001 - the key of the cache
    """What of the present data can be looked at; of a forecast, new items that never sold as well."""
    return viewing.choices(session.workspace(), with_new=bool(forecast))


@st.cache_resource(max_entries=256, show_spinner=False)
def _view(run_id: str, version: str, scope: Scope, language: str, _head: Head) -> ScopeView:  # noqa: ARG001 - key
    return viewing.look(session.workspace(), _head, scope)


def view_of(head: Head, version: str, scope: Scope) -> ScopeView:
    """Everything shown of the scope.

    Raises:
        DemandError: the data or the forecast has no such scope.
    """
    return _view(head.run_id, version, scope, session.settings().language, head)


def frequency(version: str) -> str:
    """Length of a period: day, week or month."""
    return choices_of(version).frequency


def called(scope: Scope) -> str:
    """What a scope is called within a sentence."""
    if scope.level == scopes.TOTAL:
        return _("the whole shop")
    if scope.level == scopes.CATEGORY:
        return _("category {name}").format(name=scope.name)
    if scope.level == scopes.LOCATION:
        return _("location {name}").format(name=scope.name)
    return f"{scope.name}, {scope.location}" if scope.location else scope.name


def choose(version: str, forecast: str) -> Scope:
    """The controls of the scope; a link with ?sku=… or ?level=…&name=… opens it at that place."""
    choices = choices_of(version, forecast)
    names = {
        scopes.TOTAL: (_("Whole shop"), ()),
        scopes.CATEGORY: (_("Category"), choices.categories),
        scopes.LOCATION: (_("Location"), choices.locations),
        scopes.SKU: (_("SKU"), choices.skus),
    }
    levels = {level: label for level, (label, found) in names.items() if found or level == scopes.TOTAL}
    _arrive(choices, {level: names[level][1] for level in levels})
    st.session_state.setdefault(LEVEL, scopes.TOTAL)
    with st.container(horizontal=True):
        level = st.segmented_control(
            _("Show"), list(levels), required=True, format_func=levels.__getitem__,
            key=LEVEL, persist_state="session", wrap=True,
        )  # fmt: skip
        scope = _named(level or scopes.TOTAL, names, choices)
    address.write(ADDRESS, _address(scope), SEEN)
    return scope


def _named(level: str, names: Mapping[str, tuple[str, Sequence[str]]], choices: Choices) -> Scope:
    if level == scopes.TOTAL:
        return Scope()
    label, options = names[level]
    if level == scopes.SKU:
        name = sku_picker.choose(label, choices, KEYS)
    else:
        name = st.selectbox(label, options, key=NAME.format(level=level), width=330, persist_state="session")
    places = choices.places[name] if level == scopes.SKU else ()
    if len(places) < 2:
        return Scope(level, name)
    every = {EVERYWHERE: _("All its locations")} | {place: place for place in places}
    place = st.selectbox(
        _("Location"), list(every), format_func=every.__getitem__, key=PLACE, width=170, persist_state="session"
    )
    return Scope(level, name, place)


def _address(scope: Scope) -> dict[str, str]:
    if scope.level == scopes.TOTAL:
        return {}
    if scope.level != scopes.SKU:
        return {"level": scope.level, "name": scope.name}
    return {"sku": scope.name} | ({"location": scope.location} if scope.location else {})


def _arrive(choices: Choices, names: dict[str, Sequence[str]]) -> None:
    """Turn the controls to the place an address names, once per address."""
    asked = {key: st.query_params[key] for key in ADDRESS if key in st.query_params}
    if not asked or asked == st.session_state.get(SEEN):
        return
    level = scopes.SKU if "sku" in asked else asked.get("level", scopes.TOTAL)
    name = asked.get("sku", asked.get("name", ""))
    if name not in names.get(level, ()):
        return
    st.session_state[LEVEL] = level
    st.session_state[NAME.format(level=level)] = name
    if level == scopes.SKU:
        st.session_state[WITHIN] = ""
    if level == scopes.SKU and len(choices.places[name]) > 1:
        place = asked.get("location", EVERYWHERE)
        st.session_state[PLACE] = place if place in choices.places[name] else EVERYWHERE
