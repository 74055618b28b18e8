-- grain: one row per order line still awaited on $as_of; also those placed since that have not come yet
-- unit: remaining_units: pieces not yet received, of the SKU that a linked code stands for
-- parameters: $as_of
WITH latest AS (
    SELECT po_id, supplier, sku, location, ordered_on, due_on, received_on, ordered_units, received_units,
        purchase_orders.unit_cost AS unit_cost, line
    FROM purchase_orders JOIN uploads USING (upload_id)
    -- A later export repeats an order with its new state; several lines of one export all count.
    QUALIFY rank() OVER (
        PARTITION BY coalesce(po_id, ''), coalesce(supplier, ''), sku, location, ordered_on ORDER BY uploads.loaded_at DESC) = 1
)
, awaited AS (
    SELECT po_id, supplier, sku, location, ordered_on, due_on, received_on, ordered_units, unit_cost, line,
        ordered_units - CASE
            WHEN received_on > $as_of::DATE THEN 0
            -- A delivery closes its line; what it was short of is not waited for.
            WHEN received_on IS NOT NULL THEN ordered_units
            ELSE coalesce(received_units, 0) END AS remaining_units
    FROM latest WHERE ordered_on <= $as_of::DATE OR received_on IS NULL
)
SELECT po_id, supplier, coalesce(new_sku, awaited.sku) AS sku, location, ordered_on, due_on, received_on,
    ordered_units * coalesce(factor, 1) AS ordered_units, remaining_units * coalesce(factor, 1) AS remaining_units,
    unit_cost / coalesce(factor, 1) AS unit_cost
FROM awaited LEFT JOIN sku_links ON sku_links.old_sku = awaited.sku
WHERE remaining_units > 0 ORDER BY location, sku, due_on, po_id, line
