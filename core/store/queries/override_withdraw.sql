-- grain: one change by hand, unless it was taken back before
-- unit: times in UTC
-- parameters: $override_id, $withdrawn_at, $withdrawn_by
UPDATE overrides SET withdrawn_at = $withdrawn_at, withdrawn_by = $withdrawn_by
WHERE override_id = $override_id AND withdrawn_at IS NULL
