"""The Compare page in figures and tables, and its exports."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.base.language import _, ngettext
from core.charts import learning
from core.jobs import work
from core.report import tables_compare
from core.report.export import Sheet
from core.report.numbers import change, number, percent
from core.workflows import comparing, forecasting, home, networks
from core.workflows.comparing import Comparison
from pages.ui import (
    cards,
    chart,
    compare_metrics,
    downloads,
    driver_switches,
    forecast_controls,
    links,
    session,
    tables,
)
from pages.ui.cards import Card
from pages.ui.text import literal, periods

PINNED = "one method"


def show_cards(comparison: Comparison) -> None:
    """The best method, its error and bias, what it gains on the seasonal naive, and how honest its intervals are."""
    best, labels = comparison.rows[0], comparing.labels()
    naive = next((row["rmsse"] for row in comparison.rows if row["model"] == comparing.BASELINE), None)
    gain = 1 - best["rmsse"] / naive if naive and best["rmsse"] is not None else None
    cards.row(
        [
            Card(
                _("Best method"),
                labels.get(best["model"], best["model"]),
                _("Smallest RMSSE over all series. Squared errors favour the best forecast of the mean."),
                note=_("RMSSE {value}").format(value=number(best["rmsse"], 3)),
            ),
            Card(
                _("WAPE"),
                percent(best["wape"]),
                _("Absolute errors as a share of units sold, per SKU, location and period."),
                note=_("bias {value}").format(value=change(best["bias"])),
            ),
            Card(
                _("Better than naive"),
                percent(gain),
                _("How much smaller the RMSSE is than that of repeating last season; blank when it was not compared."),
            ),
            Card(
                _("Inside the 80 % band"),
                percent(best["coverage_80"]),
                _("Share of actuals inside the central 80 % interval; 80 % is ideal (on its edge: in part)."),
                note=_("95 % band: {value}").format(value=percent(best["coverage_95"])),
            ),
        ],
        columns=4,
        least_width=200,
    )
    text = ngettext(
        "{horizon} {periods} ahead from {folds} past date; {series} series; {seconds} s of computing.",
        "{horizon} {periods} ahead from {folds} past dates; {series} series; {seconds} s of computing.",
        comparison.folds,
    )
    st.caption(
        text.format(
            horizon=number(comparison.horizon),
            periods=periods(comparison.frequency),
            folds=number(comparison.folds),
            series=number(len(comparison.champions)),
            seconds=number(comparison.seconds),
        )
        + driver_switches.told(comparison.without)
    )


def show_landed(landed: Sequence[Any]) -> None:
    """The leaderboard rows that have landed so far, best first, and how far the networks have learned."""
    rows = [each for each in landed if isinstance(each, dict)]
    if rows:
        best_first = compare_metrics.ordered(rows, "rmsse")
        _board(tables_compare.leaderboard(best_first, comparing.methods()), key="compare-landed")
    checked = networks.learning(landed)
    if checked:
        drawn = learning.rounds_chart(checked, dark=session.dark())
        chart.show(drawn, key="compare-learning", alt=_("Networks learning"), file_name="learning")


def show_leaderboard(comparison: Comparison, metric: str, scope: tuple[str, str]) -> None:
    """All methods, best first by the score chosen over the series of a scope, and why some fell out."""
    rows = compare_metrics.ordered(compare_metrics.rows_of(comparison, scope), metric)
    table = _table(comparison, rows)
    # what is not known of a part of the shop would be a wall of blanks
    _board(table if scope == compare_metrics.WHOLE else table.dropna(axis=1, how="all"), key="compare-leaderboard")
    failures = [row for row in comparison.rows if row["mae"] is None]
    labels = comparing.labels()
    for row in failures:
        text = _("{method} could not be compared: {reason}")
        st.warning(text.format(method=labels.get(row["model"], row["model"]), reason=literal(row["reason"], 400)))
    st.caption(_("Failures count series for which another method had to stand in; the note says why."))
    if comparison.replay is not None:
        st.caption(tables_compare.replay_note(comparison.replay))
    _remarks(comparison)


def _remarks(comparison: Comparison) -> None:
    """What should be known about the data, with the SKUs named."""
    found = comparison.judgement.remarks
    if not found:
        return
    title = _("What to know about the data ({n})").format(n=number(len(found)))
    with st.expander(title, icon=":material/info:"):
        for each in found:
            st.markdown(f"- {literal(each.text, 600)}")
        named = [each for each in found if each.skus]
        if named:
            table = tables_compare.remarked(named)
            tables.show(table, alt=_("SKUs the remarks are about"), key="compare-remarks", rows=6)


def _table(comparison: Comparison, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The leaderboard of a finished comparison, from its rows or those of a scope."""
    blind = driver_switches.all_off(comparison.without)
    return tables_compare.leaderboard(rows, comparing.methods(comparison.settings), blind=blind)


def _board(table: pd.DataFrame, *, key: str) -> None:
    table = table.assign(**{name: 100 * table[name] for name in tables_compare.percent_scores() if name in table})
    tables.show(
        table[_order(table)],
        alt=_("Scores of each forecasting method, best first"),
        key=key,
        rows=12,
        columns=_columns(),
    )


