-- grain: one row per SKU, location and period whose unusual sales were left as they are and marked as an event
-- unit: none
-- parameters: $version
SELECT DISTINCT sku, location, period::DATE AS period FROM findings
WHERE version = $version AND rule LIKE 'outliers\_%' ESCAPE '\' AND before_units = after_units AND length(period) = 10
ORDER BY location, sku, period
