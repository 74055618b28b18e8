-- grain: one row per supplier, SKU and location (NULL = all of them); of several values the latest given holds
-- unit: days, units, money; terms of a linked code hold, per piece of the SKU, where that has none of its own
-- parameters: none
WITH told AS (
    SELECT supplier, coalesce(new_sku, supply_terms.sku) AS sku, location, new_sku IS NULL AS own, uploads.loaded_at, line,
        lead_time_days, lead_time_sd_days, review_period_days, moq * coalesce(factor, 1) AS moq,
        pack * coalesce(factor, 1) AS pack, order_minimum, order_cost, unit_cost / coalesce(factor, 1) AS unit_cost
    FROM supply_terms JOIN uploads USING (upload_id) LEFT JOIN sku_links ON sku_links.old_sku = supply_terms.sku
)
SELECT supplier, sku, location,
    last(lead_time_days ORDER BY own, loaded_at, line) FILTER (lead_time_days IS NOT NULL) AS lead_time_days,
    -- a spread belongs to the lead time that it was told with
    last(lead_time_sd_days ORDER BY own, loaded_at, line)
        FILTER (lead_time_days IS NOT NULL OR lead_time_sd_days IS NOT NULL) AS lead_time_sd_days,
    last(review_period_days ORDER BY own, loaded_at, line) FILTER (review_period_days IS NOT NULL) AS review_period_days,
    last(moq ORDER BY own, loaded_at, line) FILTER (moq IS NOT NULL) AS moq,
    last(pack ORDER BY own, loaded_at, line) FILTER (pack IS NOT NULL) AS pack,
    last(order_minimum ORDER BY own, loaded_at, line) FILTER (order_minimum IS NOT NULL) AS order_minimum,
    last(order_cost ORDER BY own, loaded_at, line) FILTER (order_cost IS NOT NULL) AS order_cost,
    last(unit_cost ORDER BY own, loaded_at, line) FILTER (unit_cost IS NOT NULL) AS unit_cost
FROM told GROUP BY supplier, sku, location
ORDER BY supplier, location NULLS FIRST, sku NULLS FIRST
