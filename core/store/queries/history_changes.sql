-- grain: one row per rule, SKU, location, day or period, and whether the units changed were coming back
-- unit: units put on (+) or taken off (-) by the rule
-- parameters: $version, $sku (NULL = all), $location (NULL = all)
SELECT rule, sku, location, period, coalesce(before_units, 0) < 0 AS coming_back,
    sum(coalesce(after_units, 0) - coalesce(before_units, 0)) AS change
FROM findings
WHERE version = $version AND ($sku IS NULL OR sku = $sku) AND ($location IS NULL OR location = $location)
    AND before_units IS DISTINCT FROM after_units AND length(period) = 10
GROUP BY rule, sku, location, period, coming_back
ORDER BY rule, location, sku, period, coming_back
