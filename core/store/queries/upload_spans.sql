-- grain: one row per upload that has rows in a table of its role
-- unit: rows, SKUs; first and last day as DATE, NULL where rows have none
-- parameters: none
SELECT upload_id, count(*) AS n, count(DISTINCT sku) AS skus, min(day) AS first_day, max(day) AS last_day FROM (
    SELECT upload_id, sku, sold_at::DATE AS day FROM sales_lines
    UNION ALL SELECT upload_id, sku, stock_date FROM stock_levels
    UNION ALL SELECT upload_id, sku, moved_on FROM stock_movements
    UNION ALL SELECT upload_id, sku, NULL FROM products
    UNION ALL SELECT upload_id, sku, NULL FROM supply_terms
    UNION ALL SELECT upload_id, sku, ordered_on FROM purchase_orders
    UNION ALL SELECT upload_id, sku, period FROM drivers)
GROUP BY upload_id
