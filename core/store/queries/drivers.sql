-- grain: one row per driver, SKU, location and period; of several uploads the latest holds
-- unit: the driver's own unit; prices per piece of the SKU that linked codes stand for
-- parameters: $prices, $counts (names of drivers that are prices, and of counts that add up over linked codes)
WITH latest AS (
    SELECT period, sku, location, driver, value, label
    FROM drivers JOIN uploads USING (upload_id)
    QUALIFY row_number() OVER (
        PARTITION BY driver, sku, location, period ORDER BY uploads.loaded_at DESC, drivers.line DESC) = 1
), members AS (
    SELECT old_sku AS code, new_sku, factor, FALSE AS own FROM sku_links
    UNION ALL SELECT DISTINCT new_sku, new_sku, 1.0, TRUE FROM sku_links
), linked AS (
    SELECT period, new_sku AS sku, location, driver, own, label,
        CASE WHEN driver IN (SELECT unnest($prices::VARCHAR[])) THEN value / factor ELSE value END AS value
    FROM latest JOIN members ON members.code = latest.sku
)
SELECT period, sku, location, driver, value, label FROM latest ANTI JOIN members ON members.code = latest.sku
UNION ALL
SELECT period, sku, location, driver,
    CASE WHEN driver IN (SELECT unnest($counts::VARCHAR[])) THEN sum(value) ELSE arg_max(value, own) END AS value,
    arg_max(label, own) AS label
FROM linked GROUP BY period, sku, location, driver
ORDER BY driver, location NULLS FIRST, sku NULLS FIRST, period NULLS FIRST
