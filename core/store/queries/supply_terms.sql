-- grain: one row per supplier, SKU and location (NULL = all of them); of several uploads the latest holds
-- unit: days, units, money; terms of a linked code hold, per piece of the SKU, where that has none of its own
-- parameters: none
SELECT supplier, coalesce(new_sku, supply_terms.sku) AS sku, location, lead_time_days, lead_time_sd_days, review_period_days,
    moq * coalesce(factor, 1) AS moq, pack * coalesce(factor, 1) AS pack, order_minimum, order_cost,
    unit_cost / coalesce(factor, 1) AS unit_cost
FROM supply_terms JOIN uploads USING (upload_id) LEFT JOIN sku_links ON sku_links.old_sku = supply_terms.sku
QUALIFY row_number() OVER (
    PARTITION BY supplier, coalesce(new_sku, supply_terms.sku), location
    ORDER BY new_sku IS NULL DESC, uploads.loaded_at DESC, supply_terms.line DESC) = 1
ORDER BY supplier, location NULLS FIRST, sku NULLS FIRST
