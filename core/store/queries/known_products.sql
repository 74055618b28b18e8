-- grain: one row per line of `incoming` whose sku an earlier upload has
-- unit: line number
-- parameters: $batch (ids of this action's uploads)
SELECT line FROM incoming
WHERE EXISTS (
    SELECT 1 FROM products
    WHERE products.sku IS NOT DISTINCT FROM incoming.sku
        AND products.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
)
ORDER BY line
