-- grain: one row per origin and period of a comparison, summed over the series chosen, each by the method its forecast uses
-- unit: units per period
-- parameters: $forecast, $comparison, $all_skus, $skus (list, read when not $all_skus), $location (NULL = any)
WITH used AS (
    SELECT DISTINCT sku, location, model FROM forecasts
    WHERE run_id = $forecast AND ($location IS NULL OR location = $location)
        AND ($all_skus OR list_contains(CAST($skus AS VARCHAR[]), sku))
)
SELECT p.origin, p.period, sum(p.mean) AS mean
FROM backtest_points AS p JOIN used USING (sku, location, model)
WHERE p.run_id = $comparison
GROUP BY p.origin, p.period ORDER BY p.origin, p.period
