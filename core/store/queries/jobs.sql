-- grain: one row per job, newest first
-- unit: fraction of the work done; times in UTC
-- parameters: $job_id (NULL = all), $limit
SELECT job_id, kind, status, stage, fraction, detail, message, request, run_id, created_at, finished_at FROM jobs
WHERE $job_id IS NULL OR job_id = $job_id ORDER BY created_at DESC, rowid DESC LIMIT $limit
