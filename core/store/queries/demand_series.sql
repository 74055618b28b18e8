-- grain: one row per location and SKU of a dataset version
-- unit: periods
-- parameters: $version
SELECT sku, location, count(*) AS n FROM demand WHERE version = $version GROUP BY sku, location ORDER BY location, sku
