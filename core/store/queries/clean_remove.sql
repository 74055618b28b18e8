-- grain: takes out one line per removal found · unit: lines
-- parameters: none; temporary relations: rows, changes
-- the repair of a rule that only removes lines
DELETE FROM rows USING changes WHERE rows.upload_id = changes.upload_id AND rows.line = changes.line
