-- grain: rows of earlier uploads with the same supplier, sku, location as `incoming`
-- unit: rows deleted
-- parameters: $batch (ids of this action's uploads)
DELETE FROM supply_terms USING (SELECT DISTINCT supplier, sku, location FROM incoming) AS span
WHERE supply_terms.supplier IS NOT DISTINCT FROM span.supplier AND supply_terms.sku IS NOT DISTINCT FROM span.sku AND supply_terms.location IS NOT DISTINCT FROM span.location
    AND supply_terms.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
