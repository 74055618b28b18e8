-- grain: one row per series chosen and period, in the order of the run
-- unit: units per period
-- parameters: $run_id, $first, $last (periods), $all_skus, $skus (list, read when not $all_skus)
SELECT mean, q025, q05, q10, q25, q50, q75, q90, q95, q975 FROM forecasts
WHERE run_id = $run_id AND period BETWEEN $first AND $last
    AND ($all_skus OR list_contains(CAST($skus AS VARCHAR[]), sku))
ORDER BY rowid
