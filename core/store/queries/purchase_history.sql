-- grain: one row per received order line
-- unit: days from order to receipt; late_days: days after the promised date; pieces of the SKU a linked code stands for
-- parameters: none
WITH latest AS (
    SELECT po_id, supplier, sku, location, ordered_on, due_on, received_on, ordered_units, received_units,
        purchase_orders.unit_cost AS unit_cost, line
    FROM purchase_orders JOIN uploads USING (upload_id)
    -- A later export repeats an order with its new state; several lines of one export all count.
    QUALIFY rank() OVER (
        PARTITION BY coalesce(po_id, ''), coalesce(supplier, ''), sku, location, ordered_on ORDER BY uploads.loaded_at DESC) = 1
)
SELECT po_id, supplier, coalesce(new_sku, latest.sku) AS sku, location, ordered_on, due_on, received_on,
    ordered_units * coalesce(factor, 1) AS ordered_units,
    coalesce(received_units, ordered_units) * coalesce(factor, 1) AS received_units,
    received_on - ordered_on AS lead_time_days, received_on - due_on AS late_days
FROM latest LEFT JOIN sku_links ON sku_links.old_sku = latest.sku
WHERE received_on >= ordered_on ORDER BY supplier, sku, location, ordered_on, line
