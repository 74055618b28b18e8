-- grain: one row per line of `incoming` whose driver, sku, location, period an earlier upload has
-- unit: line number
-- parameters: $batch (ids of this action's uploads)
SELECT line FROM incoming
WHERE EXISTS (
    SELECT 1 FROM drivers
    WHERE drivers.driver IS NOT DISTINCT FROM incoming.driver
        AND drivers.sku IS NOT DISTINCT FROM incoming.sku
        AND drivers.location IS NOT DISTINCT FROM incoming.location
        AND drivers.period IS NOT DISTINCT FROM incoming.period
        AND drivers.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
)
ORDER BY line
