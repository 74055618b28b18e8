-- grain: one row per origin and period of a comparison, summed over the series chosen, each by the method its forecast uses;
--   known_mean only over those that were on sale and in stock then, NULL where none was
-- unit: units per period
-- parameters: $forecast, $comparison, $all_skus, $skus (list, read when not $all_skus), $location (NULL = any)
WITH used AS (
    SELECT DISTINCT sku, location, model FROM forecasts
    WHERE run_id = $forecast AND ($location IS NULL OR location = $location)
        AND ($all_skus OR list_contains(CAST($skus AS VARCHAR[]), sku))
),
lacking AS (
    SELECT sku, location, period FROM demand
    WHERE version = (SELECT version FROM runs WHERE run_id = $comparison) AND (units IS NULL OR censored)
        AND period >= (SELECT min(period) FROM backtest_points WHERE run_id = $comparison)
)
SELECT p.origin, p.period, sum(p.mean) AS mean, sum(p.mean) FILTER (WHERE l.period IS NULL) AS known_mean
FROM backtest_points AS p JOIN used USING (sku, location, model) LEFT JOIN lacking AS l USING (sku, location, period)
WHERE p.run_id = $comparison
GROUP BY p.origin, p.period ORDER BY p.origin, p.period
