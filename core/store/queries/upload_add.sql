-- grain: one row per upload
-- unit: rows; days as DATE; times in UTC
-- parameters: the columns of uploads
INSERT OR REPLACE INTO uploads (
    upload_id, content_hash, file_name, member, role, platform, mapping, records, loaded, quarantined, first_period,
    last_period, loaded_at)
VALUES (
    $upload_id, $content_hash, $file_name, $member, $role, $platform, $mapping, $records, $loaded, $quarantined,
    $first_period, $last_period, $loaded_at)
