"""What a what-if is played on: one SKU, a location or the whole shop; prepared once and kept."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import islice

import pandas as pd
import streamlit as st

from core.base.language import _
from core.workflows import simulating
from core.workflows.home import State, Status
from core.workflows.settings import Settings
from core.workflows.simulating import ScenarioOutcome, SimulationCase
from pages.ui import address, home_start, session, sku_picker
from pages.ui.plan_controls import plan_of

ONE, PLACE, ALL = "sku", "location", "shop"
TEXT = "text"
"""Column of the list of series: what one is chosen by."""
ADDRESS = ("play", "sku", "location")
KIND_KEY, PLACE_KEY = "what-if-kind", "what-if-place"
SEEN, LAST = "what-if-seen", "what-if-last"
"""Where it is kept what the address said last, and which series was played last."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is played; `key` names everything its figures depend on.

    Attributes:
        sku, location: None = all of them.
        label: as the reader sees it.
        key: newest forecast and plan, the shop's settings, and the version of the data.
    """

    sku: str | None
    location: str | None
    label: str
    key: tuple[str, ...]

    @property
    def version(self) -> str:
        """Of the data it is played on."""
        return self.key[-1]


@st.cache_resource(max_entries=8, show_spinner=False)
def case_of(scope: tuple[str | None, str | None], key: tuple[str, ...]) -> SimulationCase:  # noqa: ARG001 - cache key
    """Demand paths, terms and stock of the scope; shared and never changed."""
    return simulating.case_of(session.workspace(), *scope)


@st.cache_resource(max_entries=8, show_spinner=False)
def baseline_of(scope: tuple[str | None, str | None], key: tuple[str, ...]) -> ScenarioOutcome:
    """The scope played as it is."""
    return simulating.baseline_of(case_of(scope, key))


@st.cache_resource(max_entries=8, show_spinner=False)
def curve_of(
    scope: tuple[str | None, str | None], key: tuple[str, ...]
) -> tuple[list[float], list[float], list[float]]:
    """What service costs in stock for the scope."""
    return simulating.curve(case_of(scope, key))


def choose(state: State, settings: Settings) -> Scope:
    """The controls of the scope."""
    key = (state.forecast, state.plan, repr(astuple(settings)), state.version)
    series = _listed(state)
    labels = {ONE: _("One SKU"), PLACE: _("One location"), ALL: _("Whole shop")}
    places = sorted(set(series["location"]))
    if len(places) < 2:
        del labels[PLACE]
    _arrive(labels, places)
    with st.container(horizontal=True):
        kind = st.segmented_control(
            _("Play"), list(labels), default=ONE, required=True, format_func=labels.__getitem__, key=KIND_KEY,
            persist_state="session", wrap=True,
        )  # fmt: skip
        if kind == ONE:
            scope = _one(series, key)
            st.session_state[LAST] = _address(ONE, scope)
        elif kind == PLACE:
            place = st.selectbox(_("Location"), places, key=PLACE_KEY, width=260, persist_state="session")
            scope = Scope(None, place, place, key)
        else:
            scope = Scope(None, None, labels[ALL], key)
    address.write(ADDRESS, _address(str(kind), scope), SEEN)
    return scope


def _address(kind: str, scope: Scope) -> dict[str, str]:
    """What names the scope in the address."""
    named = {"sku": scope.sku, "location": scope.location}
    played = {} if kind == ONE else {"play": kind}
    return played | {name: value for name, value in named.items() if value is not None}


def _arrive(labels: Mapping[str, str], places: Sequence[str]) -> None:
    """Turn the controls to what an address names, once per address: that of a link, or of a page loaded again."""
    asked = {name: st.query_params[name] for name in ADDRESS if name in st.query_params}
    kind = asked.get("play", ONE)
    if not asked or asked == st.session_state.get(SEEN) or kind not in labels:
        return
    st.session_state[KIND_KEY] = kind
    if kind == ONE:
        st.session_state[LAST] = asked
    elif asked.get("location") in places:
        st.session_state[PLACE_KEY] = asked["location"]


def _one(series: pd.DataFrame, key: tuple[str, ...]) -> Scope:
    texts = series[TEXT].tolist()
    last = st.session_state.get(LAST, {})
    start = _at(series, last.get("sku"), last.get("location"))
    key_of_choice = f"what-if-sku-{start}"
    places = _found(texts, st.session_state.get(key_of_choice, start))
    place = st.selectbox(
        _("SKU and location"), places, places.index(start) if start in places else 0, format_func=texts.__getitem__,
        key=key_of_choice, width=420,
    )  # fmt: skip
    row = series.iloc[place]
    return Scope(str(row["sku"]), str(row["location"]), texts[place], key)


def _found(texts: Sequence[str], chosen: int) -> Sequence[int]:
    """Places of the series to choose from: all of a small shop; of a large one the first that hold the words typed."""
    if len(texts) <= sku_picker.MANY:
        return range(len(texts))
    words = sku_picker.find("what-if-words", len(texts)).casefold().split()
    fitting = (place for place, text in enumerate(texts) if all(word in text.casefold() for word in words))
    return list(dict.fromkeys([chosen, *islice(fitting, sku_picker.FOUND)]))


def _at(series: pd.DataFrame, sku: str | None, location: str | None) -> int:
    """Place of the series played last or named in the address; the first one, with most money at risk, when none is."""
    if sku is None:
        return 0
    mask = (series["sku"] == sku) & ((series["location"] == location) | (location is None))
    return int(mask.to_numpy().argmax()) if mask.any() else 0


# Shared and never changed: of many series the texts alone take longer than the rest of the page.
@st.cache_resource(max_entries=4, show_spinner=False)
def _listed(state: State) -> pd.DataFrame:
    """Every series with the text it is chosen by."""
    series = _series(state)
    named = zip(series["sku"], series["product_name"], series["location"], strict=True)
    return series.assign(**{TEXT: [" · ".join(dict.fromkeys(part for part in parts if part)) for parts in named]})


def _series(state: State) -> pd.DataFrame:
    """Every series, exceptions first: the most urgent state with most money at risk before all."""
    columns = ["sku", "location", "product_name"]
    plan = plan_of(state.plan) if state.plan else None
    if plan is None:
        return simulating.series_of(session.workspace())
    status: Status = home_start.status_of(state)
    return pd.concat([status.exceptions[columns], plan.lines[columns]], ignore_index=True).drop_duplicates(
        ["sku", "location"]
    )
