-- grain: one row per imported sales line · unit: pieces, money per piece
-- parameters: none
-- the relation `rows` every row rule reads
SELECT sales_lines.upload_id, line, order_id, sold_at, sku, product_name, location, quantity, unit_price, amount,
       discount, status, channel, category, customer, uploads.file_name
FROM sales_lines LEFT JOIN uploads ON sales_lines.upload_id = uploads.upload_id
