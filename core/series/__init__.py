"""The values everybody speaks: Panel, Forecast, DemandPaths; splits, features, hierarchy."""
