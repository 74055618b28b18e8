-- grain: one row per line of `incoming` whose po_id, supplier, sku, location, ordered_on an earlier upload has
-- unit: line number
-- parameters: $batch (ids of this action's uploads)
SELECT line FROM incoming
WHERE EXISTS (
    SELECT 1 FROM purchase_orders
    WHERE purchase_orders.po_id IS NOT DISTINCT FROM incoming.po_id
        AND purchase_orders.supplier IS NOT DISTINCT FROM incoming.supplier
        AND purchase_orders.sku IS NOT DISTINCT FROM incoming.sku
        AND purchase_orders.location IS NOT DISTINCT FROM incoming.location
        AND purchase_orders.ordered_on IS NOT DISTINCT FROM incoming.ordered_on
        AND purchase_orders.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
)
ORDER BY line
