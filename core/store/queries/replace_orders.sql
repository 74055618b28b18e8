-- grain: rows of earlier uploads in the days of `incoming`, per location
-- unit: rows deleted
-- parameters: $batch (ids of this action's uploads)
DELETE FROM purchase_orders USING (
    SELECT location, min(ordered_on) AS first_day, max(ordered_on) AS last_day, bool_or(ordered_on IS NULL) AS undated
    FROM incoming GROUP BY location
) AS span
WHERE purchase_orders.location IS NOT DISTINCT FROM span.location
    AND (purchase_orders.ordered_on BETWEEN span.first_day AND span.last_day OR (purchase_orders.ordered_on IS NULL AND span.undated))
    AND purchase_orders.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
