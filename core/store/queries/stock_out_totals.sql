-- grain: one row per SKU and location with out-of-stock periods in a dataset version
-- unit: periods; units sold in them and lost, summed; lost_sd: of that sum, were the periods independent
-- parameters: $version
SELECT sku, location, count(*) AS periods, count(lost_units) AS estimated_periods,
    sum(coalesce(units, 0) - coalesce(lost_units, 0)) AS sold_units,
    coalesce(sum(lost_units), 0) AS lost_units, sqrt(coalesce(sum(lost_sd * lost_sd), 0)) AS lost_sd
FROM demand WHERE version = $version AND (censored OR lost_units IS NOT NULL)
GROUP BY sku, location ORDER BY lost_units DESC, periods DESC, location, sku
