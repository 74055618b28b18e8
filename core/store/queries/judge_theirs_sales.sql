-- grain: one row per stored line of the uploads in `rivals` on a day and at a location of `incoming`
--     and of the tables of the same action judged before (`mates`)
-- unit: as in judge_mine_sales
-- parameters: none
CREATE OR REPLACE TEMP VIEW theirs_all AS
WITH days AS (SELECT DISTINCT location, day FROM mine_all)
SELECT rowid AS line, ltrim(order_id, '#') AS order_id, sku, sold_at::DATE AS day, location, quantity,
    unit_price, amount, round(coalesce(unit_price, amount / nullif(quantity, 0)), 4) AS price, lower(trim(status)) AS status,
    CASE WHEN order_id IS NULL THEN lower(trim(channel)) END AS channel
FROM sales_lines
WHERE upload_id IN (SELECT upload_id FROM rivals) AND (location, sold_at::DATE) IN (SELECT location, day FROM days)
UNION ALL
SELECT -1 - rowid, order_id, sku, day, location, quantity, unit_price, amount, price, status, channel
FROM mates WHERE role = 'sales' AND (location, day) IN (SELECT location, day FROM days)
