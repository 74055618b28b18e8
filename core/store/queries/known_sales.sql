-- grain: one row per line of `incoming` on a day for which an earlier upload has sales of that location
-- unit: line number
-- parameters: $batch (ids of this action's uploads)
SELECT line FROM incoming
WHERE (location, sold_at::DATE) IN (
    SELECT location, sold_at::DATE FROM sales_lines WHERE upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
)
ORDER BY line
