-- grain: one row per order line as it was told before an upload
-- unit: ordered_units, remaining_units: pieces ordered and not yet received; codes as in the file
-- parameters: $upload_id
WITH latest AS (
    SELECT po_id, supplier, sku, location, ordered_on, due_on, ordered_units, received_on, received_units, line
    FROM purchase_orders JOIN uploads USING (upload_id) WHERE upload_id <> $upload_id
    -- A later export repeats an order with its new state; several lines of one export all count.
    QUALIFY rank() OVER (
        PARTITION BY coalesce(po_id, ''), coalesce(supplier, ''), sku, location, ordered_on ORDER BY uploads.loaded_at DESC) = 1
)
SELECT po_id, supplier, sku, location, ordered_on, due_on, ordered_units,
    CASE WHEN received_on IS NULL THEN greatest(ordered_units - coalesce(received_units, 0), 0) ELSE 0 END AS remaining_units
FROM latest ORDER BY due_on, po_id, sku, location, line
