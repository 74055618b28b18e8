-- grain: one row per stored movement of the uploads in `rivals` on a day and at a location of `incoming`
--     and of the tables of the same action judged before (`mates`)
-- unit: as in judge_mine_movements
-- parameters: none
CREATE OR REPLACE TEMP VIEW theirs_all AS
WITH days AS (SELECT DISTINCT location, day FROM mine_all)
SELECT rowid AS line, document AS order_id, sku, moved_on AS day, location, quantity,
    NULL::DOUBLE AS unit_price, NULL::DOUBLE AS amount, NULL::DOUBLE AS price, NULL::VARCHAR AS status,
    lower(trim(kind)) AS channel
FROM stock_movements
WHERE upload_id IN (SELECT upload_id FROM rivals) AND (location, moved_on) IN (SELECT location, day FROM days)
UNION ALL
SELECT -1 - rowid, order_id, sku, day, location, quantity, unit_price, amount, price, status, channel
FROM mates WHERE role = 'movements' AND (location, day) IN (SELECT location, day FROM days)
