"""One file per forecasting method, one contract, one registry."""
