-- grain: one row per line changed or removed by one rule · unit: pieces
-- parameters: $rule, $at_most; temporary relations: rows, changes, sources
-- after_units NULL: the line was removed
SELECT $rule AS rule, rows.sku, rows.location, rows.sold_at::DATE::VARCHAR AS period, changes.before AS before_units,
       changes.after AS after_units, changes.reason, coalesce(sources.file_name, '') || ':' || rows.line AS line,
       1 AS cells
FROM changes JOIN rows ON changes.upload_id = rows.upload_id AND changes.line = rows.line
JOIN sources ON changes.upload_id = sources.upload_id
ORDER BY abs(changes.before - coalesce(changes.after, 0)) DESC, rows.upload_id, rows.line
LIMIT $at_most
