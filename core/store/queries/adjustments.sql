-- grain: one row per SKU, location and period whose demand a planner put in by hand
-- unit: units per period
-- parameters: none
SELECT sku, location, period, units, reason, created_at FROM adjustments ORDER BY location, sku, period
