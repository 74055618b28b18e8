-- grain: one row per change by hand, in the order in which they were made
-- unit: value in percent or units; times in UTC
-- parameters: none
SELECT override_id, created_at, who, level, name, location, first_day, last_day, kind, value, reason, comment, until,
    withdrawn_at, coalesce(withdrawn_by, '')
FROM overrides ORDER BY created_at, rowid
