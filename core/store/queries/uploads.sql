-- grain: one row per upload
-- unit: rows; days as DATE; times in UTC
-- parameters: none
SELECT upload_id, content_hash, file_name, member, role, platform, mapping, records, loaded, quarantined, first_period,
    last_period, loaded_at
FROM uploads ORDER BY loaded_at, upload_id
