-- grain: one row per line of `incoming` that has its equal among the rivals: the n-th of equal rows meets the n-th
-- unit: line numbers of both sides; ordered: whether it has an order number
-- parameters: $price, $status, $channel (whether these are told by both sides and must be equal)
-- 128 bits stand for the values: comparing them is three times as fast, and that two rows meet by chance takes 10^19 rows
CREATE OR REPLACE TEMP TABLE pairs AS
WITH ours AS (
    SELECT line, ordered, g, h, row_number() OVER (PARTITION BY g, h ORDER BY line) AS n
    FROM (
        SELECT line, order_id IS NOT NULL AS ordered,
            hash(order_id, sku, day, location, quantity, CASE WHEN $price THEN price END,
                CASE WHEN $status THEN status END, CASE WHEN $channel THEN channel END) AS g,
            hash('second', CASE WHEN $channel THEN channel END, CASE WHEN $status THEN status END,
                CASE WHEN $price THEN price END, quantity, location, day, sku, order_id) AS h
        FROM mine_all)
), known AS (
    SELECT line, g, h, row_number() OVER (PARTITION BY g, h ORDER BY line) AS n
    FROM (
        SELECT line,
            hash(order_id, sku, day, location, quantity, CASE WHEN $price THEN price END,
                CASE WHEN $status THEN status END, CASE WHEN $channel THEN channel END) AS g,
            hash('second', CASE WHEN $channel THEN channel END, CASE WHEN $status THEN status END,
                CASE WHEN $price THEN price END, quantity, location, day, sku, order_id) AS h
        FROM theirs_all)
)
SELECT ours.line, known.line AS their_line, ordered FROM ours JOIN known USING (g, h, n)
