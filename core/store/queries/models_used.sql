-- grain: one row per method that a forecast uses for the series chosen, most series first
-- unit: series
-- parameters: $forecast, $all_skus, $skus (list, read when not $all_skus), $location (NULL = any)
WITH used AS (
    SELECT DISTINCT sku, location, model FROM forecasts
    WHERE run_id = $forecast AND ($location IS NULL OR location = $location)
        AND ($all_skus OR list_contains(CAST($skus AS VARCHAR[]), sku))
)
SELECT model, count(*) AS series FROM used GROUP BY model ORDER BY series DESC, model
