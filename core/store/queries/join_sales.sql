-- grain: one row per SKU and location with sales lines, linked codes counted as the SKU they stand for
-- unit: lines, pieces, the shop's money over the year that ends with the last sale of the shop
-- parameters: none
WITH told AS (
    SELECT coalesce(new_sku, sales_lines.sku) AS sku, location, sold_at::DATE AS day, product_name,
        quantity * coalesce(factor, 1) AS units, coalesce(amount, quantity * unit_price) * coalesce(rate, 1) AS money
    FROM sales_lines LEFT JOIN sku_links ON sku_links.old_sku = sales_lines.sku
    LEFT JOIN exchange_rates ON exchange_rates.currency = sales_lines.currency
)
SELECT sku, location, count(*) AS rows, sum(units) AS units,
    sum(money) FILTER (day > (SELECT max(day) FROM told) - 365) AS money, min(day) AS first_day, max(day) AS last_day,
    arg_max(product_name, day) FILTER (product_name IS NOT NULL AND units > 0) AS product_name
FROM told GROUP BY sku, location ORDER BY location, sku
