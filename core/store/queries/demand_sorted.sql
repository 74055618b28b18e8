-- grain: one row per period, location and SKU of a dataset version
-- unit: units per period; revenue in money; place: of the row in the table
-- parameters: $version
SELECT rowid AS place, period, units, censored, imported_units, returned_units, revenue, lost_units
FROM demand WHERE version = $version ORDER BY location, sku, period
