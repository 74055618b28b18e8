-- grain: one row per period of a dataset version
-- unit: first day of the period
-- parameters: $version
SELECT DISTINCT period FROM demand WHERE version = $version ORDER BY period
