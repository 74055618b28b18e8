-- grain: one row per run made from $base that was in force
-- unit: none
-- parameters: $base
SELECT run_id FROM runs WHERE base = $base AND status = 'done'
