-- grain: one job
-- unit: times in UTC
-- parameters: $job_id, $status, $fraction, $message, $run_id, $finished_at
UPDATE jobs SET status = $status, fraction = $fraction, message = $message, run_id = $run_id,
    finished_at = greatest($finished_at, created_at)
WHERE job_id = $job_id
