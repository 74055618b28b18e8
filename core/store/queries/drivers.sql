-- grain: one row per driver, SKU, location and period; of several uploads the latest holds
-- unit: the driver's own unit
-- parameters: none
SELECT period, sku, location, driver, value, label
FROM drivers JOIN uploads USING (upload_id)
QUALIFY row_number() OVER (
    PARTITION BY driver, sku, location, period ORDER BY uploads.loaded_at DESC, drivers.line DESC) = 1
ORDER BY driver, location NULLS FIRST, sku NULLS FIRST, period NULLS FIRST
