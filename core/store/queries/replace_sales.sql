-- grain: sales lines of earlier uploads in the days of `incoming`, per location
-- unit: rows deleted
-- parameters: $batch (ids of this action's uploads)
DELETE FROM sales_lines USING (
    SELECT location, min(sold_at)::DATE AS first_day, max(sold_at)::DATE AS last_day FROM incoming GROUP BY location
) AS span
WHERE sales_lines.location = span.location
    AND sales_lines.sold_at::DATE BETWEEN span.first_day AND span.last_day
    AND sales_lines.upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
