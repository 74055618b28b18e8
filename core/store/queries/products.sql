-- grain: one row per SKU of a product file or of the sales; of several values the latest given holds
-- unit: money per unit; sold_price = revenue per unit over the last 90 days of the SKU's sales, in the shop's money;
-- declared = whether a product file names it
-- parameters: $written, $rates (currencies as the files have them and the shop's money per unit, NULL = unknown)
-- what is said of a linked code holds, per piece of the SKU, where nothing is said of the SKU itself; an old code's end
-- of sale is not the end of its successor, its launch is the launch of both
WITH worth AS (
    SELECT unnest($written::VARCHAR[]) AS currency, unnest($rates::DOUBLE[]) AS rate
), told AS (
    SELECT coalesce(new_sku, products.sku) AS sku, new_sku IS NULL AS own, uploads.loaded_at, products.line, product_name,
        category, brand, unit_cost / coalesce(factor, 1) AS unit_cost, unit_price / coalesce(factor, 1) AS unit_price,
        supplier, launched_on, discontinued_on, shelf_life_days, units_per_pack, lead_time_days,
        moq * coalesce(factor, 1) AS moq, pack * coalesce(factor, 1) AS pack
    FROM products JOIN uploads USING (upload_id) LEFT JOIN sku_links ON sku_links.old_sku = products.sku
), declared AS (
    SELECT sku,
        last(product_name ORDER BY own, loaded_at, line) FILTER (product_name IS NOT NULL) AS product_name,
        last(category ORDER BY own, loaded_at, line) FILTER (category IS NOT NULL) AS category,
        last(brand ORDER BY own, loaded_at, line) FILTER (brand IS NOT NULL) AS brand,
        last(unit_cost ORDER BY own, loaded_at, line) FILTER (unit_cost IS NOT NULL) AS unit_cost,
        last(unit_price ORDER BY own, loaded_at, line) FILTER (unit_price IS NOT NULL) AS unit_price,
        last(supplier ORDER BY own, loaded_at, line) FILTER (supplier IS NOT NULL) AS supplier,
        least(last(launched_on ORDER BY loaded_at, line) FILTER (own AND launched_on IS NOT NULL),
            min(launched_on) FILTER (NOT own)) AS launched_on,
        last(discontinued_on ORDER BY loaded_at, line) FILTER (own AND discontinued_on IS NOT NULL) AS discontinued_on,
        last(shelf_life_days ORDER BY own, loaded_at, line) FILTER (shelf_life_days IS NOT NULL) AS shelf_life_days,
        last(units_per_pack ORDER BY own, loaded_at, line) FILTER (units_per_pack IS NOT NULL) AS units_per_pack,
        last(lead_time_days ORDER BY own, loaded_at, line) FILTER (lead_time_days IS NOT NULL) AS lead_time_days,
        last(moq ORDER BY own, loaded_at, line) FILTER (moq IS NOT NULL) AS moq,
        last(pack ORDER BY own, loaded_at, line) FILTER (pack IS NOT NULL) AS pack
    FROM told GROUP BY sku
), ends AS (
    SELECT coalesce(new_sku, sales_lines.sku) AS sku, max(sold_at) - INTERVAL 90 DAY AS recent
    FROM sales_lines LEFT JOIN sku_links ON sku_links.old_sku = sales_lines.sku GROUP BY ALL
), priced AS (
    SELECT coalesce(new_sku, sales_lines.sku) AS sku, new_sku IS NULL AS own, sold_at, product_name, category,
        quantity * coalesce(factor, 1) AS quantity,
        CASE WHEN quantity > 0 THEN coalesce(amount, quantity * unit_price) * CASE WHEN coalesce(trim(sales_lines.currency), '') = '' THEN 1 ELSE rate END END AS revenue, recent
    FROM sales_lines LEFT JOIN sku_links ON sku_links.old_sku = sales_lines.sku
    JOIN ends ON ends.sku = coalesce(new_sku, sales_lines.sku)
    LEFT JOIN worth ON worth.currency = sales_lines.currency
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
    launched_on, discontinued_on, shelf_life_days, units_per_pack, lead_time_days, moq, pack,
    declared.sku IS NOT NULL AS declared
FROM declared FULL JOIN sold USING (sku) ORDER BY sku
