-- grain: one row per SKU and location with sales lines, linked codes counted as the SKU they stand for
-- unit: lines, pieces, the shop's money over the year that ends with the last sale of the shop
-- parameters: $written, $rates (currencies as the files have them and the shop's money per unit, NULL = unknown)
WITH worth AS (
    SELECT unnest($written::VARCHAR[]) AS currency, unnest($rates::DOUBLE[]) AS rate
), told AS (
    SELECT coalesce(new_sku, sales_lines.sku) AS sku, location, sold_at::DATE AS day, product_name,
        quantity * coalesce(factor, 1) AS units, coalesce(amount, quantity * unit_price) * CASE WHEN coalesce(trim(sales_lines.currency), '') = '' THEN 1 ELSE rate END AS money
    FROM sales_lines LEFT JOIN sku_links ON sku_links.old_sku = sales_lines.sku
    LEFT JOIN worth ON worth.currency = sales_lines.currency
)
SELECT sku, location, count(*) AS rows, sum(units) AS units,
    sum(money) FILTER (day > (SELECT max(day) FROM told) - 365) AS money, min(day) AS first_day, max(day) AS last_day,
    arg_max(product_name, day) FILTER (product_name IS NOT NULL AND units > 0) AS product_name
FROM told GROUP BY sku, location ORDER BY location, sku
