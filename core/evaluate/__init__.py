"""Rolling-origin backtests, metrics, leaderboard, champion per SKU or segment."""
