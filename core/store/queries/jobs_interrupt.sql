-- grain: jobs that a process left running when it ended
-- unit: times in UTC
-- parameters: $message, $finished_at
UPDATE jobs SET status = 'interrupted', message = $message, finished_at = greatest($finished_at, created_at)
WHERE status = 'running'
