"""The cleaning recipe as a list of rules: what each did, its switch, its settings, and what it would change."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.base.errors import DemandError
from core.base.language import _, ngettext
from core.base.parameters import ParameterInfo
from core.jobs import data
from core.report import tables_clean
from core.report.numbers import number, percent
from core.workflows import cleaning, waiting
from core.workflows.cleaning import CleanReport, Recipe, RuleInfo, RulePreview, Step
from pages.ui import clean_jobs, clean_sections, messages, session, tables
from pages.ui.text import literal


@st.cache_data(max_entries=32, show_spinner=False)
def preview_of(version: str, rule: str, settings: Mapping[str, Any]) -> RulePreview:  # noqa: ARG001 - key of the cache
    """What a rule with these settings would do to the data in force."""
    return cleaning.preview(session.workspace(), rule, settings)


@st.cache_resource(max_entries=2, show_spinner=False)
def held_back(version: str) -> dict[str, float]:  # noqa: ARG001 - the key of the cache
    """Rules in force that wait to be confirmed, with the share of units each would move."""
    return {each.rule: each.share for each in waiting.held_back(session.workspace())}


def choose(version: str, report: CleanReport, *, disabled: bool) -> Recipe:
    """The recipe as the controls say; equal to the one in force while nothing was changed."""
    with st.spinner(_("Reading the rules"), show_time=True):
        held = held_back(version)
    _waiting(report, held, disabled=disabled)
    wanted = report.recipe
    for kind, title in (("row", _("Sales lines, in this order")), ("series", _("Demand per SKU, in this order"))):
        st.markdown(f"**{title}**")
        with st.container(gap="xsmall"):
            for rule in _in_order(report, kind):
                wanted = _rule(version, report, rule, wanted, held, disabled=disabled)
    return wanted


def _in_order(report: CleanReport, kind: str) -> list[RuleInfo]:
    rules = {rule.key: rule for rule in report.rules}
    return [rules[step.rule] for step in report.recipe.steps if rules[step.rule].kind == kind]


def _waiting(report: CleanReport, held: Mapping[str, float], *, disabled: bool) -> None:
    """The rules that would move so much that they ask first."""
    labels = {rule.key: rule.label for rule in report.rules}
    for key, share in held.items():
        text = _("It would move {share} of all units, so it was left out. Look at what it would change first.")
        title = _("“{rule}” waits for your word").format(rule=labels[key])
        st.warning(text.format(share=percent(share)), title=title, icon=":material/pan_tool:")
        if st.button(
            _("Carry it out all the same"), icon=":material/priority_high:", key=f"clean-held-{key}", disabled=disabled
        ):
            recipe = report.recipe.confirmed(key)
            clean_jobs.follow(data.start_cleaning(session.runner(), session.workspace(), recipe))


def _rule(
    version: str, report: CleanReport, rule: RuleInfo, wanted: Recipe, held: Mapping[str, float], *, disabled: bool
) -> Recipe:
    """One rule with its switch and settings; the recipe with what was changed of it."""
    step = next(step for step in report.recipe.steps if step.rule == rule.key)
    key = f"clean-{report.recipe.recipe_id[:12]}-{rule.key}"
    icon = ":material/check_circle:" if step.enabled else ":material/radio_button_unchecked:"
    opened = st.session_state.get(clean_sections.RULE) == rule.key
    box = st.expander(
        _headline(rule, step, report, held), expanded=opened, icon=icon, key=f"{key}-box", on_change="rerun"
    )
    # the controls of twenty rules that nobody looks at would make every touch of the page slower
    if box.open:
        with box:
            enabled, settings = _controls(version, rule, step, key, disabled=disabled)
    else:
        enabled, settings = _as_left(step, key)
    if enabled == step.enabled and settings == step.complete():
        return wanted
    return cleaning.changed(wanted, rule.key, enabled=enabled, settings=settings)


def _controls(version: str, rule: RuleInfo, step: Step, key: str, *, disabled: bool) -> tuple[bool, dict[str, Any]]:
    """The switch, the settings and the way to see what they would change."""
    st.markdown(literal(rule.description, 300))
    enabled = st.toggle(_("In force"), step.enabled, key=f"{key}-on", disabled=disabled, persist_state="page")
    settings = _settings(rule, step.complete(), key, disabled=disabled)
    _preview(version, rule, settings, key)
    return enabled, settings


def _as_left(step: Step, key: str) -> tuple[bool, dict[str, Any]]:
    """Switch and settings of a rule whose box is closed: as its controls were left, else as they are in force."""
    left = st.session_state
    settings = {name: left.get(f"{key}-{name}", value) for name, value in step.complete().items()}
    return left.get(f"{key}-on", step.enabled), settings


def _headline(rule: RuleInfo, step: Step, report: CleanReport, held: Mapping[str, float]) -> str:
    """The rule's name with what it did to the data in force."""
    if not step.enabled:
        return _("**{rule}** · off").format(rule=rule.label)
    if rule.key in held:
        return _("**{rule}** · held back, would move {share}").format(rule=rule.label, share=percent(held[rule.key]))
    count, units = report.effects.get(rule.key, (0, 0.0))
    if not count:
        return _("**{rule}** · changed nothing").format(rule=rule.label)
    if rule.kind == "row":
        text = ngettext("**{rule}** · {n} line", "**{rule}** · {n} lines", count)
    else:
        text = ngettext("**{rule}** · {n} SKU-period", "**{rule}** · {n} SKU-periods", count)
    share = units / report.imported_units if report.imported_units > 0 else None
    moved = _(" · {units} units moved, {share}").format(units=number(units), share=percent(share, 2)) if units else ""
    return text.format(rule=rule.label, n=number(count)) + moved


