-- grain: one row per upload that has rows in a table of its role
-- unit: rows; units = pieces sold, in stock, moved or ordered, or the sum of driver values; days as DATE
-- parameters: none
SELECT upload_id, 'sales' AS role, count(*) AS n, coalesce(sum(quantity), 0) AS units, count(DISTINCT sku) AS skus,
    min(sold_at)::DATE AS first_day, max(sold_at)::DATE AS last_day
FROM sales_lines GROUP BY upload_id
UNION ALL
SELECT upload_id, 'stock', count(*), coalesce(sum(on_hand), 0), count(DISTINCT sku), min(stock_date), max(stock_date)
FROM stock_levels GROUP BY upload_id
UNION ALL
SELECT upload_id, 'movements', count(*), coalesce(sum(quantity), 0), count(DISTINCT sku), min(moved_on), max(moved_on)
FROM stock_movements GROUP BY upload_id
UNION ALL
SELECT upload_id, 'products', count(*), 0, count(DISTINCT sku), NULL, NULL FROM products GROUP BY upload_id
UNION ALL
SELECT upload_id, 'suppliers', count(*), 0, count(DISTINCT sku), NULL, NULL FROM supply_terms GROUP BY upload_id
UNION ALL
SELECT upload_id, 'orders', count(*), coalesce(sum(ordered_units), 0), count(DISTINCT sku), min(ordered_on), max(ordered_on)
FROM purchase_orders GROUP BY upload_id
UNION ALL
SELECT upload_id, 'drivers', count(*), coalesce(sum(value), 0), count(DISTINCT sku), min(period), max(period)
FROM drivers GROUP BY upload_id
ORDER BY upload_id
