-- grain: one row per imported sales line · unit: pieces, money per piece
-- parameters: none; temporary relations: sources, links
-- the relation `rows` every row rule reads; upload_id numbers the uploads as they were loaded, code: before a link
SELECT sources.upload_id, line, order_id, sold_at, coalesce(links.new_sku, sku) AS sku, product_name, location,
       quantity * coalesce(links.factor, 1) AS quantity, unit_price / coalesce(links.factor, 1) AS unit_price, amount,
       discount, status, channel, category, customer, unit, currency, CASE WHEN links.new_sku IS NOT NULL THEN sku END AS code
FROM sales_lines JOIN sources ON sales_lines.upload_id = sources.upload LEFT JOIN links ON sales_lines.sku = links.old_sku
