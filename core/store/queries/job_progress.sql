-- grain: one job
-- unit: fraction of the work done
-- parameters: $job_id, $stage, $fraction, $detail
UPDATE jobs SET stage = $stage, fraction = $fraction, detail = $detail WHERE job_id = $job_id AND status = 'running'
