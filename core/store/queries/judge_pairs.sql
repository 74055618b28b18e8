-- grain: one row per line of `mine` that has its counterpart in `theirs`: the n-th of equal rows meets the n-th
-- unit: line numbers of both sides
-- parameters: $quantity, $channel (whether these must be equal), $compatible (whether what both sides tell of price and
--     status must agree)
CREATE OR REPLACE TEMP TABLE pairs AS
WITH ours AS (
    SELECT line, order_id, sku, day, location, CASE WHEN $quantity THEN quantity END AS q,
        CASE WHEN $channel THEN channel END AS c, unit_price, amount, price, status, channel,
        row_number() OVER (
            PARTITION BY order_id, sku, day, location, CASE WHEN $quantity THEN quantity END,
                CASE WHEN $channel THEN channel END
            ORDER BY quantity, price, line) AS n
    FROM mine
), known AS (
    SELECT line, order_id, sku, day, location, CASE WHEN $quantity THEN quantity END AS q,
        CASE WHEN $channel THEN channel END AS c, unit_price, amount, price, status, channel,
        row_number() OVER (
            PARTITION BY order_id, sku, day, location, CASE WHEN $quantity THEN quantity END,
                CASE WHEN $channel THEN channel END
            ORDER BY quantity, price, line) AS n
    FROM theirs
)
SELECT ours.line, known.line AS their_line, ours.order_id IS NOT NULL AS ordered
FROM ours JOIN known ON ours.order_id IS NOT DISTINCT FROM known.order_id AND ours.sku = known.sku
    AND ours.day = known.day AND ours.location = known.location AND ours.n = known.n
    AND ours.q IS NOT DISTINCT FROM known.q AND ours.c IS NOT DISTINCT FROM known.c
WHERE coalesce(ours.channel = known.channel, TRUE)
    AND (NOT $compatible OR (
        coalesce(ours.status = known.status, TRUE)
        AND CASE
            -- half a cent: prices derived from rounded amounts
            WHEN ours.unit_price IS NOT NULL AND known.unit_price IS NOT NULL
                THEN abs(ours.unit_price - known.unit_price) < 0.0051
            WHEN ours.amount IS NOT NULL AND known.amount IS NOT NULL THEN abs(ours.amount - known.amount) < 0.0051
            ELSE coalesce(abs(ours.price - known.price) < 0.0051, TRUE) END))
