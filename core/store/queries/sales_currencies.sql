-- grain: one row per currency named by sales lines
-- unit: lines; money in that currency
-- parameters: none
SELECT currency, count(*) AS lines, sum(coalesce(amount, quantity * unit_price)) AS money
FROM sales_lines WHERE currency IS NOT NULL GROUP BY currency ORDER BY lines DESC, currency
