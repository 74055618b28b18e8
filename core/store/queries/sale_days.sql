-- grain: one row per day with sales lines
-- unit: days
-- parameters: none
SELECT DISTINCT sold_at::DATE AS day FROM sales_lines ORDER BY day
