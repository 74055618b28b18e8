from core.report import tables_compare
from core.workflows.comparing import Method

ROW = {
    "model": "ses", **dict.fromkeys(tables_compare.score_labels(), 0.5), "beats_naive": True, "fit_seconds": 1.0,
    "failed": 0, "reason": "", "cached": False,
}  # fmt: skip
METHODS = [Method("ses", "Smoothing", "smoothing", False, True, False, ())]


def test_rows_from_an_earlier_comparison_say_so():
    table = tables_compare.leaderboard([ROW, ROW | {"cached": True, "reason": "2 stood in"}], METHODS)
    assert table["Note"].tolist() == ["", "from an earlier comparison; 2 stood in"]


def test_comparisons_stored_by_older_programs_leave_newer_scores_blank():
    older = {key: value for key, value in ROW.items() if key not in ("crps", "gain_low", "cached")}
    table = tables_compare.leaderboard([older], METHODS)
    assert table["CRPS"].isna().all()
    assert table["RMSSE"].tolist() == [0.5]