def _settings(rule: RuleInfo, values: Mapping[str, Any], key: str, *, disabled: bool) -> dict[str, Any]:
    if not rule.parameters:
        return {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return {
            info.name: _control(info, values[info.name], f"{key}-{info.name}", disabled=disabled)
            for info in rule.parameters
        }


def _control(info: ParameterInfo, value: Any, key: str, *, disabled: bool) -> Any:
    """The control that fits a setting: its range, its choices, or a text."""
    label = f"{_(info.label)}, {_(info.unit)}" if info.unit else _(info.label)
    about: dict[str, Any] = {
        "key": key, "help": _(info.help) if info.help else None, "disabled": disabled, "persist_state": "page",
    }  # fmt: skip
    if info.choices:
        return st.selectbox(label, info.choices, info.choices.index(value), format_func=_, width=260, **about)
    if isinstance(value, bool):
        return st.toggle(label, value, **about)
    if isinstance(value, (int, float)):
        return st.number_input(label, info.low, info.high, value, width=260, **about)
    return st.text_input(label, value, width="stretch", **about)


def _preview(version: str, rule: RuleInfo, settings: Mapping[str, Any], key: str) -> None:
    if not st.button(_("Show what it would change"), icon=":material/preview:", key=f"{key}-preview"):
        return
    try:
        with st.spinner(_("Trying the rule")):
            told = preview_of(version, rule.key, settings)
    except DemandError as error:
        messages.refused(error)
        return
    show_preview(rule, told)


def show_preview(rule: RuleInfo, told: RulePreview) -> None:
    """Counts, share of units and examples of what a rule would do."""
    if not told.changed and not told.removed:
        st.success(_("Nothing: no line or period meets this rule."), icon=":material/check_circle:")
        return
    with st.container(horizontal=True):
        removed = _("Lines removed") if rule.kind == "row" else _("Periods removed")
        changed = _("Lines changed") if rule.kind == "row" else _("Periods changed")
        st.metric(changed, number(told.changed), border=True)
        st.metric(removed, number(told.removed), border=True)
        st.metric(_("Units before"), number(told.units_before), border=True)
        st.metric(_("Units after"), number(told.units_after), border=True)
        st.metric(
            _("Share of units moved"),
            percent(told.share, 2),
            border=True,
            help=_("Units added or taken away, as a share of all units before the rule."),
        )
    examples = tables_clean.examples(told.examples)
    st.caption(_("The largest changes first"))
    tables.show(examples, alt=_("Examples of changes"), key=f"clean-examples-{rule.key}")
