-- grain: rows of earlier uploads in the days of `incoming`, per driver, sku, location
-- unit: rows deleted
-- parameters: $batch (ids of this action's uploads)
DELETE FROM drivers USING (
    SELECT driver, sku, location, min(period) AS first_day, max(period) AS last_day, bool_or(period IS NULL) AS undated
    FROM incoming GROUP BY driver, sku, location
) AS span
WHERE drivers.driver IS NOT DISTINCT FROM span.driver AND drivers.sku IS NOT DISTINCT FROM span.sku AND drivers.location IS NOT DISTINCT FROM span.location
    AND (drivers.period BETWEEN span.first_day AND span.last_day OR (drivers.period IS NULL AND span.undated))
    AND drivers.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
