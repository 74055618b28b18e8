-- grain: rows of earlier uploads in the days of `incoming`, per location
-- unit: rows deleted
-- parameters: $batch (ids of this action's uploads)
DELETE FROM stock_levels USING (
    SELECT location, min(stock_date) AS first_day, max(stock_date) AS last_day, bool_or(stock_date IS NULL) AS undated
    FROM incoming GROUP BY location
) AS span
WHERE stock_levels.location IS NOT DISTINCT FROM span.location
    AND (stock_levels.stock_date BETWEEN span.first_day AND span.last_day OR (stock_levels.stock_date IS NULL AND span.undated))
    AND stock_levels.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
