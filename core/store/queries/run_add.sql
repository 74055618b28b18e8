-- grain: one row per run
-- unit: seconds; times in UTC
-- parameters: $run_id, $kind, $version, $status, $manifest, $created_at, $seconds, $base
-- later than every other one, so that the newest stays the newest when the clock was put back
INSERT INTO runs (run_id, kind, version, status, manifest, created_at, seconds, base)
VALUES (
    $run_id, $kind, $version, $status, $manifest,
    greatest($created_at, (SELECT max(created_at) + INTERVAL 1 MICROSECOND FROM runs)), $seconds, $base)
