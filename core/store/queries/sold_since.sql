-- grain: one row per SKU, location and day or period from $first on in which lines were booked
-- unit: pieces that left the shelf, less those that came back
-- parameters: $version, $first, $rules (those that tell what a line really took off the shelf)
WITH booked AS (
    SELECT sku, location, period AS day, coalesce(imported_units, 0) - coalesce(returned_units, 0) AS units
    FROM demand WHERE version = $version AND period >= $first::DATE
    UNION ALL
    SELECT sku, location, TRY_CAST(period AS DATE), coalesce(after_units, 0) - coalesce(before_units, 0)
    FROM findings WHERE version = $version AND length(period) = 10 AND period >= $first::DATE::VARCHAR
        AND rule IN (SELECT unnest($rules::VARCHAR[]))
)
SELECT sku, location, day, sum(units) AS units FROM booked GROUP BY ALL HAVING sum(units) <> 0 ORDER BY location, sku, day
