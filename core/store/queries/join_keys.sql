-- grain: one row per role, SKU, location and supplier that files beside the sales name (NULL = they name none)
-- unit: rows; units: newest stock, pieces moved, pieces on order; linked codes count as the SKU they stand for
-- parameters: none
WITH reports AS (
    -- A report may tell a SKU's bins, lots or shelves line by line: they all lie at the location.
    SELECT sku, location, coalesce(stock_date, loaded_at::DATE) AS day, loaded_at, count(*) AS rows, sum(on_hand) AS on_hand
    FROM stock_levels JOIN uploads USING (upload_id) GROUP BY sku, location, day, loaded_at, upload_id
), keys AS (
    SELECT 'stock' AS role, sku, location, NULL::VARCHAR AS supplier, NULL::VARCHAR AS product_name, sum(rows) AS rows,
        arg_max(on_hand, (day, loaded_at)) AS units
    FROM reports GROUP BY sku, location
    UNION ALL
    SELECT 'movements', sku, location, NULL, NULL, count(*), sum(abs(quantity)) FROM stock_movements GROUP BY sku, location
    UNION ALL
    SELECT 'products', sku, NULL, supplier, any_value(product_name), count(*), NULL FROM products GROUP BY sku, supplier
    UNION ALL
    SELECT 'suppliers', sku, location, supplier, NULL, count(*), NULL FROM supply_terms GROUP BY sku, location, supplier
    UNION ALL
    SELECT 'orders', sku, location, supplier, NULL, count(*),
        sum(CASE WHEN received_on IS NULL THEN greatest(ordered_units - coalesce(received_units, 0), 0) ELSE 0 END)
    FROM purchase_orders GROUP BY sku, location, supplier
    UNION ALL
    SELECT 'drivers', sku, location, NULL, NULL, count(*), NULL FROM drivers
    WHERE sku IS NOT NULL OR location IS NOT NULL GROUP BY sku, location
)
SELECT role, coalesce(new_sku, keys.sku) AS sku, location, supplier, any_value(product_name) AS product_name,
    sum(rows)::BIGINT AS rows, sum(units * coalesce(factor, 1)) AS units
FROM keys LEFT JOIN sku_links ON sku_links.old_sku = keys.sku
GROUP BY ALL ORDER BY role, location NULLS FIRST, sku NULLS FIRST, supplier NULLS FIRST
