-- grain: one row per line of `incoming` on a day for which an earlier upload has movements of that location
-- unit: line number
-- parameters: $batch (ids of this action's uploads)
SELECT line FROM incoming
WHERE (location, moved_on) IN (
    SELECT location, moved_on FROM stock_movements WHERE upload_id NOT IN (SELECT unnest($batch::VARCHAR[]))
)
ORDER BY line
