-- grain: takes out one line per removal found · unit: lines
-- parameters: none; temporary relations: rows, changes
DELETE FROM rows USING changes
WHERE rows.upload_id = changes.upload_id AND rows.line = changes.line AND changes.after IS NULL
