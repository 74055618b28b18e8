-- grain: one row per upload with sales
-- unit: lines; pieces
-- parameters: none
SELECT upload_id, count(*) AS lines, sum(quantity) AS units FROM sales_lines GROUP BY upload_id ORDER BY upload_id
