-- grain: stock movements of earlier uploads in the days of `incoming`, per location
-- unit: rows deleted
-- parameters: $batch (ids of this action's uploads)
DELETE FROM stock_movements USING (
    SELECT location, min(moved_on) AS first_day, max(moved_on) AS last_day FROM incoming GROUP BY location
) AS span
WHERE stock_movements.location = span.location
    AND stock_movements.moved_on BETWEEN span.first_day AND span.last_day
    AND stock_movements.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
