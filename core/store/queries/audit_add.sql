-- grain: one row per action of a user that changed data
-- unit: time in UTC
-- parameters: $done_at, $who, $action, $detail
INSERT INTO audit (done_at, who, action, detail) VALUES ($done_at, $who, $action, $detail)
