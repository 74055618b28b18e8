"""One forecasting method per file."""
