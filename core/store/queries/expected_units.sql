-- grain: one row per period of a forecast, summed over the series chosen
-- unit: units per period
-- parameters: $run_id, $all_skus, $skus (list, read when not $all_skus), $location (NULL = any)
SELECT sum(mean) AS units FROM forecasts
WHERE run_id = $run_id AND ($location IS NULL OR location = $location)
    AND ($all_skus OR list_contains(CAST($skus AS VARCHAR[]), sku))
GROUP BY period ORDER BY period
