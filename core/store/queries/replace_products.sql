-- grain: rows of earlier uploads with the same sku as `incoming`
-- unit: rows deleted
-- parameters: $batch (ids of this action's uploads)
DELETE FROM products USING (SELECT DISTINCT sku FROM incoming) AS span
WHERE products.sku IS NOT DISTINCT FROM span.sku
    AND products.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
