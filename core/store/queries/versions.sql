-- grain: one row per dataset version, newest first
-- unit: series; days as DATE; times in UTC
-- parameters: none
SELECT version, recipe_id, frequency, n_series, first_period, last_period, closed_weekdays, notes, created_at
FROM dataset_versions ORDER BY created_at DESC, rowid DESC