def _order(table: pd.DataFrame) -> list[str]:
    """Columns as a reader asks for them: what it is, how good it is, what it costs, then everything else."""
    labels = tables_compare.score_labels()
    scores = (
        "cost_index", "service", "lasted", "wape", "bias", "mase", "rmsse", "rmse", "mae", "skus_won", "coverage_80",
        "coverage_95", "coverage_total_80", "coverage_total_95",
    )  # fmt: skip
    first = [
        _("Method"), _("Group"), _("Uses drivers"), _("Beats naive"), *(labels[key] for key in scores),
        _("Fit time, s"), _("Failures"),
    ]  # fmt: skip
    return [name for name in first if name in table] + [str(name) for name in table.columns if name not in first]


def _columns() -> dict[str, Any]:
    labels, about = tables_compare.score_labels(), tables_compare.score_help()
    formats = dict.fromkeys(tables_compare.PERCENT, "%.1f%%") | dict.fromkeys(tables_compare.AMOUNTS, "localized")
    settings: dict[str, Any] = {
        label: st.column_config.NumberColumn(format=formats.get(key, "%.3f"), help=about[key])
        for key, label in labels.items()
    }
    settings[_("Method")] = st.column_config.TextColumn(pinned=True, width=190)
    settings[_("Group")] = st.column_config.TextColumn(width=120)
    settings[_("Fit time, s")] = st.column_config.NumberColumn(format="%.1f")
    settings[_("Forecast time, s")] = st.column_config.NumberColumn(format="%.1f")
    settings[_("Memory, MB")] = st.column_config.NumberColumn(format="%.0f", help=tables_compare.memory_help())
    settings[_("Note")] = st.column_config.TextColumn(width="large")
    return settings


def show_champions(comparison: Comparison) -> None:
    """The method of each demand class, and the way on to a forecast: per class, per SKU, or one method for all."""
    table = tables_compare.class_champions(comparison, comparing.labels())
    scores = {name: st.column_config.NumberColumn(format="%.3f") for name in table.columns[3:]}
    tables.show(table, alt=_("Champion per demand class"), key="compare-champions", columns=scores)
    if comparison.judge == comparing.COST:
        st.caption(_("Chosen by replayed cost; where no cost is known, by RMSSE."))
    _plan_with(comparison)


def _plan_with(comparison: Comparison) -> None:
    names = {
        forecasting.BEST: _("Best per demand class"),
        forecasting.BEST_PER_SKU: _("Best per SKU"),
        PINNED: _("One method"),
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.segmented_control(
            _("Plan with"), list(names), default=forecasting.BEST, required=True, format_func=names.__getitem__,
            key="compare-choice", wrap=True,
            help=_("Per demand class is steadier; per SKU, a few lucky weeks can decide, so errors are shrunk."),
        )  # fmt: skip
        model = str(chosen or forecasting.BEST)
        if model == PINNED:
            labels = comparing.labels()
            keys = [str(row["model"]) for row in comparison.rows if row["mae"] is not None]
            known = {key: labels.get(key, key) for key in keys}
            model = str(st.selectbox(_("Method"), keys, format_func=known.__getitem__, key="compare-pinned", width=330))
        stale = comparison.version != home.strip(session.workspace()).version
        busy = work.running(session.runner(), work.FORECAST) is not None
        if st.button(
            _("Forecast with it"), type="primary", icon=":material/show_chart:", key="compare-forecast",
            disabled=busy or stale,
        ):  # fmt: skip
            request = forecasting.ForecastRequest(model)
            st.session_state[forecast_controls.JOB] = work.start_forecast(
                session.runner(), session.workspace(), request
            )
            links.go("pages/forecast.py")
    if stale:
        st.caption(_("Champions of older data are not used; compare again first."))


def exports(comparison: Comparison, figures: Callable[[], Mapping[str, Any]]) -> None:
    """Leaderboard, errors by segment and per SKU, and champions as files."""
    labels = comparing.labels()

    def workbook() -> dict[str, Sheet]:
        board = _table(comparison, comparison.rows)
        sheets = {
            _("Leaderboard"): Sheet(board, percent=tables_compare.percent_scores()),
            _("RMSSE by demand class"): Sheet(tables_compare.by_class(comparison, labels)),
        }
        if len(comparison.judgement.segments):
            sheets[_("Errors by segment")] = Sheet(tables_compare.segments(comparison.judgement.segments, labels))
        return sheets | {
            _("Champions per class"): Sheet(tables_compare.class_champions(comparison, labels)),
            _("Champions per SKU"): Sheet(tables_compare.series_champions(comparison.champions, labels)),
        }

    def errors() -> pd.DataFrame:
        return tables_compare.series_errors(
            comparing.series_error_table(session.workspace(), comparison.run_id), labels
        )

    downloads.offer(
        "model-comparison",
        csv=lambda: _table(comparison, comparison.rows),
        xlsx=workbook,
        figures=figures,
        more={"errors-per-SKU": errors},
        title=_("Model comparison"),
    )
