-- grain: one row per line of `mine` that stands beside stored sales of the same SKU, day and location of another grain:
--     order lines beside sums without order numbers, or the other way round
-- unit: line numbers
-- parameters: none
CREATE OR REPLACE TEMP TABLE pairs AS
SELECT line, NULL::BIGINT AS their_line, order_id IS NOT NULL AS ordered FROM mine
WHERE EXISTS (
    SELECT 1 FROM theirs
    WHERE theirs.sku = mine.sku AND theirs.day = mine.day AND theirs.location = mine.location
        AND (theirs.order_id IS NULL) <> (mine.order_id IS NULL)
)
