-- grain: one row per line of `incoming` whose supplier, sku, location an earlier upload has
-- unit: line number
-- parameters: $batch (ids of this action's uploads)
SELECT line FROM incoming
WHERE EXISTS (
    SELECT 1 FROM supply_terms
    WHERE supply_terms.supplier IS NOT DISTINCT FROM incoming.supplier
        AND supply_terms.sku IS NOT DISTINCT FROM incoming.sku
        AND supply_terms.location IS NOT DISTINCT FROM incoming.location
        AND supply_terms.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
)
ORDER BY line
