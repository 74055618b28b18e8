-- grain: one row per line of `incoming` whose sku, location, stock_date an earlier upload has
-- unit: line number
-- parameters: $batch (ids of this action's uploads)
SELECT line FROM incoming
WHERE EXISTS (
    SELECT 1 FROM stock_levels
    WHERE stock_levels.sku IS NOT DISTINCT FROM incoming.sku
        AND stock_levels.location IS NOT DISTINCT FROM incoming.location
        AND stock_levels.stock_date IS NOT DISTINCT FROM incoming.stock_date
        AND stock_levels.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
)
ORDER BY line
