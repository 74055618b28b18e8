-- grain: one row per location and SKU of a dataset version
-- unit: periods; first_row: place of its first row in the table
-- parameters: $version
SELECT sku, location, count(*) AS n, min(rowid) AS first_row
FROM demand WHERE version = $version GROUP BY sku, location ORDER BY location, sku
