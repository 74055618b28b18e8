-- grain: one row per period of a dataset version, over all SKUs and locations or the ones named
-- unit: units per period
-- parameters: $version, $sku (NULL = all), $location (NULL = all)
SELECT period, coalesce(sum(units), 0) AS units, coalesce(sum(imported_units), 0) AS imported_units,
    coalesce(sum(returned_units), 0) AS returned_units
FROM demand
WHERE version = $version AND ($sku IS NULL OR sku = $sku) AND ($location IS NULL OR location = $location)
GROUP BY period ORDER BY period
