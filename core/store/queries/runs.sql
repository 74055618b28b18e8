-- grain: one row per run, newest first
-- unit: seconds; times in UTC
-- parameters: $kind, $version, $status (NULL = any), $limit
SELECT run_id, kind, version, status, manifest, created_at, seconds FROM runs
WHERE ($kind IS NULL OR kind = $kind) AND ($version IS NULL OR version = $version)
    AND ($status IS NULL OR status = $status)
ORDER BY created_at DESC, rowid DESC LIMIT $limit
