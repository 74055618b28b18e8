-- grain: one row per line set aside
-- unit: file line number
-- parameters: $upload_id (NULL = all uploads), $limit
SELECT quarantine.upload_id, uploads.file_name, uploads.member, quarantine.line, quarantine.reason, quarantine.content
FROM quarantine JOIN uploads USING (upload_id)
WHERE $upload_id IS NULL OR quarantine.upload_id = $upload_id
ORDER BY uploads.loaded_at, quarantine.upload_id, quarantine.line LIMIT $limit
