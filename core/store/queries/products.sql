-- grain: one row per SKU of a product file or of the sales; of several values the latest given holds
-- unit: money per unit; sold_price = revenue per unit over the last 90 days of the SKU's sales
-- parameters: none
WITH declared AS (
    SELECT sku,
        last(product_name ORDER BY uploads.loaded_at, products.line) FILTER (product_name IS NOT NULL) AS product_name,
        last(category ORDER BY uploads.loaded_at, products.line) FILTER (category IS NOT NULL) AS category,
        last(brand ORDER BY uploads.loaded_at, products.line) FILTER (brand IS NOT NULL) AS brand,
        last(unit_cost ORDER BY uploads.loaded_at, products.line) FILTER (unit_cost IS NOT NULL) AS unit_cost,
        last(unit_price ORDER BY uploads.loaded_at, products.line) FILTER (unit_price IS NOT NULL) AS unit_price,
        last(supplier ORDER BY uploads.loaded_at, products.line) FILTER (supplier IS NOT NULL) AS supplier,
        last(launched_on ORDER BY uploads.loaded_at, products.line) FILTER (launched_on IS NOT NULL) AS launched_on,
        last(discontinued_on ORDER BY uploads.loaded_at, products.line) FILTER (discontinued_on IS NOT NULL) AS discontinued_on
    FROM products JOIN uploads USING (upload_id) GROUP BY sku
), priced AS (
    SELECT sku, sold_at, product_name, category, quantity,
        CASE WHEN quantity > 0 THEN coalesce(amount, quantity * unit_price) END AS revenue,
        max(sold_at) OVER (PARTITION BY sku) - INTERVAL 90 DAY AS recent
    FROM sales_lines
), sold AS (
    SELECT sku,
        arg_max(product_name, sold_at) FILTER (product_name IS NOT NULL AND quantity > 0) AS product_name,
        arg_max(category, sold_at) FILTER (category IS NOT NULL) AS category,
        sum(revenue) FILTER (sold_at > recent AND revenue > 0)
            / nullif(sum(quantity) FILTER (sold_at > recent AND revenue > 0), 0) AS sold_price
    FROM priced GROUP BY sku
)
SELECT sku, coalesce(declared.product_name, sold.product_name) AS product_name,
    coalesce(declared.category, sold.category) AS category, brand, unit_cost, unit_price, sold_price, supplier,
    launched_on, discontinued_on
FROM declared FULL JOIN sold USING (sku) ORDER BY sku
