-- grain: one row per order line of which something came in after $first, or may have
-- unit: pieces received, of the SKU that a linked code stands for
-- parameters: $first
-- what came in on a day nobody tells came after it was ordered
WITH latest AS (
    SELECT sku, location, ordered_on, received_on, line,
        coalesce(received_units, CASE WHEN received_on IS NOT NULL THEN ordered_units END) AS units
    FROM purchase_orders JOIN uploads USING (upload_id)
    -- A later export repeats an order with its new state; several lines of one export all count.
    QUALIFY rank() OVER (
        PARTITION BY coalesce(po_id, ''), coalesce(supplier, ''), sku, location, ordered_on ORDER BY uploads.loaded_at DESC) = 1
)
SELECT coalesce(new_sku, latest.sku) AS sku, location, coalesce(received_on, ordered_on) AS day,
    units * coalesce(factor, 1) AS units
FROM latest LEFT JOIN sku_links ON sku_links.old_sku = latest.sku
WHERE units > 0 AND coalesce(received_on, ordered_on) > $first::DATE ORDER BY location, sku, day, line
