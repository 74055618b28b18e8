-- grain: one row per run
-- unit: seconds; times in UTC
-- parameters: $run_id, $kind, $version, $status, $manifest, $created_at, $seconds
INSERT INTO runs (run_id, kind, version, status, manifest, created_at, seconds)
VALUES ($run_id, $kind, $version, $status, $manifest, $created_at, $seconds)
