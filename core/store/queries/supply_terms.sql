-- grain: one row per supplier, SKU and location (NULL = all of them); of several uploads the latest holds
-- unit: days, units, money
-- parameters: none
SELECT supplier, sku, location, lead_time_days, lead_time_sd_days, review_period_days, moq, pack, order_minimum, order_cost,
    unit_cost
FROM supply_terms JOIN uploads USING (upload_id)
QUALIFY row_number() OVER (
    PARTITION BY supplier, sku, location ORDER BY uploads.loaded_at DESC, supply_terms.line DESC) = 1
ORDER BY supplier, location NULLS FIRST, sku NULLS FIRST
