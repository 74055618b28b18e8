-- grain: one row per dataset version
-- unit: days as DATE; times in UTC
-- parameters: the columns of dataset_versions
-- later than every other one, so that the newest stays the newest when the clock was put back
INSERT OR REPLACE INTO dataset_versions (
    version, recipe_id, frequency, n_series, first_period, last_period, closed_weekdays, notes, created_at)
VALUES (
    $version, $recipe_id, $frequency, $n_series, $first_period, $last_period, $closed_weekdays, $notes,
    greatest($created_at, (SELECT max(created_at) + INTERVAL 1 MICROSECOND FROM dataset_versions)))
