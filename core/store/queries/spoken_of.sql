-- grain: one row per series chosen of which a comparison holds what its forecast's method said at past dates
-- unit: series
-- parameters: $forecast, $comparison, $all_skus, $skus (list, read when not $all_skus), $location (NULL = any)
WITH used AS (
    SELECT DISTINCT sku, location, model FROM forecasts
    WHERE run_id = $forecast AND ($location IS NULL OR location = $location)
        AND ($all_skus OR list_contains(CAST($skus AS VARCHAR[]), sku))
)
SELECT DISTINCT p.sku, p.location
FROM backtest_points AS p JOIN used USING (sku, location, model)
WHERE p.run_id = $comparison
