"""The Compare page in figures and tables, and its exports."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.base.language import _
from core.report import tables_compare
from core.report.export import Sheet
from core.report.numbers import number, percent
from core.workflows import comparing
from core.workflows.comparing import Comparison
from pages.ui import cards, downloads, links, tables
from pages.ui.cards import Card
from pages.ui.text import literal


def show_cards(comparison: Comparison) -> None:
    """The best method, its error and bias, what it gains on the seasonal naive, and how honest its intervals are."""
    best, labels = comparison.rows[0], comparing.labels()
    naive = next((row["rmsse"] for row in comparison.rows if row["model"] == "seasonal_naive"), None)
    gain = 1 - best["rmsse"] / naive if naive and best["rmsse"] is not None else None
    cards.row(
        [
            Card(
                _("Best method"),
                labels[best["model"]],
                _("Smallest RMSSE over all series. Squared errors favour the best forecast of the mean."),
                note=_("RMSSE {value}").format(value=number(best["rmsse"], 3)),
            ),
            Card(
                _("WAPE"),
                percent(best["wape"]),
                _("Absolute errors as a share of units sold, per SKU, location and period."),
                note=_("bias {value}").format(value=_signed(best["bias"])),
            ),
            Card(
                _("Better than naive"),
                percent(gain),
                _("How much smaller the RMSSE is than that of repeating last season; blank when it was not compared."),
            ),
            Card(
                _("Inside the 80 % band"),
                percent(best["coverage_80"]),
                _("Share of actuals inside the central 80 % interval. Slow sellers, mostly at 0, lie above 80 %."),
                note=_("95 % band: {value}").format(value=percent(best["coverage_95"])),
            ),
        ],
        columns=4,
        least_width=200,
    )
    periods = {"day": _("days"), "week": _("weeks"), "month": _("months")}[comparison.frequency]
    text = _("{horizon} {periods} ahead from {folds} past dates; {series} series; {seconds} s of computing.")
    st.caption(
        text.format(
            horizon=number(comparison.horizon),
            periods=periods,
            folds=number(comparison.folds),
            series=number(len(comparison.champions)),
            seconds=number(comparison.seconds),
        )
    )


def _signed(share: float | None) -> str:
    return percent(share) if share is None or share < 0 else f"+{percent(share)}"


def show_landed(rows: Sequence[Any]) -> None:
    """The leaderboard rows that have landed so far, best first."""
    ordered = sorted(rows, key=lambda row: float("inf") if row["rmsse"] is None else row["rmsse"])
    _board(ordered, key="compare-landed")


def show_leaderboard(comparison: Comparison) -> None:
    """All methods, best first, and why some fell out."""
    _board(comparison.rows, key="compare-leaderboard")
    failures = [row for row in comparison.rows if row["mae"] is None]
    labels = comparing.labels()
    for row in failures:
        text = _("{method} could not be compared: {reason}")
        st.warning(text.format(method=labels[row["model"]], reason=literal(row["reason"], 400)))
    st.caption(_("Failures count series for which another method had to stand in; the note says why."))


def _board(rows: Sequence[Mapping[str, Any]], *, key: str) -> None:
    table = tables_compare.leaderboard(rows, comparing.methods())
    table = table.assign(**{name: 100 * table[name] for name in tables_compare.percent_scores()})
    tables.show(table, alt=_("Scores of each forecasting method, best first"), key=key, rows=9, columns=_columns(table))


def _columns(table: pd.DataFrame) -> dict[str, Any]:
    labels, about = tables_compare.score_labels(), tables_compare.score_help()
    shares = tables_compare.percent_scores()
    settings: dict[str, Any] = {
        label: st.column_config.NumberColumn(format="%.1f%%" if label in shares else "%.3f", help=about[key])
        for key, label in labels.items()
    }
    names = list(table.columns)
    settings[names[0]] = st.column_config.TextColumn(pinned=True, width=190)
    settings[names[-3]] = st.column_config.NumberColumn(format="%.1f")
    settings[names[-1]] = st.column_config.TextColumn(width="large")
    return settings


def show_champions(comparison: Comparison) -> None:
    """The method of each demand class, and the way on to a forecast with them."""
    table = tables_compare.class_champions(comparison, comparing.labels())
    scores = {name: st.column_config.NumberColumn(format="%.3f") for name in table.columns[3:]}
    tables.show(table, alt=_("Champion per demand class"), key="compare-champions", columns=scores)
    with st.container(horizontal=True, vertical_alignment="center"):
        links.to("pages/forecast.py", _("Forecast with these champions"), ":material/show_chart:")
        st.caption(
            _("A champion per demand class is steadier than one per SKU, which a few lucky weeks can decide."),
            help=_("Smooth and erratic SKUs sell often, the others seldom; erratic and lumpy ones vary in amount."),
        )


def exports(comparison: Comparison, figures: Callable[[], Mapping[str, Any]]) -> None:
    """Leaderboard, errors by class and champions as files."""
    labels = comparing.labels()

    def workbook() -> dict[str, Sheet]:
        board = tables_compare.leaderboard(comparison.rows, comparing.methods())
        return {
            _("Leaderboard"): Sheet(board, percent=tables_compare.percent_scores()),
            _("RMSSE by demand class"): Sheet(tables_compare.by_class(comparison, labels)),
            _("Champions per class"): Sheet(tables_compare.class_champions(comparison, labels)),
            _("Champions per SKU"): Sheet(tables_compare.series_champions(comparison.champions, labels)),
        }

    downloads.offer(
        "model-comparison",
        csv=lambda: tables_compare.leaderboard(comparison.rows, comparing.methods()),
        xlsx=workbook,
        figures=figures,
    )
