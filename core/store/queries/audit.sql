-- grain: one row per action of a user that changed data, newest first
-- unit: time in UTC
-- parameters: $limit
SELECT done_at, who, action, detail FROM audit ORDER BY done_at DESC, rowid DESC LIMIT $limit
