-- grain: one row per job
-- unit: fraction of the work done; times in UTC
-- parameters: $job_id, $kind, $request, $created_at
-- later than every other one, so that the newest stays the newest when the clock was put back
INSERT INTO jobs (job_id, kind, status, stage, fraction, detail, message, request, run_id, created_at, finished_at)
VALUES (
    $job_id, $kind, 'running', '', 0, '', '', $request, NULL,
    greatest($created_at, (SELECT max(created_at) + INTERVAL 1 MICROSECOND FROM jobs)), NULL)
