-- grain: one row per series that two forecasts share, with the sums over the periods they share, largest change first
-- unit: units; parameters: $new, $old, $first, $last (periods compared), $all_skus, $skus (list), $location (NULL = any), $most (rows)
WITH sums AS (
    SELECT run_id, sku, location, any_value(model) AS model, sum(mean) AS units FROM forecasts
    WHERE run_id IN ($new, $old) AND period BETWEEN $first AND $last AND ($location IS NULL OR location = $location)
        AND ($all_skus OR list_contains(CAST($skus AS VARCHAR[]), sku))
    GROUP BY run_id, sku, location
)
SELECT sku, location, o.units AS old_units, n.units AS new_units, o.model AS old_model, n.model AS new_model
FROM (SELECT * FROM sums WHERE run_id = $old) AS o
    FULL JOIN (SELECT * FROM sums WHERE run_id = $new) AS n USING (sku, location)
ORDER BY abs(coalesce(n.units, 0) - coalesce(o.units, 0)) DESC, sku, location LIMIT $most
