-- grain: one row per upload that has rows in a table of its role
-- unit: rows; units = pieces sold, in stock, moved or ordered, or the sum of driver values
-- parameters: none
SELECT upload_id, role, count(*) AS n, coalesce(sum(units), 0) AS units FROM (
    SELECT upload_id, 'sales' AS role, quantity AS units FROM sales_lines
    UNION ALL SELECT upload_id, 'stock', on_hand FROM stock_levels
    UNION ALL SELECT upload_id, 'movements', quantity FROM stock_movements
    UNION ALL SELECT upload_id, 'products', 0 FROM products
    UNION ALL SELECT upload_id, 'suppliers', 0 FROM supply_terms
    UNION ALL SELECT upload_id, 'orders', ordered_units FROM purchase_orders
    UNION ALL SELECT upload_id, 'drivers', value FROM drivers)
GROUP BY upload_id, role ORDER BY upload_id
