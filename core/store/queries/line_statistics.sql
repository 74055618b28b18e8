-- grain: one row per day with sales lines
-- unit: lines, pieces, SKUs; timed = lines with a time of day; last_sold_at = time of the day's last line
-- parameters: none
SELECT sold_at::DATE AS day, count(*) AS lines, sum(quantity) AS units, count(DISTINCT sku) AS skus,
    count(DISTINCT order_id) AS orders, count(*) FILTER (sold_at <> sold_at::DATE) AS timed, min(sold_at) AS first_sold_at,
    max(sold_at) AS last_sold_at
FROM sales_lines GROUP BY day ORDER BY day
